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
    public static IReadOnlyList<Rule> Read(SettingCursor setting)
    {
        if (setting.Node is not YamlSequenceNode)
        {
            setting.Complain("it must be a list, such as `rules: [{encrypt: always, without-key: reject}]`");
            return [];
        }
        return [.. setting.List().Select(ReadRule).OfType<Rule>()];
    }

    private static Rule? ReadRule(SettingCursor entry, int index)
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
        return mode is { } known ? new Rule(name, (int)entry.Node.Start.Line, match, known, withoutKey) : null;
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
