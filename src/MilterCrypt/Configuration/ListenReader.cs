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
        if (!map.TryGetValue("address", out var address))
        {
            entry.Complain("it has no address, such as `address: unix:/run/miltercrypt/milter.sock`");
            return null;
        }
        return Address(address) is { } endpoint ? Read(new ListenSettings(endpoint), map) : null;
    }

    /// <summary>How many connections there may be.</summary>
    public static int? ConnectionCount(this SettingCursor setting) => setting.Number(1, 100_000);

    private static ListenSettings Read(ListenSettings listen, IReadOnlyDictionary<string, SettingCursor> map)
    {
        if (map.TryGetValue("mode", out var mode))
            listen = listen with { Socket = listen.Socket with { Mode = mode.Mode() ?? listen.Socket.Mode } };
        if (map.TryGetValue("group", out var group))
            listen = listen with { Socket = listen.Socket with { Group = group.Text() } };
        if (map.TryGetValue("role", out var role))
            listen = listen with { Role = role.Word(("ingress", ListenerRole.Ingress), ("egress", ListenerRole.Egress)) ?? listen.Role };
        if (map.TryGetValue("connections", out var connections))
            listen = listen with { Connections = connections.ConnectionCount() };

        if ((mode ?? group) is { } useless)
        {
            if (listen.Address is MilterEndpoint.Inet)
                useless.Complain("it is for Unix sockets; whoever reaches a TCP port can connect to it");
            else if (listen.Address is MilterEndpoint.Systemd)
                useless.Complain("it is the .socket unit that says this: SocketMode=, SocketGroup=");
        }
        return listen;
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
