using MilterCrypt.Engine.Policy;

namespace MilterCrypt.Configuration;

/// <summary>Reads <c>policy:</c>.</summary>
/// <param name="ground">What else the configuration has.</param>
internal sealed class PolicyReader(PolicyGround ground)
{
    /// <summary>What is wrong with a direction that nobody can tell.</summary>
    public const string NoDirection = "which way mail goes is known only where `local-domains` says which recipients are here";

    private readonly ChoicesReader choices = new(ground);

    /// <summary>What it says; of use only where nothing was noted.</summary>
    public PolicyCascade Read(SettingCursor setting)
    {
        var map = setting.Map();
        var cascade = new PolicyCascade(
            map.TryGetValue("defaults", out var defaults) ? EntryOf(defaults, "defaults", choices.ReadDefaults(defaults)) : null,
            map.TryGetValue("directions", out var directions) ? ReadDirections(directions) : []);
        if (map.TryGetValue("domains", out var domains))
            ReadPatterns<DomainPattern>(domains, "domain", "domains: {partner.example: {encrypt: always}}", DomainPattern.TryParse, cascade.TryAdd);
        if (map.TryGetValue("addresses", out var addresses))
            ReadPatterns<AddressPattern>(addresses, "address", "addresses: {bob@partner.example: {encrypt: never}}", AddressPattern.TryParse, cascade.TryAdd);
        return cascade;
    }

    private Dictionary<MailDirection, PolicyEntry> ReadDirections(SettingCursor setting)
    {
        var entries = new Dictionary<MailDirection, PolicyEntry>();
        if (!ground.HasLocalDomains)
            setting.Complain(NoDirection);
        var map = setting.Map();
        foreach (var (word, direction) in MatchReader.Directions)
        {
            if (map.TryGetValue(word, out var entry))
                entries.Add(direction, EntryOf(entry, $"direction {word}", choices.ReadEntry(entry)));
        }
        return entries;
    }

    private void ReadPatterns<T>(SettingCursor setting, string kind, string example, PatternParser<T> parse, Func<T, PolicyEntry, bool> tryAdd)
        where T : class
    {
        foreach (var (key, value) in setting.OpenMap(example))
        {
            var said = choices.ReadEntry(value);
            if (key.Text() is not { } text)
                continue;
            if (!parse(text, out var pattern, out string? reason))
                key.Complain($"'{text}': {reason}");
            else if (pattern is AddressPattern { IsNullSender: true })
                key.Complain("entries are for recipients, and nobody writes to the null sender");
            else if (!tryAdd(pattern, EntryOf(key, $"{kind} {text}", said)))
                key.Complain("there is an entry for the same before it, written in another way");
        }
    }

    private static PolicyEntry EntryOf(SettingCursor place, string name, PolicyChoices said) => new(name, (int)place.Node.Start.Line, said);
}
