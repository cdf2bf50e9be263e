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
        return [.. setting.List().Select((entry, index) => ReadRule(entry, index, match, choices, ground))];
    }

    private static Rule ReadRule(SettingCursor entry, int index, MatchReader match, ChoicesReader choices, PolicyGround ground)
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
        var rule = new Rule(name, (int)entry.Node.Start.Line, itsMatch, choices.ReadRule(entry, map)) { RemovesTriggers = removesTriggers };
        if (ground.HasTwoHops && itsMatch.IsEgress is false)
            ComplainOfForms(rule, map);
        return rule;
    }

    /// <summary>What is said before the queue of how mail leaves would be done nowhere: there it is not made, and behind the queue the
    /// rule isn't asked.</summary>
    private static void ComplainOfForms(Rule rule, IReadOnlyDictionary<string, SettingCursor> map)
    {
        (string Key, bool IsSaid)[] forms =
        [
            ("encrypt", rule.Choices.Encrypt is EncryptMode.Always or EncryptMode.WhenPossible),
            ("without-key", rule.Choices.WithoutKey is WithoutKey.Hold),
            ("sign", rule.Choices.Sign is SignMode.Always or SignMode.WhenPossible),
            ("form", rule.Choices.Form is not null),
            ("mixed", rule.Choices.Mixed is not null),
            ("bcc", rule.Choices.Bcc is not null),
            ("escrow", rule.Choices.Escrow is not null),
            ("remove-trigger", rule.RemovesTriggers),
        ];
        foreach (var (key, _) in forms.Where(static form => form.IsSaid))
            map[key].Complain("with `hop-key` this is done behind the queue, where a rule for `role: ingress` isn't asked, so nowhere: leave `role` out, and both hops follow the rule");
    }
}
