using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using MilterCrypt.Engine.Policy;
using YamlDotNet.RepresentationModel;

namespace MilterCrypt.Configuration;

/// <summary>Reads <c>rules:</c>.</summary>
internal static class RulesReader
{
    private delegate bool Parser<T>(string text, [NotNullWhen(true)] out T? pattern, [NotNullWhen(false)] out string? reason);

    /// <summary>The rules that could be read.</summary>
    /// <param name="setting">The list.</param>
    /// <param name="hasSecretKeys">Whether there is anybody who has secret keys.</param>
    public static IReadOnlyList<Rule> Read(SettingCursor setting, bool hasSecretKeys)
    {
        if (setting.Node is not YamlSequenceNode)
        {
            setting.Complain("it must be a list, such as `rules: [{encrypt: always, without-key: reject}]`");
            return [];
        }
        return [.. setting.List().Select((entry, index) => ReadRule(entry, index, hasSecretKeys)).OfType<Rule>()];
    }

    /// <summary>The entries of <c>signers:</c> that could be read.</summary>
    public static IReadOnlyList<Signer> ReadSigners(SettingCursor setting)
    {
        if (setting.Node is not YamlSequenceNode)
        {
            setting.Complain("it must be a list, such as `signers: [{user: alice, address: alice@example.org}]`");
            return [];
        }
        return [.. setting.List().Select(ReadSigner)];
    }

    private static Signer ReadSigner(SettingCursor entry)
    {
        var map = entry.Map();
        foreach (string key in (string[])["user", "address"])
        {
            if (!map.ContainsKey(key) && entry.Node is YamlMappingNode)
                entry.Complain($"it has no {key}");
        }
        return new Signer(
            Patterns<UserPattern>(map, "user", UserPattern.TryParse), Patterns<AddressPattern>(map, "address", AddressPattern.TryParse));
    }

    private static Rule? ReadRule(SettingCursor entry, int index, bool hasSecretKeys)
    {
        var map = entry.Map();
        string name = map.TryGetValue("name", out var named) && named.Text() is { } text
            ? text
            : string.Create(CultureInfo.InvariantCulture, $"rule {index + 1}");
        if (name.Any(char.IsControl))
            named!.Complain("it has control characters");
        var match = map.TryGetValue("match", out var conditions) ? ReadMatch(conditions) : RuleMatch.Everything;

        var withoutKey = WithoutKey.Reject;
        bool saysWithoutKey = map.TryGetValue("without-key", out var without);
        if (saysWithoutKey)
            withoutKey = without!.Word(("reject", WithoutKey.Reject), ("defer", WithoutKey.Defer)) ?? withoutKey;

        if (!map.TryGetValue("encrypt", out var encrypt))
        {
            if (entry.Node is YamlMappingNode)
                entry.Complain("it doesn't say `encrypt: always`, `encrypt: when-possible` or `encrypt: never`");
            return null;
        }
        var mode = encrypt.Word(
            ("always", EncryptMode.Always), ("when-possible", EncryptMode.WhenPossible), ("never", EncryptMode.Never));
        if (mode is EncryptMode.Never or EncryptMode.WhenPossible && saysWithoutKey)
            without!.Complain("it has a meaning only beside `encrypt: always`");
        var sign = ReadKeyUse(
            map, "sign", hasSecretKeys, ("always", SignMode.Always), ("when-possible", SignMode.WhenPossible), ("never", SignMode.Never));
        if (mode is EncryptMode.Never && sign != SignMode.Never)
            map["sign"].Complain("what is not encrypted is not signed: it has a meaning only beside `encrypt: always` or `encrypt: when-possible`");
        var decrypt = ReadKeyUse(map, "decrypt", hasSecretKeys, ("when-possible", DecryptMode.WhenPossible), ("never", DecryptMode.Never));
        return mode is { } known
            ? new Rule(name, (int)entry.Node.Start.Line, match, new PolicyChoices { Encrypt = known, WithoutKey = withoutKey, Sign = sign, Decrypt = decrypt })
            : null;
    }

    private static T ReadKeyUse<T>(
        IReadOnlyDictionary<string, SettingCursor> map, string key, bool hasSecretKeys, params ReadOnlySpan<(string Word, T Value)> words)
        where T : struct, Enum
    {
        if (!map.TryGetValue(key, out var setting))
            return default;
        T mode = setting.Word(words) ?? default;
        if (!hasSecretKeys && !EqualityComparer<T>.Default.Equals(mode, default))
            setting.Complain("nobody has secret keys: there is no `secret-keys`");
        return mode;
    }

    private static RuleMatch ReadMatch(SettingCursor setting)
    {
        var map = setting.Map();
        if (map.Count == 0 && setting.Node is YamlMappingNode { Children.Count: 0 })
            setting.Complain("it is empty; a rule for all mail has no match");
        return new RuleMatch
        {
            Senders = Patterns<AddressPattern>(map, "sender", AddressPattern.TryParse),
            Recipients = Patterns<AddressPattern>(map, "recipient", AddressPattern.TryParse),
            Domains = Patterns<DomainPattern>(map, "domain", DomainPattern.TryParse),
            Users = Patterns<UserPattern>(map, "user", UserPattern.TryParse),
        };
    }

    private static List<T> Patterns<T>(IReadOnlyDictionary<string, SettingCursor> map, string key, Parser<T> parse)
        where T : class
    {
        var patterns = new List<T>();
        if (!map.TryGetValue(key, out var setting))
            return patterns;
        foreach (var entry in setting.List())
        {
            if (entry.Text() is not { } text)
                continue;
            if (parse(text, out var pattern, out string? reason))
                patterns.Add(pattern);
            else
                entry.Complain($"'{text}': {reason}");
        }
        return patterns;
    }
}
