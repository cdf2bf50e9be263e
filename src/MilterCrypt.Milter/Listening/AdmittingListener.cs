using System.Net;
using Microsoft.AspNetCore.Connections;

namespace MilterCrypt.Milter.Listening;

/// <summary>Accepts connections, and hands on those that get a place. The others are closed before the next one is
/// accepted, so that however many come, one file descriptor at a time is all that they take.</summary>
internal sealed class AdmittingListener(IConnectionListener listener, ConnectionLimit limit) : IConnectionListener
{
    /// <inheritdoc/>
    public EndPoint EndPoint => listener.EndPoint;

    /// <inheritdoc/>
    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (await listener.AcceptAsync(cancellationToken) is { } connection)
        {
            if (limit.TryEnter() is { } place)
            {
                connection.Features.Set(place);
                return connection;
            }

            connection.Abort(new ConnectionAbortedException("Too many connections."));
            await connection.DisposeAsync();
        }

        return null;
    }

    /// <inheritdoc/>
    public ValueTask UnbindAsync(CancellationToken cancellationToken = default) => listener.UnbindAsync(cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => listener.DisposeAsync();
}
