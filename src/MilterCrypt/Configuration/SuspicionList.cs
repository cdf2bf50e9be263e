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
        if (settings.EmergencyBypass is { } bypass)
            yield return bypass.Warning;
        if (settings.Rules.Count == 0 && settings.Policy.Entries.Count == 0)
            yield return "there are no rules and no policy: all mail is left alone";
        else if (!settings.Policy.HasDefaults && !settings.Rules.Any(static rule => rule.Match.IsEverything))
            yield return "no rule is for all mail: what none of them matches leaves as it came; a last rule without match, or `policy: {defaults: …}`, says what is meant";
        if (settings.AllChoices.Any(static choices => choices is { Sign: SignMode.WhenPossible or SignMode.Always } or { Decrypt: DecryptMode.WhenPossible })
            && settings.Listen.All(static listen => listen.TrustedPeers.AreNobody))
            yield return "rules sign or decrypt, yet no `listen` has trusted-peers: no secret key will be used";
        if (settings.AllChoices.Any(static choices => choices.WithoutKey is WithoutKey.Hold) && settings.AllChoices.All(static choices => choices.Escrow is null or []))
            yield return "without-key: hold, yet there is no `escrow` anywhere: mail that would be held gets 451 4.3.5";
        if (settings.Http is { Address: var http } && !IPAddress.IsLoopback(http.Address))
            yield return $"http.address: {http} is not on the loopback interface: whoever reaches it reads the metrics";
        if (settings.Timeouts.Verdict > TimeSpan.FromSeconds(290))
            yield return "timeouts.verdict: Sendmail gives a message up after 5 minutes by default, so ours must be less";
        if (settings.Timeouts.Idle <= TimeSpan.FromSeconds(7210))
            yield return "timeouts.idle: no more than 7210s, which is how long an MTA may be kept waiting by its client";

        foreach (string loose in LooseRules.Of(settings))
            yield return loose;
        for (int later = 1; later < settings.Rules.Count; later++)
        {
            if (RuleCoverage.Of(settings.Rules, later, settings.Tags) is { } earlier)
                yield return Of(settings.Rules[later], $"never decides: {Of(earlier, "before it matches all that it would")}");
        }
    }

    private static string Of(Rule rule, string what) => string.Create(CultureInfo.InvariantCulture, $"{rule.Name} (line {rule.Line}) {what}");
}
