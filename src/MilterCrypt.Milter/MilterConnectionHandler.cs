using System.Diagnostics.Metrics;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.Extensions.Logging;
using MilterCrypt.Milter.Listening;
using MilterCrypt.Milter.Session;

namespace MilterCrypt.Milter;

/// <summary>Kestrel's seam: one connection in, one session run. Owned by the program, one for each filter.</summary>
/// <param name="filter">What has a handler for each message.</param>
/// <param name="options">Limits, times and wishes.</param>
/// <param name="time">The clock.</param>
/// <param name="meter">Where connections, messages and times are recorded, as <c>milter.*</c>; the caller's to dispose.</param>
/// <param name="logger">The log.</param>
public sealed class MilterConnectionHandler(
    IMailFilter filter, MilterOptions options, TimeProvider time, Meter meter, ILogger<MilterConnectionHandler> logger)
    : ConnectionHandler, IDisposable
{
    private readonly ClearingPool pool = new();
    private readonly MilterMetrics metrics = new(meter);
    private readonly DescriptorBudget descriptors = new(options.DescriptorLimit);
    private readonly StopClock stop = new(options, time);

    /// <summary>The most connections, of all listeners together, that the process's file descriptors (RLIMIT_NOFILE) are
    /// enough for, whatever the listeners' own limits say.</summary>
    public long MostConnections => descriptors.MostServed;

    /// <summary>Serves a connection. Called directly, it does not count connections: see
    /// <see cref="KestrelMilterExtensions.ListenMilter"/>.</summary>
    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        var place = connection.Features.Get<ConnectionPlace>();
        var tally = place?.Tally ?? metrics.ForListener($"{connection.LocalEndPoint}");
        var drain =
            connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested ?? CancellationToken.None;
        await using var stopping = drain.Register(stop.Begin);
        StepReply? TurnsAway()
        {
            if (drain.IsCancellationRequested)
                return new StepReply.Refused(SmtpReply.Stopping);
            return place is null || place.IsServed() ? null : new StepReply.Refused(SmtpReply.Busy);
        }

        try
        {
            await ServeAsync(connection, place?.Listener ?? new MilterListener($"{connection.LocalEndPoint}", ""), tally, TurnsAway, drain);
        }
        finally
        {
            place?.Leave();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        stop.Dispose();
        pool.Dispose();
    }

    /// <summary>How many connections of one listener are served.</summary>
    internal ConnectionLimit LimitOf(MilterListenSocket socket, MilterListenerOptions listener) => new(
        listener.MaxConnections ?? options.MaxConnections,
        descriptors,
        new MilterListener(socket.Endpoint.ToString(), listener.Tag),
        metrics.ForListener(socket.Endpoint.ToString()),
        time,
        logger);

    private async Task ServeAsync(
        ConnectionContext connection, MilterListener listener, ListenerTally tally, Func<StepReply?> turnsAway, CancellationToken drain)
    {
        tally.Opened();
        var socket = connection.Features.Get<IConnectionSocketFeature>()?.Socket;
        bool unixSocket = connection.LocalEndPoint is UnixDomainSocketEndPoint;
        var acknowledgement =
            OperatingSystem.IsLinux() && !unixSocket && socket is not null ? new QuickAcknowledgement(socket) : null;
        var peer = OperatingSystem.IsLinux() && unixSocket ? socket?.OfPeer() : null;
        if (peer is not null)
            MilterLog.Connected(logger, connection.ConnectionId, listener.Name, peer.UserId, peer.GroupId, peer.ProcessId);

        var session = new MilterSession(
            connection.Transport,
            new SessionServices(filter, options, time, pool, stop, metrics, logger),
            acknowledgement,
            new SessionPlace(connection.ConnectionId, listener, peer, unixSocket || acknowledgement is not null, turnsAway));

        // The connection goes before the message's handler is waited for: that may take its time, and the MTA must not
        // wait with it.
        Task run = session.RunAsync(connection.ConnectionClosed, drain);
        await EndAsync(run, connection);
        await EndAsync(session.DisposeAsync().AsTask(), connection);
        tally.Closed(run);
    }

    // A task keeps what was thrown, so that whatever it is ends in an abort: what is half written must not be flushed on
    // the way out, the MTA could take it for whole.
    private async Task EndAsync(Task work, ConnectionContext connection)
    {
        await work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (work.IsCompletedSuccessfully)
            return;

        string id = connection.ConnectionId;
        var failure = work.Exception?.InnerException;
        switch (failure)
        {
            case MilterProtocolException breach:
                MilterLog.ProtocolBroken(logger, id, breach.Message);
                break;
            case TimeoutException late:
                MilterLog.ConnectionGivenUp(logger, id, late.Message);
                break;
            case null or IOException or OperationCanceledException:
                MilterLog.ConnectionLost(logger, id, failure?.Message ?? "it was cancelled");
                break;
            default:
                MilterLog.SessionFailed(logger, failure, id);
                break;
        }

        connection.Abort(new ConnectionAbortedException(failure?.Message ?? "The session was cancelled."));
    }
}
