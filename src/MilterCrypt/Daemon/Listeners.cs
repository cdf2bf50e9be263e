using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using MilterCrypt.Configuration;
using MilterCrypt.Milter;
using MilterCrypt.Milter.Listening;
using MilterCrypt.Telemetry;

namespace MilterCrypt.Daemon;

/// <summary>All sockets that the daemon listens on for MTAs. Owned by the daemon, and disposed after its host.</summary>
internal sealed class Listeners : IDisposable
{
    /// <summary>What messages say of a listener behind the queue.</summary>
    public const string EgressTag = "egress";

    private readonly Settings settings;
    private readonly ActivationSockets handedOver;
    private readonly List<(MilterListenSocket Socket, MilterListenerOptions Options)> all = [];

    private Listeners(Settings settings, ActivationSockets handedOver)
    {
        this.settings = settings;
        this.handedOver = handedOver;
    }

    /// <summary>Opens, or takes over, what the settings name.</summary>
    /// <exception cref="MilterListenException">One of them can't be had.</exception>
    public static async Task<Listeners> OpenAsync(Settings settings, CancellationToken cancellationToken)
    {
        var listeners = new Listeners(settings, ActivationSockets.FromEnvironment());
        try
        {
            foreach (var listen in settings.Listen)
                await listeners.AddAsync(listen, cancellationToken);
            return listeners;
        }
        catch
        {
            listeners.Dispose();
            throw;
        }
    }

    /// <summary>Has a server serve them.</summary>
    public void ServeWith(KestrelServerOptions server, MilterConnectionHandler handler)
    {
        foreach (var (socket, options) in all)
            server.ListenMilter(socket, handler, options);
    }

    /// <summary>Says in the log what is listened on.</summary>
    public void Announce(MilterConnectionHandler handler, ILogger logger)
    {
        foreach (var (socket, options) in all)
            logger.Listening(socket.ToString(), options.Tag, Connections(options));
        long wanted = all.Sum(listener => (long)Connections(listener.Options));
        if (wanted > handler.MostConnections)
            logger.FewDescriptors(handler.MostConnections, wanted);
        foreach (string name in handedOver.Untaken)
            logger.SocketUnused(name);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (socket, _) in all)
            socket.Dispose();
    }

    private async Task AddAsync(ListenSettings listen, CancellationToken cancellationToken)
    {
        IEnumerable<MilterListenSocket> sockets = listen.Address is MilterEndpoint.Systemd systemd
            ? handedOver.Take(systemd)
            : [await MilterListenSocket.OpenAsync(listen.Address, listen.Socket, cancellationToken)];
        var options = new MilterListenerOptions { MaxConnections = listen.Connections, Tag = listen.Role == ListenerRole.Egress ? EgressTag : "ingress" };
        all.AddRange(sockets.Select(socket => (socket, options)));
    }

    private int Connections(MilterListenerOptions options) => options.MaxConnections ?? settings.Limits.Connections;
}
