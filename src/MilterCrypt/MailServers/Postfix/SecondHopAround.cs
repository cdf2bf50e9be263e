using MilterCrypt.Configuration;

namespace MilterCrypt.MailServers.Postfix;

/// <summary>What is wrong with a second hop, and the ways around it: whatever is sent by another route.</summary>
internal static class SecondHopAround
{
    /// <summary>Each; none where there is no second hop.</summary>
    public static IEnumerable<WayAround> Of(MailPath path)
    {
        foreach (var entrance in path.Entrances.Where(entrance => LeavesInClear(path, entrance)))
        {
            yield return new WayAround($"{entrance.Name} (hop-key)", Finding.Error(
                $"{path.Instance.Directory}: hop-key: the listener that {Words.Value(entrance.Service!.Id)} asks leaves it to a second hop to encrypt, and no route leads to one that asks a listener with role: egress; "
                + "take default_transport and the service 127.0.0.1:10027 of postfix-examples/two-hop, or take hop-key out"));
        }
        if (path.Hop is not { } hop)
            yield break;
        string listener = $"{hop.At.MasterFile}: {Words.Value(hop.Listener.Id)}";
        string why = $"what it chooses leaves by another way than {Words.Value(hop.Route.ToString())}, around the second hop";
        if (hop.Circles(path))
            yield return new WayAround("the second hop", Finding.Error(
                $"{listener}: what leads to it ({hop.Parameter} = {Words.Value(path.Instance.Main[hop.Parameter])}) holds for what comes from it, too: mail circles until it is returned; write there: -o content_filter=smtp:"));
        if (hop.Role != ListenerRole.Egress)
            yield return new WayAround("the second hop", Finding.Note(
                $"{listener}: it is behind the queue, yet it asks a listener of ours that isn't; in the filter's configuration, write for its address: role: egress"));

        foreach (string parameter in (string[])["transport_maps", "sender_dependent_default_transport_maps"])
        {
            if (path.Instance.Main[parameter] is { Length: > 0 } maps)
                yield return Way(path, parameter, $"{path.Instance.MainFile}: {parameter} = {Words.Value(maps)}: {why}; let its entries for the outside say {Words.Value(hop.Route.ToString())}, or leave it empty");
        }
        if (hop.Parameter == "relayhost" && path.Instance.Main["sender_dependent_relayhost_maps"] is { Length: > 0 } relays)
            yield return Way(path, "sender_dependent_relayhost_maps", $"{path.Instance.MainFile}: sender_dependent_relayhost_maps = {Words.Value(relays)}: {why}; write: default_transport = {Words.Value(hop.Route.ToString())}");
        if (path.Instance.Main["relay_domains"] is { Length: > 0 } domains && PostfixRoute.Read(path.Instance.Main["relay_transport"]) != hop.Route)
            yield return new WayAround("relay_domains", Finding.Note(
                $"{path.Instance.MainFile}: relay_domains = {Words.Value(domains)}: mail to them leaves by relay_transport = {Words.Value(path.Instance.Main["relay_transport"])}, around the second hop; that is right where their servers are yours"));

        if (path.Instance.Transport(hop.Route.Transport) is { } sender
            && sender.Parameters[$"{sender.Command}_fallback_relay"] is { Length: > 0 } fallback)
        {
            yield return Way(path, $"{sender.Name} ({sender.Command}_fallback_relay)",
                $"{path.Instance.PlaceOf(sender, $"{sender.Command}_fallback_relay")} = {Words.Value(fallback)}: when the second hop is down, mail leaves by that one without it; "
                + $"write in master.cf, for the service {Words.Value(sender.Name)}: -o {sender.Command}_fallback_relay=");
        }
        foreach (var service in path.Entrances.Select(entrance => entrance.Service).OfType<PostfixService>())
        {
            if (service.ContentFilter is { } filter && path.Calls(service) && !path.IsCaught(service))
                yield return Way(path, $"{service.Id} (content_filter)", $"{path.Instance.PlaceOf(service, "content_filter")} = {Words.Value(filter.ToString())}: what the service {Words.Value(service.Id)} takes leaves that way, around the second hop; take it out");
        }
    }

    // With a key between the hops the first of them only refuses, and says who hands in.
    private static bool LeavesInClear(MailPath path, Entrance entrance) =>
        path.Own.LeavesFormsToEgress && entrance is { Passage: Passage.Filtered, Service: not null }
        && path.RoleAt(entrance.Service) != ListenerRole.Egress
        && !(path.Hop is { Role: ListenerRole.Egress } || SecondHop.OfFilter(path, entrance.Service) is { Role: ListenerRole.Egress });

    private static WayAround Way(MailPath path, string name, string text) =>
        new(name, path.Own.KeepsSecrets ? Finding.Warning(text) : Finding.Note(text));
}
