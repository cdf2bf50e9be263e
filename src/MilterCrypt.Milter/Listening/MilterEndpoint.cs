using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace MilterCrypt.Milter.Listening;

/// <summary>Where a milter listens, in the notations of both MTAs: <c>unix:/path</c> (Postfix), <c>local:/path</c>
/// (Sendmail), <c>inet:host:port</c> (Postfix), <c>inet:port@host</c> (Sendmail), and <c>inet6:</c> likewise; or
/// <c>systemd:name</c> for what a service manager opened.</summary>
public abstract record MilterEndpoint
{
    // sockaddr_un holds 108 bytes with the final NUL, unix(7).
    private const int MaxPathBytes = 107;

    private MilterEndpoint() { }

    /// <summary>A Unix domain socket.</summary>
    public sealed record Unix(string Path) : MilterEndpoint
    {
        /// <summary>The address in Postfix's notation.</summary>
        public override string ToString() => $"unix:{Path}";
    }

    /// <summary>A TCP port.</summary>
    /// <param name="Host">A name or an address; an IPv6 address stands without brackets.</param>
    /// <param name="Port">0 lets the system choose one.</param>
    /// <param name="IPv6Only">Whether a host name stands for its IPv6 addresses.</param>
    public sealed record Inet(string Host, int Port, bool IPv6Only) : MilterEndpoint
    {
        /// <summary>The address in Postfix's notation.</summary>
        public override string ToString()
        {
            string host = Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host;
            return string.Create(CultureInfo.InvariantCulture, $"{(IPv6Only ? "inet6" : "inet")}:{host}:{Port}");
        }
    }

    /// <summary>Sockets that a service manager opened and handed over, of one name (FileDescriptorName= of a .socket
    /// unit).</summary>
    public sealed record Systemd(string Name) : MilterEndpoint
    {
        /// <summary>The address in this library's notation.</summary>
        public override string ToString() => $"systemd:{Name}";
    }

    /// <summary>Reads an address, one that the program itself wrote down.</summary>
    /// <param name="text">The address in one of the notations above.</param>
    /// <exception cref="FormatException">It is no address; the message says what is wrong with it.</exception>
    public static MilterEndpoint Parse(string text) =>
        TryParse(text, out var endpoint, out string? error) ? endpoint : throw new FormatException(error);

    /// <summary>Reads an address.</summary>
    /// <param name="text">The address in one of the notations above.</param>
    /// <param name="endpoint">The address that was read.</param>
    /// <param name="error">Otherwise a sentence that says what is wrong with it.</param>
    public static bool TryParse(
        string text, [NotNullWhen(true)] out MilterEndpoint? endpoint, [NotNullWhen(false)] out string? error)
    {
        (endpoint, error) = Read(text);
        return endpoint is not null;
    }

    private static (MilterEndpoint? Endpoint, string? Error) Read(string text)
    {
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        string kind = colon < 0 ? "" : text[..colon];
        string rest = text[(colon + 1)..];
        return kind switch
        {
            "unix" or "local" => ReadPath(text, rest),
            "inet" or "inet6" => ReadInet(text, rest, kind == "inet6"),
            "systemd" => ReadName(text, rest),
            _ => (null, $"'{text}' is not an address to listen on: write unix:/path, local:/path, inet:host:port, inet:port@host or systemd:name."),
        };
    }

    // What systemd takes for a name: printable ASCII without the colon that separates names in LISTEN_FDNAMES.
    private static (MilterEndpoint?, string?) ReadName(string text, string name) =>
        name.Length is > 0 and <= 255 && name.All(c => c is > ' ' and <= '~' and not ':')
            ? (new Systemd(name), null)
            : (null, $"'{text}': write the name of a socket behind systemd:, as the unit's FileDescriptorName= has it.");

    private static (MilterEndpoint?, string?) ReadPath(string text, string path)
    {
        if (!path.StartsWith('/'))
            return (null, $"'{text}': the path of a socket must begin with '/'.");
        if (path.Contains('\0', StringComparison.Ordinal))
            return (null, $"'{text.Replace("\0", "\\0", StringComparison.Ordinal)}': a path can't hold a NUL.");
        if (Encoding.UTF8.GetByteCount(path) > MaxPathBytes)
            return (null, $"'{text}': the path of a socket can't be longer than {MaxPathBytes} bytes.");
        return (new Unix(path), null);
    }

    private static (MilterEndpoint?, string?) ReadInet(string text, string rest, bool ipv6)
    {
        int at = rest.IndexOf('@', StringComparison.Ordinal);
        int lastColon = rest.LastIndexOf(':');
        string host, port;
        if (at >= 0)
            (port, host) = (rest[..at], rest[(at + 1)..]);
        else if (lastColon >= 0)
            (host, port) = (rest[..lastColon], rest[(lastColon + 1)..]);
        else
            return (null, $"'{text}': an inet address needs a host and a port, such as inet:127.0.0.1:8891.");

        if (host.StartsWith('[') && host.EndsWith(']'))
            host = host[1..^1];
        else if (at < 0 && host.Contains(':', StringComparison.Ordinal))
            return (null, $"'{text}': write an IPv6 address in brackets, such as inet6:[::1]:8891.");

        if (host.Length == 0)
            return (null, $"'{text}': the host is missing; write 0.0.0.0 or [::] for every address of this machine.");
        if (host.Any(c => c == '@' || char.IsWhiteSpace(c) || char.IsControl(c)))
            return (null, $"'{text}': a host can't have a blank, a control character or a second '@' in it.");
        if (!ushort.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out ushort number))
            return (null, $"'{text}': '{port}' is not a port number from 0 to 65535.");
        return (new Inet(host, number, ipv6), null);
    }
}
