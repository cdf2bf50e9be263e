using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.Extensions.Logging;
using MilterCrypt.Milter.Listening;
using MilterCrypt.Milter.Session;

namespace MilterCrypt.Milter;

/// <summary>Kestrel's seam: one connection in, one session run. Owned by the program, one for each filter.</summary>
public sealed class MilterConnectionHandler(
    IMailFilter filter, MilterOptions options, TimeProvider time, ILogger<MilterConnectionHandler> logger)
    : ConnectionHandler, IDisposable
{
    private readonly ClearingPool pool = new();

    /// <summary>Serves a connection. Called directly, it does not count connections: see
    /// <see cref="KestrelMilterExtensions.ListenMilter"/>.</summary>
    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        var services = new SessionServices(filter, options, time, pool, logger);
        bool unixSocket = connection.LocalEndPoint is UnixDomainSocketEndPoint;
        var acknowledgement =
            OperatingSystem.IsLinux() && !unixSocket && connection.Features.Get<IConnectionSocketFeature>() is { Socket: { } socket }
                ? new QuickAcknowledgement(socket)
                : null;
        var drain =
            connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested ?? CancellationToken.None;
        var session = new MilterSession(
            connection.Transport, services, acknowledgement, unixSocket || acknowledgement is not null, connection.ConnectionId);

        // The connection goes before the message's handler is waited for: that may take its time, and the MTA must not
        // wait with it.
        await EndAsync(session.RunAsync(connection.ConnectionClosed, drain), connection);
        await EndAsync(session.DisposeAsync().AsTask(), connection);
    }

    /// <inheritdoc/>
    public void Dispose() => pool.Dispose();

    /// <summary>Serves the connections of one listener, up to the limit.</summary>
    internal Func<ConnectionContext, Task> ForListener(string name)
    {
        var limit = new ConnectionLimit(options.MaxConnections, name, time, logger);
        return async connection =>
        {
            if (!limit.TryEnter())
            {
                connection.Abort(new ConnectionAbortedException("Too many connections."));
                return;
            }

            try
            {
                await OnConnectedAsync(connection);
            }
            finally
            {
                limit.Leave();
            }
        };
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
