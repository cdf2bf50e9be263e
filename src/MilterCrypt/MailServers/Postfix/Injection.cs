using System.Globalization;
using MilterCrypt.Configuration;

namespace MilterCrypt.MailServers.Postfix;

/// <summary>The listener at which we hand back mail whose recipients need different forms: whether it is there, takes what comes
/// and doesn't send it round again.</summary>
internal static class Injection
{
    /// <summary>The port of this machine where we hand mail back; null where we don't, or to another machine.</summary>
    public static int? PortOf(OwnFilter own) => own.Settings.Reinject is { Target: { IsLoopback: true } target } ? target.Port : null;

    /// <summary>What is wrong with it.</summary>
    public static IEnumerable<Finding> Of(MailPath path)
    {
        if (path.Own.Settings.Reinject is not { } reinject)
            return [];
        if (PortOf(path.Own) is not { } port)
            return [Finding.Note($"reinject: {Words.Value($"{reinject.Target}")}: it is on another machine, and isn't looked at")];
        if (path.Instance.ListenerAt(port) is { } listener)
            return Judge(path, reinject, listener);
        // Another instance may have it; of several, only the first says so.
        return path.All.Any(other => other.ListenerAt(port) is not null) || path.All.Count > 0 && path.All[0] != path.Instance ? [] :
        [
            Finding.Error($"{path.Instance.MasterFile}: reinject: {Words.Value($"{reinject.Target}")}: no service listens there, and mail whose recipients need different forms is put off for ever; "
                + "take the service 127.0.0.1:10026 of postfix-examples/split"),
        ];
    }

    private static IEnumerable<Finding> Judge(MailPath path, ReinjectSettings reinject, PostfixService listener)
    {
        string place = $"{path.Instance.MasterFile}: {Words.Value(listener.Id)}";
        var checks = new[] { Reach(path, listener, place), Filters(path, reinject, listener), Access(path, listener), Room(path, reinject, listener, place), OtherFilters(path, listener) };
        return checks.SelectMany(findings => findings);
    }

    private static IEnumerable<Finding> Reach(MailPath path, PostfixService listener, string place)
    {
        if (!listener.IsForThisMachineAlone)
            yield return Finding.Warning($"{place}: other machines reach it, too, and what they send there passes by the filter; write in place of {Words.Value(listener.Name)}: 127.0.0.1:{listener.Port}");
        if (PostfixList.Split(listener.Parameters["mynetworks"]) is { Count: > 0 } networks && !networks.Any(IsThisMachine))
            yield return Finding.Warning($"{Shown(path, listener, "mynetworks")}: this machine isn't among them, and may not hand mail back for others; write: -o mynetworks=127.0.0.0/8");
    }

    private static IEnumerable<Finding> Filters(MailPath path, ReinjectSettings reinject, PostfixService listener)
    {
        bool isKnown = reinject.DaemonName is { } name && listener.Parameters["milter_macro_daemon_name"] == name;
        if (path.Calls(listener) && !isKnown)
            yield return Finding.Error(
                $"{Shown(path, listener, "smtpd_milters")}: what the filter hands back comes to it again; write there a list without it: -o smtpd_milters={Words.Value(string.Join(", ", Others(path, listener).Select(milter => milter.Address)))}"
                + (reinject.DaemonName is { } ours ? $" or: -o milter_macro_daemon_name={Words.Value(ours)}, which is our reinject.daemon-name" : ""));
        if (listener.ContentFilter is { } filter && path.Hop is null && listener.Overridden.Contains("content_filter") && filter.LoopbackPort == listener.Port)
            yield return Finding.Error($"{Shown(path, listener, "content_filter")}: it leads to itself, and mail circles; take it out");
    }

    private static IEnumerable<Finding> Access(MailPath path, PostfixService listener)
    {
        // The original is thrown away: where its addresses were to be mapped, this is where they are; unless all of it is thrown away
        // at a second hop, by when they have been.
        bool isMappedBefore = path.Own.LeavesFormsToEgress && path.Hop is not null;
        var options = PostfixList.Split(listener.Parameters["receive_override_options"]);
        bool publicMaps = Public(path).Any(service => !PostfixList.Split(service.Parameters["receive_override_options"]).Contains("no_address_mappings"));
        string[] mappings = [.. ((string[])["virtual_alias_maps", "canonical_maps", "recipient_canonical_maps", "sender_canonical_maps", "always_bcc", "sender_bcc_maps", "recipient_bcc_maps"])
            .Where(parameter => listener.Parameters[parameter].Length > 0)];
        if (options.Contains("no_address_mappings") && !isMappedBefore && publicMaps && mappings.Length > 0)
            yield return Finding.Warning($"{Shown(path, listener, "receive_override_options")}: what is handed back stands in for the message itself, and is left out of {string.Join(", ", mappings)}; take no_address_mappings out");
        if (listener.Parameters["smtpd_tls_security_level"] == "encrypt" || listener.Parameters["smtpd_enforce_tls"] == "yes")
            yield return Finding.Warning($"{Shown(path, listener, "smtpd_tls_security_level")}: on this machine the filter speaks without TLS, and is refused; write: -o smtpd_tls_security_level=none");
        foreach (string limit in (string[])["smtpd_client_connection_count_limit", "smtpd_client_connection_rate_limit", "smtpd_client_message_rate_limit", "smtpd_client_recipient_rate_limit"])
        {
            if (listener.Parameters.Number(limit) > 0 && !PostfixList.Split(listener.Parameters["smtpd_client_event_limit_exceptions"]).Any(IsThisMachine))
                yield return Finding.Warning($"{Shown(path, listener, limit)}: it holds for the filter, too, whose mail is put off when it is reached; write: -o {limit}=0");
        }
    }

    private static IEnumerable<Finding> Room(MailPath path, ReinjectSettings reinject, PostfixService listener, string place)
    {
        if (listener.MostProcesses > 0 && listener.MostProcesses < reinject.Connections)
            yield return Finding.Warning(string.Create(
                CultureInfo.InvariantCulture,
                $"{place}: it takes at most {listener.MostProcesses} connections at a time, and the filter opens up to reinject.connections = {reinject.Connections}, the pieces of one message at once; write for maxproc: {reinject.Connections}"));
        if (Growth.Finding(path, listener, "what is handed back") is { } tooSmall)
            yield return tooSmall;
    }

    // A signer that sees the message only as it came would sign what nobody gets. What stands before us is there for what comes in.
    private static IEnumerable<Finding> OtherFilters(MailPath path, PostfixService listener)
    {
        var there = Others(path, listener).Select(milter => milter.Address).ToHashSet();
        var servers = Public(path).ToList();
        foreach (string address in servers.SelectMany(service => FiltersBehind.Addresses(path, service)).Distinct())
        {
            if (there.Contains(address) && !listener.SkipsFilters)
                continue;
            string text = $"{Shown(path, listener, listener.SkipsFilters ? "receive_override_options" : "smtpd_milters")}: {Words.Value(address)}, which the listeners for clients call, isn't called here: it doesn't see what is handed back, and a signer signs what nobody gets; "
                + $"write: -o smtpd_milters={Words.Value(string.Join(", ", there.Append(address)))}";
            yield return servers.All(service => FiltersBehind.Addresses(path, service).Contains(address)) ? Finding.Warning(text) : Finding.Note(text);
        }
    }

    private static IEnumerable<PostfixService> Public(MailPath path) =>
        path.Instance.SmtpServers.Where(service => path.Calls(service) && !path.IsForInjection(service) && !path.IsSecondHop(service));

    private static IEnumerable<PostfixMilter> Others(MailPath path, PostfixService service) => PostfixMilter.ReadList(service.Parameters["smtpd_milters"])
        .Where(milter => !path.Uses.Any(use => use.IsOurs && use.Service == service && use.Milter.Address == milter.Address));

    private static bool IsThisMachine(string network) =>
        network.StartsWith("127.", StringComparison.Ordinal) || network.StartsWith("[::1]", StringComparison.Ordinal)
        || network.StartsWith("[::ffff:127.", StringComparison.Ordinal) || PostfixRoute.IsLoopback(network.Split('/')[0].Trim('[', ']'));

    private static string Shown(MailPath path, PostfixService service, string parameter) =>
        $"{path.Instance.PlaceOf(service, parameter)} = {Words.Value(service.Parameters[parameter])}";
}
