using MilterCrypt.Engine.Policy;

namespace MilterCrypt.Configuration;

/// <summary>Says which rules come too late.</summary>
internal static class RuleCoverage
{
    private const int MaxCompared = 1000;

    /// <summary>A rule before it that takes all its mail, as far as the patterns' text shows it.</summary>
    public static Rule? Of(IReadOnlyList<Rule> rules, int later)
    {
        for (int i = 0; i < later; i++)
        {
            if (Covers(rules[i].Match, rules[later].Match))
                return rules[i];
        }
        return null;
    }

    private static bool Covers(RuleMatch wide, RuleMatch narrow) =>
        Covers(wide.Senders, narrow.Senders) && Covers(wide.Recipients, narrow.Recipients)
        && Covers(wide.Domains, narrow.Domains) && Covers(wide.Users, narrow.Users) && Covers(wide.Clients, narrow.Clients)
        && Covers(wide.Authors, narrow.Authors) && Covers(wide.ContentTypes, narrow.ContentTypes)
        && CoversValues(wide.Directions, narrow.Directions) && CoversValues(wide.Headers, narrow.Headers) && CoversValues(wide.Subjects, narrow.Subjects)
        && (wide.IsEgress is null || wide.IsEgress == narrow.IsEgress) && (wide.Tls is null || wide.Tls == narrow.Tls)
        && (wide.IsListMail is null || wide.IsListMail == narrow.IsListMail)
        && (wide.LargerThan is null || wide.LargerThan <= narrow.LargerThan) && (wide.SmallerThan is null || wide.SmallerThan >= narrow.SmallerThan);

    private static bool CoversValues<T>(IReadOnlyList<T> wide, IReadOnlyList<T> narrow) =>
        wide.Count == 0 || (narrow.Count > 0 && !narrow.Except(wide).Any());

    private static bool Covers<T>(IReadOnlyList<T> wide, IReadOnlyList<T> narrow)
        where T : class
    {
        if (wide.Count == 0 || ReferenceEquals(wide, narrow))
            return true;
        // Lists from files may be long, and are not compared with those of all other rules.
        if (wide.Count > MaxCompared || narrow.Count > MaxCompared)
            return false;
        var known = wide.Select(pattern => pattern.ToString()).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return narrow.Count > 0 && narrow.All(pattern => known.Contains(pattern.ToString()));
    }
}
