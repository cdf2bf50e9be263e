using System.Net;
using System.Net.Sockets;

namespace MilterCrypt.Milter.Listening;

/// <summary>A socket that listens for MTAs. Owned by whoever opened it, who disposes it after the server has stopped;
/// the file of a Unix socket goes with it.</summary>
public sealed class MilterListenSocket : IDisposable
{
    private readonly Socket socket;

    private MilterListenSocket(MilterEndpoint endpoint, Socket socket)
    {
        Endpoint = endpoint;
        this.socket = socket;
    }

    /// <summary>Where it listens; a port that the system chose is filled in.</summary>
    public MilterEndpoint Endpoint { get; }

    internal ulong Handle => (ulong)socket.Handle;

    /// <summary>Opens a listening socket.</summary>
    /// <exception cref="MilterListenException">The address can't be had; the message says why.</exception>
    public static async Task<MilterListenSocket> OpenAsync(
        MilterEndpoint endpoint, MilterSocketOptions options, CancellationToken cancellationToken)
    {
        try
        {
            return endpoint switch
            {
                MilterEndpoint.Unix unix => new(unix, UnixSocketFile.Listen(unix.Path, options)),
                MilterEndpoint.Inet inet => await OpenTcpAsync(inet, options, cancellationToken),
                _ => throw new ArgumentException($"No such kind of address: {endpoint}.", nameof(endpoint)),
            };
        }
        catch (SocketException failure)
        {
            throw new MilterListenException($"Can't listen on {endpoint}: {failure.Message}.", failure);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => socket.Dispose();

    private static async Task<MilterListenSocket> OpenTcpAsync(
        MilterEndpoint.Inet inet, MilterSocketOptions options, CancellationToken cancellationToken)
    {
        IPAddress address = await ResolveAsync(inet, cancellationToken);
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            // Each family is a listener of its own, as both MTAs have it; else [::] would take IPv4's port, too.
            if (address.AddressFamily == AddressFamily.InterNetworkV6)
                socket.DualMode = false;
            socket.Bind(new IPEndPoint(address, inet.Port));
            socket.Listen(options.Backlog);
            return new(inet with { Port = ((IPEndPoint)socket.LocalEndPoint!).Port }, socket);
        }
        catch (SocketException)
        {
            socket.Dispose();
            throw;
        }
    }

    private static async Task<IPAddress> ResolveAsync(MilterEndpoint.Inet inet, CancellationToken cancellationToken)
    {
        if (IPAddress.TryParse(inet.Host, out IPAddress? literal))
        {
            return inet.IPv6Only && literal.AddressFamily != AddressFamily.InterNetworkV6
                ? throw new MilterListenException($"Can't listen on {inet}: {inet.Host} is not an IPv6 address.", null)
                : literal;
        }

        AddressFamily family = inet.IPv6Only ? AddressFamily.InterNetworkV6 : AddressFamily.Unspecified;
        IPAddress[] found = await Dns.GetHostAddressesAsync(inet.Host, family, cancellationToken);
        return found.FirstOrDefault(a => a.AddressFamily == AddressFamily.InterNetwork)
            ?? found.FirstOrDefault()
            ?? throw new MilterListenException($"Can't listen on {inet}: {inet.Host} has no address.", null);
    }
}
