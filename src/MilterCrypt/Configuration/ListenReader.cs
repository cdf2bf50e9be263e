using MilterCrypt.Milter.Listening;
using YamlDotNet.RepresentationModel;

namespace MilterCrypt.Configuration;

/// <summary>Reads an entry of <c>listen:</c>.</summary>
internal static class ListenReader
{
    /// <summary>The entry, or null after a complaint.</summary>
    public static ListenSettings? Read(SettingCursor entry)
    {
        if (entry.Node is not YamlMappingNode)
            return Address(entry) is { } only ? new ListenSettings(only) : null;

        // An entry of the list has [] in the table even where it stands alone.
        var map = (entry.Path.EndsWith(']') ? entry : entry with { Path = entry.Path + "[0]" }).Map();
        var endpoint = map.TryGetValue("address", out var address) ? Address(address) : null;
        if (address is null)
            entry.Complain("it has no address, such as `address: unix:/run/miltercrypt/milter.sock`");
        var socket = Socket(map, endpoint);
        var role = map.TryGetValue("role", out var word)
            ? word.Word(("ingress", ListenerRole.Ingress), ("egress", ListenerRole.Egress))
            : null;
        var trusted = map.TryGetValue("trusted-peers", out var peers) ? Trusted(peers, endpoint) : TrustedPeers.Nobody;
        int? connections = map.TryGetValue("connections", out var number) ? number.ConnectionCount() : null;
        return endpoint is null
            ? null
            : new ListenSettings(endpoint)
            {
                Socket = socket,
                Role = role ?? ListenerRole.Ingress,
                TrustedPeers = trusted,
                Connections = connections,
            };
    }

    /// <summary>How many connections there may be.</summary>
    public static int? ConnectionCount(this SettingCursor setting) => setting.Number(1, 100_000);

    private static TrustedPeers Trusted(SettingCursor peers, MilterEndpoint? endpoint)
    {
        if (peers.Node is YamlScalarNode { Value: "anyone" })
        {
            if (endpoint is MilterEndpoint.Unix)
                peers.Complain("of a Unix socket it is known who asks: name the mail server's user, such as postfix");
            return TrustedPeers.AnyoneOverTcp;
        }
        if (endpoint is MilterEndpoint.Inet)
            peers.Complain("over TCP nobody knows which user asks: 'anyone' trusts whoever reaches the port; a Unix socket is better");
        return new TrustedPeers(peers.Users());
    }

    private static MilterSocketOptions Socket(IReadOnlyDictionary<string, SettingCursor> map, MilterEndpoint? endpoint)
    {
        var socket = new MilterSocketOptions();
        if (map.TryGetValue("mode", out var mode))
            socket = socket with { Mode = mode.Mode() ?? socket.Mode };
        if (map.TryGetValue("group", out var group))
            socket = socket with { Group = group.Text() };
        if (endpoint is MilterEndpoint.Inet)
            (mode ?? group)?.Complain("it is for Unix sockets; whoever reaches a TCP port can connect to it");
        if (endpoint is MilterEndpoint.Systemd)
            (mode ?? group)?.Complain("it is the .socket unit that says so: SocketMode=, SocketGroup=");
        return socket;
    }

    private static MilterEndpoint? Address(SettingCursor setting)
    {
        if (setting.Text() is not { } text)
            return null;
        if (!MilterEndpoint.TryParse(text, out var endpoint, out string? error))
            setting.Complain(error.TrimEnd('.'));
        return endpoint;
    }
}
