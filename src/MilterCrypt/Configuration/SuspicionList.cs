using System.Globalization;
using System.Net;
using MilterCrypt.Engine.Policy;

namespace MilterCrypt.Configuration;

/// <summary>What a configuration may say, but hardly means.</summary>
internal static class SuspicionList
{
    /// <summary>A sentence for each.</summary>
    public static IEnumerable<string> Of(Settings settings)
    {
        if (settings.Rules.Count == 0 && settings.Policy.Entries.Count == 0)
            yield return "there are no rules and no policy: all mail is left alone";
        else if (!settings.Policy.HasDefaults && !settings.Rules.Any(static rule => rule.Match.IsEverything))
            yield return "no rule is for all mail: what none of them matches leaves as it came; a last rule without match, or `policy: {defaults: …}`, says what is meant";
        if (AllChoices(settings).Any(static choices => choices is { Sign: SignMode.WhenPossible or SignMode.Always } or { Decrypt: DecryptMode.WhenPossible })
            && settings.Listen.All(static listen => listen.TrustedPeers.AreNobody))
            yield return "rules sign or decrypt, yet no `listen` has trusted-peers: no secret key will be used";
        if (settings.Http is { Address: var http } && !IPAddress.IsLoopback(http.Address))
            yield return $"http.address: {http} is not on the loopback interface: whoever reaches it reads the metrics";
        if (settings.Timeouts.Verdict > TimeSpan.FromSeconds(290))
            yield return "timeouts.verdict: Sendmail gives a message up after 5 minutes by default, so ours must be less";
        if (settings.Timeouts.Idle <= TimeSpan.FromSeconds(7210))
            yield return "timeouts.idle: no more than 7210s, which is how long an MTA may be kept waiting by its client";

        for (int later = 1; later < settings.Rules.Count; later++)
        {
            if (Covering(settings.Rules, later) is { } earlier)
                yield return string.Create(
                    CultureInfo.InvariantCulture,
                    $"{settings.Rules[later].Name} (line {settings.Rules[later].Line}) never decides: {earlier.Name} (line {earlier.Line}) before it matches all that it would");
        }
    }

    private static IEnumerable<PolicyChoices> AllChoices(Settings settings) =>
        settings.Rules.Select(static rule => rule.Choices).Concat(settings.Policy.Entries.Select(static entry => entry.Choices));

    /// <summary>A rule before it that takes all its mail, as far as the patterns' text shows it.</summary>
    private static Rule? Covering(IReadOnlyList<Rule> rules, int later)
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
        && Covers(wide.Domains, narrow.Domains) && Covers(wide.Users, narrow.Users)
        && (wide.Directions.Count == 0 || (narrow.Directions.Count > 0 && !narrow.Directions.Except(wide.Directions).Any()));

    private static bool Covers<T>(IReadOnlyList<T> wide, IReadOnlyList<T> narrow)
        where T : class
    {
        if (wide.Count == 0)
            return true;
        var known = wide.Select(pattern => pattern.ToString()).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return narrow.Count > 0 && narrow.All(pattern => known.Contains(pattern.ToString()));
    }
}
