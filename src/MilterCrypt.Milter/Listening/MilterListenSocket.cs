using System.Net;
using System.Net.Sockets;

namespace MilterCrypt.Milter.Listening;

/// <summary>A socket that listens for MTAs. Owned by whoever opened it, who disposes it after the server has stopped; the
/// file of a Unix socket goes with it, unless a service manager made it.</summary>
public sealed class MilterListenSocket : IDisposable
{
    internal MilterListenSocket(MilterEndpoint endpoint, Socket socket, int backlog)
    {
        Endpoint = endpoint;
        Socket = socket;
        Backlog = backlog;
        LocalEndPoint = socket.LocalEndPoint!;
    }

    /// <summary>Where it was asked to listen; a port that the system chose is filled in.</summary>
    public MilterEndpoint Endpoint { get; }

    /// <summary>Where it listens.</summary>
    public EndPoint LocalEndPoint { get; }

    /// <summary>The socket itself, for who serves it without this library's server.</summary>
    public Socket Socket { get; }

    internal int Backlog { get; }

    /// <summary>Opens a listening socket.</summary>
    /// <exception cref="MilterListenException">The address can't be had; the message says why.</exception>
    public static async Task<MilterListenSocket> OpenAsync(
        MilterEndpoint endpoint, MilterSocketOptions options, CancellationToken cancellationToken)
    {
        try
        {
            return endpoint switch
            {
                MilterEndpoint.Unix unix => new(unix, UnixSocketFile.Listen(unix.Path, options), options.Backlog),
                MilterEndpoint.Inet inet => await OpenTcpAsync(inet, options, cancellationToken),
                _ => throw new ArgumentException($"{endpoint} is not an address that can be opened: see {nameof(ActivationSockets)}.", nameof(endpoint)),
            };
        }
        catch (SocketException failure)
        {
            throw new MilterListenException($"Can't listen on {endpoint}: {failure.Message}.", failure);
        }
    }

    /// <summary>The address; behind a name, the address that it stands for.</summary>
    public override string ToString() => Endpoint is MilterEndpoint.Systemd ? $"{Endpoint} ({LocalEndPoint})" : Endpoint.ToString();

    /// <inheritdoc/>
    public void Dispose() => Socket.Dispose();

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
            return new(inet with { Port = ((IPEndPoint)socket.LocalEndPoint!).Port }, socket, options.Backlog);
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
