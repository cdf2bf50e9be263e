using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace MilterCrypt.Milter.Listening;

/// <summary>A filter that serves MTAs: Kestrel, <see cref="KestrelMilterExtensions.ListenMilter"/> and a
/// <see cref="MilterConnectionHandler"/>, without a host around them. It takes no signals; whoever started it stops it, by
/// <see cref="StopAsync"/> or by disposing it.</summary>
public sealed class MilterServer : IAsyncDisposable
{
    private readonly KestrelServer kestrel;
    private readonly MilterConnectionHandler handler;
    private readonly IReadOnlyList<MilterListenSocket> sockets;
    private readonly MilterServerOptions options;
    private readonly Meter? ownMeter;

    private MilterServer(IReadOnlyList<MilterListenSocket> sockets, IMailFilter filter, MilterServerOptions options)
    {
        this.sockets = sockets;
        this.options = options;
        ownMeter = options.Meter is null ? new Meter("MilterCrypt.Milter") : null;
        handler = new MilterConnectionHandler(
            filter, options.Sessions, options.Time, options.Meter ?? ownMeter!, options.Loggers.CreateLogger<MilterConnectionHandler>());
        var served = new KestrelServerOptions();
        foreach (var socket in sockets)
            served.ListenMilter(socket, handler, options.Listener);
        var transport = new MilterTransport(new OptionsFactory<SocketTransportOptions>([], []), options.Loggers);
        kestrel = new KestrelServer(Options.Create(served), transport, options.Loggers);
    }

    /// <summary>Where it listens, socket by socket; ports that the system chose are filled in.</summary>
    public IEnumerable<MilterEndpoint> Endpoints => sockets.Select(socket => socket.Endpoint);

    /// <summary>Listens, with the defaults and without a log.</summary>
    /// <param name="endpoint">Where; <c>systemd:name</c> takes what was handed over out of the environment, so one server of
    /// a process alone can be started like that.</param>
    /// <param name="filter">What has a handler for each message; the caller's to dispose.</param>
    /// <param name="cancellationToken">Gives up starting.</param>
    /// <exception cref="MilterListenException">The address can't be had; the message says why.</exception>
    public static Task<MilterServer> StartAsync(MilterEndpoint endpoint, IMailFilter filter, CancellationToken cancellationToken) =>
        StartAsync(endpoint, filter, new MilterServerOptions(), cancellationToken);

    /// <summary>Listens.</summary>
    /// <param name="endpoint">Where, as above.</param>
    /// <param name="filter">What has a handler for each message; the caller's to dispose.</param>
    /// <param name="options">What to work with.</param>
    /// <param name="cancellationToken">Gives up starting.</param>
    /// <exception cref="MilterListenException">The address can't be had; the message says why.</exception>
    public static async Task<MilterServer> StartAsync(
        MilterEndpoint endpoint, IMailFilter filter, MilterServerOptions options, CancellationToken cancellationToken)
    {
        IReadOnlyList<MilterListenSocket> sockets = endpoint is MilterEndpoint.Systemd systemd
            ? ActivationSockets.FromEnvironment().Take(systemd)
            : [await MilterListenSocket.OpenAsync(endpoint, options.Socket, cancellationToken)];
        return await StartAsync(sockets, filter, options, cancellationToken);
    }

    /// <summary>Serves sockets that are listening already, by one filter.</summary>
    /// <param name="sockets">The sockets; the server's from here on, even where it can't be started.</param>
    /// <param name="filter">What has a handler for each message; the caller's to dispose.</param>
    /// <param name="options">What to work with; what it says of each listener holds for each socket.</param>
    /// <param name="cancellationToken">Gives up starting.</param>
    public static async Task<MilterServer> StartAsync(
        IReadOnlyList<MilterListenSocket> sockets, IMailFilter filter, MilterServerOptions options, CancellationToken cancellationToken)
    {
        var server = new MilterServer(sockets, filter, options);
        bool started = false;
        try
        {
            await server.kestrel.StartAsync(new NoHttp(), cancellationToken);
            started = true;
            return server;
        }
        finally
        {
            if (!started)
                await server.DisposeAsync();
        }
    }

    /// <summary>Stops listening, finishes the messages in flight within <see cref="MilterOptions.StopTimeout"/>, has what is
    /// not answered then refused with 451 4.3.2, and closes all connections.</summary>
    /// <param name="cancellationToken">Closes them at once.</param>
    public Task StopAsync(CancellationToken cancellationToken) => kestrel.StopAsync(cancellationToken);

    /// <summary>Stops, if that was not done yet, waiting for <see cref="MilterOptions.LongestStop"/> at most, and gives up the
    /// sockets.</summary>
    public async ValueTask DisposeAsync()
    {
        using var patience = new CancellationTokenSource(options.Sessions.LongestStop, options.Time);
        await kestrel.StopAsync(patience.Token);
        kestrel.Dispose();
        handler.Dispose();
        ownMeter?.Dispose();
        foreach (var socket in sockets)
            socket.Dispose();
    }

    // Kestrel wants to know what answers HTTP. No endpoint here gets that far.
    private sealed class NoHttp : IHttpApplication<IFeatureCollection>
    {
        public IFeatureCollection CreateContext(IFeatureCollection contextFeatures) => contextFeatures;

        public Task ProcessRequestAsync(IFeatureCollection context) => Task.CompletedTask;

        public void DisposeContext(IFeatureCollection context, Exception? exception)
        {
            // It holds nothing.
        }
    }
}
