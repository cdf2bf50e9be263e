using System.Globalization;
using MilterCrypt.Engine.Policy;

namespace MilterCrypt.Configuration;

/// <summary>Says which rules let anybody have mail leave with less encryption than it would without them.</summary>
internal static class LooseRules
{
    private const int MaxCompared = 1000;

    /// <summary>A sentence for each.</summary>
    public static IEnumerable<string> Of(Settings settings)
    {
        for (int i = 0; i < settings.Rules.Count; i++)
        {
            var rule = settings.Rules[i];
            if (TakesAnybodysWord(rule.Match) && ShadowedBy(settings, i) is { } stricter)
            {
                yield return string.Create(CultureInfo.InvariantCulture,
                    $"{rule.Name} (line {rule.Line}) {What(rule.Choices)} by what its header says, which anybody may write there, in place of what {stricter.Name} (line {stricter.Line}) demands: `user`, `client` or `direction: [inbound, internal]` beside it says whose word is taken");
            }
        }
    }

    private static bool TakesAnybodysWord(RuleMatch match) =>
        match.AsksForHeader && match.Users.Count == 0 && match.Clients.Count == 0
        && (match.Directions.Count == 0 || match.Directions.Contains(MailDirection.Outbound));

    /// <summary>What would have been asked but for a rule, and demands more; null where nothing does.</summary>
    private static PolicyEntry? ShadowedBy(Settings settings, int place)
    {
        var (match, choices) = (settings.Rules[place].Match, settings.Rules[place].Choices);
        // What it leaves open the policy may say, but no rule that comes later.
        var most = settings.Policy.Entries.Select(entry => DemandOf(choices.Or(entry.Choices))).Append(DemandOf(choices)).Max();
        return settings.Rules.Skip(place + 1)
            .Where(later => DemandOf(later.Choices) > most && MayBothBeFor(match, later.Match))
            .Select(static later => new PolicyEntry(later.Name, later.Line, later.Choices))
            .Concat(settings.Policy.Entries.Where(entry => DemandOf(entry.Choices) > DemandOf(choices.Or(entry.Choices))))
            .FirstOrDefault();
    }

    private static EncryptionDemand DemandOf(PolicyChoices choices) => PolicyDecision.Of("", choices).Demand;

    private static string What(PolicyChoices choices) => choices switch
    {
        { Mode: EnforcementMode.Report } => "lets mail leave as it came (mode: report)",
        { Encrypt: EncryptMode.WhenPossible } => "lets mail leave in clear where there is no key",
        { WithoutKey: WithoutKey.Clear } or { Encrypt: EncryptMode.Never } => "lets mail leave in clear",
        { Encrypt: EncryptMode.Always } or { MinimumTrust: not null } => "lets mail leave encrypted to keys that nobody has verified",
        _ => "lets mail leave in clear",
    };

    /// <summary>Whether a message may be meant by both, as far as the patterns show it.</summary>
    private static bool MayBothBeFor(RuleMatch one, RuleMatch other) =>
        (one.Directions.Count == 0 || other.Directions.Count == 0 || one.Directions.Intersect(other.Directions).Any())
        && (one.IsEgress is null || other.IsEgress is null || one.IsEgress == other.IsEgress)
        && (one.Domains.Count == 0 || other.Domains.Count == 0 || one.Domains.Count * (long)other.Domains.Count > MaxCompared
            || one.Domains.Any(domain => !other.Domains.All(domain.Excludes)));
}
