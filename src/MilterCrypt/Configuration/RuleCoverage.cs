using MilterCrypt.Engine.Mail;
using MilterCrypt.Engine.Policy;

namespace MilterCrypt.Configuration;

/// <summary>Says which rules come too late.</summary>
internal static class RuleCoverage
{
    private const int MaxCompared = 1000;

    /// <summary>How often it is asked of two rules whether a pattern includes another; beyond it their texts must be the same.</summary>
    private const int MaxIncludes = 10_000;

    /// <summary>A rule before it that takes all its mail, as far as the patterns show it one by one.</summary>
    /// <param name="rules">All rules.</param>
    /// <param name="later">The place of the one in question.</param>
    /// <param name="tags">What of a recipient is a tag.</param>
    public static Rule? Of(IReadOnlyList<Rule> rules, int later, AddressTags tags)
    {
        for (int i = 0; i < later; i++)
        {
            if (Covers(rules[i].Match, rules[later].Match, tags))
                return rules[i];
        }
        return null;
    }

    private static bool Covers(RuleMatch wide, RuleMatch narrow, AddressTags tags) =>
        CoversAddresses(wide.Senders, narrow.Senders, null) && CoversAddresses(wide.Recipients, narrow.Recipients, tags)
        && (wide.Domains.Any(static pattern => pattern.IsEverything) || Covers(wide.Domains, narrow.Domains, static (one, other) => one.Includes(other)))
        && Covers(wide.Users, narrow.Users, static (one, other) => one.Includes(other))
        && Covers(wide.Clients, narrow.Clients, null) && CoversAddresses(wide.Authors, narrow.Authors, null) && Covers(wide.ContentTypes, narrow.ContentTypes, null)
        && CoversValues(wide.Directions, narrow.Directions) && CoversValues(wide.Headers, narrow.Headers) && CoversValues(wide.Subjects, narrow.Subjects)
        && (wide.IsEgress is null || wide.IsEgress == narrow.IsEgress) && (wide.Tls is null || wide.Tls == narrow.Tls)
        && (wide.IsListMail is null || wide.IsListMail == narrow.IsListMail)
        && (wide.LargerThan is null || wide.LargerThan <= narrow.LargerThan) && (wide.SmallerThan is null || wide.SmallerThan >= narrow.SmallerThan);

    private static bool CoversValues<T>(IReadOnlyList<T> wide, IReadOnlyList<T> narrow) =>
        wide.Count == 0 || (narrow.Count > 0 && !narrow.Except(wide).Any());

    private static bool CoversAddresses(IReadOnlyList<AddressPattern> wide, IReadOnlyList<AddressPattern> narrow, AddressTags? tags) =>
        wide.Any(static pattern => pattern.IsEverything) || Covers(wide, narrow, (one, other) => one.Includes(other, tags));

    /// <param name="wide">The patterns of the rule before.</param>
    /// <param name="narrow">Those of the rule after it.</param>
    /// <param name="includes">Whether one pattern has all that another has; null where only its text can tell.</param>
    private static bool Covers<T>(IReadOnlyList<T> wide, IReadOnlyList<T> narrow, Func<T, T, bool>? includes)
        where T : class
    {
        if (wide.Count == 0 || ReferenceEquals(wide, narrow))
            return true;
        // Lists from files may be long, and are not compared with those of all other rules.
        if (narrow.Count == 0 || wide.Count > MaxCompared || narrow.Count > MaxCompared)
            return false;
        var known = wide.Select(pattern => pattern.ToString()).ToHashSet(StringComparer.OrdinalIgnoreCase);
        bool isWorthAsking = includes is not null && wide.Count * narrow.Count <= MaxIncludes;
        return narrow.All(pattern => known.Contains(pattern.ToString()) || isWorthAsking && wide.Any(other => includes!(other, pattern)));
    }
}
