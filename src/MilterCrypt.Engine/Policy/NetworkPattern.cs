using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace MilterCrypt.Engine.Policy;

/// <summary>IP addresses as a rule names them: <c>192.0.2.0/24</c>, <c>2001:db8::/32</c>, or one address.</summary>
public sealed class NetworkPattern
{
    private readonly string text;
    private readonly IPNetwork network;

    private NetworkPattern(string text, IPNetwork network)
    {
        this.text = text;
        this.network = network;
    }

    /// <summary>The addresses by which a machine talks to itself.</summary>
    public static IReadOnlyList<NetworkPattern> Loopback { get; } =
    [
        new("127.0.0.0/8", new IPNetwork(new IPAddress([127, 0, 0, 0]), 8)),
        new("::1", new IPNetwork(IPAddress.IPv6Loopback, 128)),
    ];

    /// <summary>Reads a pattern.</summary>
    /// <param name="text">The pattern as the configuration has it.</param>
    /// <param name="pattern">The pattern, or null.</param>
    /// <param name="reason">What is wrong with it and what was meant, for the administrator, or null.</param>
    public static bool TryParse(
        string text, [NotNullWhen(true)] out NetworkPattern? pattern, [NotNullWhen(false)] out string? reason)
    {
        pattern = null;
        reason = "it is not a network: 192.0.2.0/24, 2001:db8::/32, or one address";
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        // IPAddress also takes 127.1 and scopes, which a reader would not take for what they are.
        string host = slash < 0 ? text : text[..slash];
        if (!IPAddress.TryParse(host, out var address) || host.Contains('%', StringComparison.Ordinal) || (!host.Contains(':', StringComparison.Ordinal) && host != address.ToString()))
            return false;
        int longest = address.GetAddressBytes().Length * 8;
        if (!IPNetwork.TryParse(slash < 0 ? $"{text}/{longest}" : text, out var network))
            return false;
        // Who writes an address in a network may mean the one or the other.
        if (!network.BaseAddress.Equals(address))
        {
            reason = $"{address} is an address in a network; the network is {network}";
            return false;
        }
        pattern = new NetworkPattern(text, network);
        reason = null;
        return true;
    }

    /// <summary>Whether this pattern has that address. An IPv4 address in IPv6's clothes is that IPv4 address.</summary>
    public bool Matches(IPAddress address) => network.Contains(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);

    /// <summary>The pattern as the configuration has it.</summary>
    public override string ToString() => text;
}
