using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.Extensions.Logging;

namespace MilterCrypt.Milter;

/// <summary>Kestrel's seam: one connection in, one session run. Owned by the program, one for each filter.</summary>
public sealed class MilterConnectionHandler(
    IMailFilter filter, MilterOptions options, TimeProvider time, ILogger<MilterConnectionHandler> logger)
    : ConnectionHandler, IDisposable
{
    private readonly ClearingPool _pool = new();

    /// <inheritdoc/>
    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        var services = new SessionServices(filter, options, time, _pool, logger);
        bool unixSocket = connection.LocalEndPoint is UnixDomainSocketEndPoint;
        QuickAcknowledgement? acknowledgement =
            OperatingSystem.IsLinux() && !unixSocket && connection.Features.Get<IConnectionSocketFeature>() is { Socket: { } socket }
                ? new QuickAcknowledgement(socket)
                : null;
        CancellationToken drain =
            connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested ?? CancellationToken.None;
        try
        {
            await using var session = new MilterSession(
                connection.Transport, services, acknowledgement, unixSocket || acknowledgement is not null, connection.ConnectionId);
            await session.RunAsync(connection.ConnectionClosed, drain);
        }
        catch (MilterProtocolException breach)
        {
            MilterLog.ProtocolBroken(logger, connection.ConnectionId, breach.Message);
            Abort(connection, breach.Message);
        }
        catch (TimeoutException late)
        {
            MilterLog.ConnectionGivenUp(logger, connection.ConnectionId, late.Message);
            Abort(connection, late.Message);
        }
        catch (Exception lost) when (lost is IOException or OperationCanceledException)
        {
            MilterLog.ConnectionLost(logger, connection.ConnectionId, lost.Message);
            Abort(connection, lost.Message);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _pool.Dispose();

    // What is half written must not be flushed on the way out: the MTA could take it for whole.
    private static void Abort(ConnectionContext connection, string reason) =>
        connection.Abort(new ConnectionAbortedException(reason));
}
