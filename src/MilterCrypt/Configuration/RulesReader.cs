using System.Globalization;
using MilterCrypt.Engine.Policy;
using YamlDotNet.RepresentationModel;

namespace MilterCrypt.Configuration;

/// <summary>Reads <c>rules:</c>.</summary>
internal static class RulesReader
{
    /// <summary>The rules that could be read.</summary>
    public static IReadOnlyList<Rule> Read(SettingCursor setting, PolicyGround ground)
    {
        if (setting.Node is not YamlSequenceNode)
        {
            setting.Complain("it must be a list, such as `rules: [{encrypt: always, without-key: reject}]`");
            return [];
        }
        var choices = new ChoicesReader(ground);
        var match = new MatchReader(ground);
        return [.. setting.List().Select((entry, index) => ReadRule(entry, index, match, choices))];
    }

    private static Rule ReadRule(SettingCursor entry, int index, MatchReader match, ChoicesReader choices)
    {
        var map = entry.Map();
        string name = map.TryGetValue("name", out var named) && named.Text() is { } text
            ? text
            : string.Create(CultureInfo.InvariantCulture, $"rule {index + 1}");
        if (name.Any(char.IsControl))
            named!.Complain("it has control characters");
        var itsMatch = map.TryGetValue("match", out var conditions) ? match.Read(conditions) : RuleMatch.Everything;
        bool removesTriggers = map.TryGetValue("remove-trigger", out var remove) && remove.YesOrNo() is true;
        if (removesTriggers && itsMatch.Triggers.Count == 0)
            remove!.Complain("there is nothing to remove: the rule has neither `match: {subject: …}` nor `match: {header: …}`");
        return new Rule(name, (int)entry.Node.Start.Line, itsMatch, choices.ReadRule(entry, map)) { RemovesTriggers = removesTriggers };
    }
}
