using System.Net;

namespace MilterCrypt.MailServers.Postfix;

/// <summary>Where mail is sent next: <c>transport:nexthop</c>, as <c>default_transport</c> and <c>content_filter</c> write it.</summary>
/// <param name="Transport">The service of master.cf that sends it: <c>smtp</c>.</param>
/// <param name="NextHop">Where to: <c>[127.0.0.1]:10027</c>; empty for what the recipient's domain says.</param>
internal sealed record PostfixRoute(string Transport, string NextHop)
{
    /// <summary>The port of this machine to which it leads; null where it leads elsewhere.</summary>
    public int? LoopbackPort => PortOf(NextHop.StartsWith("inet:", StringComparison.Ordinal) ? NextHop[5..] : NextHop);

    /// <summary>Reads a route; null for an empty one.</summary>
    public static PostfixRoute? Read(string text)
    {
        string[] parts = text.Split(':', 2);
        return parts[0].Length == 0 ? null : new PostfixRoute(parts[0], parts.Length > 1 ? parts[1] : "");
    }

    /// <summary>The port of <c>host:port</c> where the host is this machine; an address without one is port 25.</summary>
    public static int? PortOf(string hostAndPort)
    {
        bool isBracketed = hostAndPort.StartsWith('[');
        int end = isBracketed ? hostAndPort.IndexOf(']', StringComparison.Ordinal) : hostAndPort.IndexOf(':', StringComparison.Ordinal);
        string host = end < 0 ? hostAndPort : hostAndPort[(isBracketed ? 1 : 0)..end];
        string rest = end < 0 ? "" : hostAndPort[(isBracketed ? end + 1 : end)..];
        return !IsLoopback(host) ? null : rest.Length == 0 ? 25 : rest[0] == ':' ? ServicePort.Of(rest[1..]) : null;
    }

    /// <summary>Whether a host, by address or as localhost, is this machine.</summary>
    public static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address);

    /// <inheritdoc/>
    public override string ToString() => NextHop.Length == 0 ? Transport : $"{Transport}:{NextHop}";
}
