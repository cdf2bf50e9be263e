namespace MilterCrypt.MailServers.Postfix;

/// <summary>Draws how mail goes through a Postfix: a line for each way in, for each way out, and for each way around the filter.
/// Plain ASCII, at most 76 columns, so that it can be read aloud and mailed.</summary>
internal static class PathDrawing
{
    private const int Width = 76, NameColumn = 21, PassageColumn = 21;

    /// <summary>The drawing's lines.</summary>
    public static IEnumerable<string> Of(MailPath path, IReadOnlyList<WayAround> around)
    {
        string[] lines =
        [
            $"postfix ({Words.Value(path.Instance.Directory)}): how mail goes",
            .. path.Entrances.Select(entrance => Line(entrance.Name, PassageOf(path, entrance), AfterQueue(path, entrance))),
            .. Exits(path),
            around.Count == 0 ? "ways around the filter: none" : "ways around the filter:",
            .. around.Select(way => $"  {way.Name}").Distinct(),
        ];
        return lines.Select(line => line.Length <= Width ? line : line[..(Width - 3)] + "...");
    }

    private static string Line(string from, string through, string to) => $"  {from,-NameColumn} -> {through,-PassageColumn} -> {to}";

    private static string PassageOf(MailPath path, Entrance entrance) => entrance.Passage switch
    {
        Passage.Filtered => $"miltercrypt ({path.RoleAt(entrance.Service!).ToString().ToLowerInvariant()})",
        Passage.HandedBack => "no filter (injection)",
        Passage.Loopback => "no filter (loopback)",
        _ => path.IsCaught(entrance.Service) ? "no filter yet" : "AROUND THE FILTER",
    };

    // A content filter is where the queue sends it, whatever the routes say.
    private static string AfterQueue(MailPath path, Entrance entrance) =>
        entrance.Service?.ContentFilter is { } filter ? $"queue -> {Words.Value(filter.ToString())}" : "queue";

    private static IEnumerable<string> Exits(MailPath path)
    {
        var main = path.Instance.Main;
        if (path.DeliversToUsers)
            yield return "  queue -> local (users of this machine)";
        if (main["virtual_mailbox_domains"].Length > 0)
            yield return $"  queue -> {Words.Value(main["virtual_transport"])} (virtual_mailbox_domains)";
        if (main["relay_domains"].Length > 0)
            yield return $"  queue -> {Words.Value(main["relay_transport"])} (relay_domains)";
        foreach (string maps in (string[])["transport_maps", "sender_dependent_default_transport_maps"])
        {
            if (main[maps].Length > 0)
                yield return $"  queue -> what {maps} says";
        }
        if (path.Hop is not { } hop)
        {
            if (PostfixRoute.Read(main["default_transport"]) is { } route)
                yield return $"  queue -> {OutBy(route.Transport, route.NextHop, main["relayhost"])}";
            yield break;
        }
        yield return $"  queue -> {hop.Route.Transport} -> {Words.Value(hop.Route.NextHop)}, the second hop";
        var exit = hop.Listener.ContentFilter;
        string then = exit is null ? $"queue of {Words.Value(Path.GetFileName(hop.At.Directory))}" : OutBy(exit.Transport, exit.NextHop, hop.At.Main["default_filter_nexthop"]);
        yield return Line(hop.Listener.Name, $"miltercrypt ({hop.Role.ToString().ToLowerInvariant()})", then);
    }

    private static string OutBy(string transport, string nextHop, string otherwise) =>
        $"{transport} -> {(nextHop.Length > 0 ? Words.Value(nextHop) : otherwise.Length > 0 ? Words.Value(otherwise) : "the domain's MX")}";
}
