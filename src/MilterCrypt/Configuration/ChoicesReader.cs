using MilterCrypt.Engine.Keys;
using MilterCrypt.Engine.Mail;
using MilterCrypt.Engine.Policy;
using YamlDotNet.RepresentationModel;

namespace MilterCrypt.Configuration;

/// <summary>Reads what an entry of <c>rules:</c> or <c>policy:</c> asks for.</summary>
/// <param name="ground">What else the configuration has.</param>
internal sealed class ChoicesReader(PolicyGround ground)
{
    private static readonly string[] BesideAlways = ["without-key", "reports-without-key", "minimum-trust"];

    /// <summary>The keys of choices, the same in each entry.</summary>
    public static IReadOnlyList<string> Keys { get; } = [.. SettingTable.KeysOf("rules[]").Except(["name", "match", "remove-trigger"])];

    /// <summary>What a rule asks for: it has the last word, so that what another choice of its own makes idle is a mistake.</summary>
    public PolicyChoices ReadRule(SettingCursor entry, IReadOnlyDictionary<string, SettingCursor> map)
    {
        var choices = Read(entry, map);
        if (choices.Encrypt is EncryptMode.WhenPossible)
            ComplainOf(BesideAlways, map);
        ComplainOfContradictions(choices, map);
        return choices;
    }

    /// <summary>What a direction's, a domain's or an address's entry asks for.</summary>
    public PolicyChoices ReadEntry(SettingCursor entry)
    {
        var map = entry.Map(Keys);
        var choices = Read(entry, map);
        ComplainOfContradictions(choices, map);
        return choices;
    }

    /// <summary>What the defaults ask for. They are there to be inherited: beside <c>encrypt: never</c> they may say what holds where
    /// a more special entry has mail encrypted.</summary>
    public PolicyChoices ReadDefaults(SettingCursor entry) => Read(entry, entry.Map(Keys));

    private PolicyChoices Read(SettingCursor entry, IReadOnlyDictionary<string, SettingCursor> map)
    {
        var choices = new PolicyChoices
        {
            Encrypt = Word(map, "encrypt", ("always", EncryptMode.Always), ("when-possible", EncryptMode.WhenPossible), ("never", EncryptMode.Never)),
            WithoutKey = Word(map, "without-key", ("reject", WithoutKey.Reject), ("defer", WithoutKey.Defer), ("clear", WithoutKey.Clear), ("hold", WithoutKey.Hold)),
            ReportsWithoutKey = Word(
                map, "reports-without-key", ("headers-only", ReportsWithoutKey.HeadersOnly), ("defer", ReportsWithoutKey.Defer)),
            Sign = KeyUse(map, "sign", ("always", SignMode.Always), ("when-possible", SignMode.WhenPossible), ("never", SignMode.Never)),
            Decrypt = KeyUse(map, "decrypt", ("when-possible", DecryptMode.WhenPossible), ("never", DecryptMode.Never)),
            MinimumTrust = Word(map, "minimum-trust", ("imported", KeyTrust.Imported), ("verified", KeyTrust.Verified)),
            Form = Form(map),
            Mixed = Word(map, "mixed", ("split", MixedMode.Split), ("separate", MixedMode.Separate)),
            Bcc = Word(map, "bcc", ("separate", BccMode.Separate), ("anonymous", BccMode.Anonymous), ("with-others", BccMode.WithOthers)),
            Escrow = map.TryGetValue("escrow", out var escrow) ? Escrow(escrow) : null,
            Mode = Word(map, "mode", ("enforce", EnforcementMode.Enforce), ("report", EnforcementMode.Report)),
        };
        if (choices.WithoutKey == WithoutKey.Hold && !ground.CanHold)
            map["without-key"].Complain("there is nowhere to hold a message: no `held`, such as `held: {directory: /var/lib/miltercrypt/held}`");
        bool isReadWhole = entry.Node is YamlMappingNode { Children.Count: var count } && count == map.Count;
        if (isReadWhole && !map.Keys.Intersect(Keys).Any())
            entry.Complain($"it says nothing that is wanted, such as `encrypt: always`; there are {string.Join(", ", Keys)}");
        return choices;
    }

    private static void ComplainOfContradictions(PolicyChoices choices, IReadOnlyDictionary<string, SettingCursor> map)
    {
        if (choices.Encrypt is not EncryptMode.Never)
            return;
        ComplainOf(BesideAlways, map);
        if (choices.Sign is not SignMode.Never)
            map.GetValueOrDefault("sign")?.Complain("what is not encrypted is not signed: it has a meaning only beside `encrypt: always` or `encrypt: when-possible`");
        foreach (string key in (string[])["form", "bcc", "escrow"])
            map.GetValueOrDefault(key)?.Complain("it is about what is encrypted: it has a meaning only beside `encrypt: always` or `encrypt: when-possible`");
    }

    private static void ComplainOf(string[] keys, IReadOnlyDictionary<string, SettingCursor> map)
    {
        foreach (string key in keys)
            map.GetValueOrDefault(key)?.Complain("it has a meaning only beside `encrypt: always`");
    }

    private static T? Word<T>(IReadOnlyDictionary<string, SettingCursor> map, string key, params ReadOnlySpan<(string Word, T Value)> words)
        where T : struct, Enum => map.TryGetValue(key, out var setting) ? setting.Word(words) : null;

    private T? KeyUse<T>(IReadOnlyDictionary<string, SettingCursor> map, string key, params ReadOnlySpan<(string Word, T Value)> words)
        where T : struct, Enum
    {
        var mode = Word(map, key, words);
        if (!ground.HasSecretKeys && mode is { } said && !EqualityComparer<T>.Default.Equals(said, default))
            map[key].Complain("nobody has secret keys: there is no `secret-keys`");
        return mode;
    }

    private static FormMode? Form(IReadOnlyDictionary<string, SettingCursor> map)
    {
        if (map.GetValueOrDefault("form") is not { Node: YamlScalarNode { Value: "smime" } } form)
            return Word(map, "form", ("openpgp", FormMode.OpenPgp), ("either", FormMode.Either));
        form.Complain("this version makes no S/MIME yet: `form: openpgp`, or `form: either`, which is the default");
        return null;
    }

    private static List<MailAddress> Escrow(SettingCursor setting) => [.. setting.List().Select(static entry => entry.Address()).OfType<MailAddress>()];
}
