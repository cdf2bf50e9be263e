using MilterCrypt.Engine.Policy;
using YamlDotNet.RepresentationModel;

namespace MilterCrypt.Configuration;

/// <summary>Reads <c>match:</c> of a rule.</summary>
/// <param name="ground">What else the configuration has.</param>
internal sealed class MatchReader(PolicyGround ground)
{
    /// <summary>The words for directions.</summary>
    public static (string Word, MailDirection Direction)[] Directions { get; } =
        [("outbound", MailDirection.Outbound), ("inbound", MailDirection.Inbound), ("internal", MailDirection.Internal)];

    /// <summary>What it says; of use only where nothing was noted.</summary>
    public RuleMatch Read(SettingCursor setting)
    {
        var map = setting.Map();
        if (map.Count == 0 && setting.Node is YamlMappingNode { Children.Count: 0 })
            setting.Complain("it is empty; a rule for all mail has no match");
        return new RuleMatch
        {
            Senders = map.GetValueOrDefault("sender")?.Addresses() ?? [],
            Recipients = map.GetValueOrDefault("recipient")?.Addresses() ?? [],
            Domains = map.GetValueOrDefault("domain")?.Domains() ?? [],
            Users = map.GetValueOrDefault("user")?.LoginNames() ?? [],
            Directions = map.TryGetValue("direction", out var direction) ? ReadDirections(direction) : [],
        };
    }

    private List<MailDirection> ReadDirections(SettingCursor setting)
    {
        if (!ground.HasLocalDomains)
            setting.Complain(PolicyReader.NoDirection);
        return [.. setting.List().Select(static entry => entry.Word(Directions)).OfType<MailDirection>()];
    }
}
