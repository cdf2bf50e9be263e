using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace MilterCrypt.Engine.Injection;

/// <summary>Where messages are brought back to the MTA: a listener of its that does not ask this filter again.</summary>
public sealed record InjectionTarget
{
    private const string Scheme = "smtp://";

    // RFC 1035 §2.3.4.
    private const int MaxHostName = 253;

    private InjectionTarget(string host, int port) => (Host, Port) = (host, port);

    /// <summary>An IP address, without brackets, or a host's name.</summary>
    public string Host { get; }

    /// <summary>Its TCP port.</summary>
    public int Port { get; }

    /// <summary>Whether what is sent there stays on this machine: it is not encrypted on its way.</summary>
    public bool IsLoopback => IPAddress.TryParse(Host, out var address)
        ? IPAddress.IsLoopback(address)
        : Host.Equals("localhost", StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads <c>smtp://127.0.0.1:10026</c>, <c>smtp://[::1]:10026</c> or <c>smtp://localhost:10026</c>. The port must be
    /// there: what listens on the usual one is, as a rule, the listener that does ask this filter.</summary>
    /// <param name="text">What the administrator wrote.</param>
    /// <param name="target">What it says.</param>
    /// <param name="fault">Else what is wrong with it, for the administrator.</param>
    public static bool TryParse(
        string text, [NotNullWhen(true)] out InjectionTarget? target, [NotNullWhen(false)] out string? fault)
    {
        target = null;
        fault = $"is not of the form {Scheme}127.0.0.1:10026";
        if (!text.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
            return false;
        var rest = text.AsSpan(Scheme.Length);
        bool inBrackets = rest.StartsWith('[');
        int end = rest.IndexOf(inBrackets ? ']' : ':');
        if (inBrackets && end < 0)
            return false;
        var host = inBrackets ? rest[1..end] : end < 0 ? rest : rest[..end];
        if (!(inBrackets ? IsIPv6(host) : IsIPv4(host) || IsHostName(host)))
        {
            fault = $"does not name a host: \"{host}\" is neither an IP address (IPv6 in brackets) nor a host's name";
            return false;
        }

        var behind = inBrackets ? rest[(end + 1)..] : end < 0 ? [] : rest[end..];
        if (behind.IsEmpty)
        {
            fault = "lacks the port of the listener that does not call this filter";
            return false;
        }

        // Number parsers take NULs behind digits.
        if (!behind.StartsWith(':') || behind[1..].ContainsAnyExceptInRange('0', '9') || !ushort.TryParse(behind[1..], NumberStyles.None, CultureInfo.InvariantCulture, out ushort port) || port == 0)
        {
            fault = "ends in no port from 1 to 65535";
            return false;
        }

        target = new InjectionTarget(host.ToString(), port);
        fault = null;
        return true;
    }

    /// <summary>The form that <see cref="TryParse"/> reads.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Scheme}{(Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host)}:{Port}");

    /// <summary>The addresses to try, in their order. The name of this machine itself is asked of nobody.</summary>
    internal async ValueTask<IPAddress[]> AddressesAsync(CancellationToken cancellationToken) =>
        IPAddress.TryParse(Host, out var address) ? [address] :
        IsLoopback ? [IPAddress.Loopback, IPAddress.IPv6Loopback] :
        await Dns.GetHostAddressesAsync(Host, cancellationToken);

    // IPAddress also takes 127.1, 0x7f.1 and scopes: what a reader would not take for that address is not taken here.
    private static bool IsIPv4(ReadOnlySpan<char> host) =>
        IPAddress.TryParse(host, out var address) && address.AddressFamily == AddressFamily.InterNetwork && host.SequenceEqual(address.ToString());

    private static bool IsIPv6(ReadOnlySpan<char> host) =>
        !host.Contains('%') && IPAddress.TryParse(host, out var address) && address.AddressFamily == AddressFamily.InterNetworkV6;

    // RFC 1123 §2.1; a last label of digits alone would be a misspelt address.
    private static bool IsHostName(ReadOnlySpan<char> host)
    {
        if (host.Length is 0 or > MaxHostName)
            return false;
        var lastLabel = host[(host.LastIndexOf('.') + 1)..];
        if (!lastLabel.ContainsAnyExceptInRange('0', '9'))
            return false;
        foreach (var range in host.Split('.'))
        {
            var label = host[range];
            if (label.Length is 0 or > 63 || label[0] == '-' || label[^1] == '-')
                return false;
            foreach (char c in label)
            {
                if (!char.IsAsciiLetterOrDigit(c) && c != '-')
                    return false;
            }
        }

        return true;
    }
}
