using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace MilterCrypt.Milter.Listening;

/// <summary>Kestrel's socket transport, set up for milters: it takes sockets that are open already, and asks for a place
/// before a connection goes further than accept(2). What else the same Kestrel serves keeps a transport of its own.</summary>
internal sealed class MilterTransport(IOptionsFactory<SocketTransportOptions> options, ILoggerFactory loggers)
    : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    // One frame and the beginning of the next: enough for the socket to stay busy, and 50 sessions stay small. Kestrel's
    // own 1 MiB is much for many large messages at a time.
    private const int ReadBuffer = 128 * 1024;

    /// <inheritdoc/>
    public bool CanBind(EndPoint endpoint) => endpoint is MilterListenerEndPoint;

    /// <inheritdoc/>
    public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        var (socket, limit) = (MilterListenerEndPoint)endpoint;
        var sockets = options.Create(Options.DefaultName);
        sockets.MaxReadBufferSize = ReadBuffer;
        // A session runs where its bytes arrive, on the thread pool, instead of each packet passing two queues.
        sockets.UnsafePreferInlineScheduling = true;
        sockets.Backlog = socket.Backlog;
        // From here on the socket is the transport's, which closes it first when the server stops.
        sockets.CreateBoundListenSocket = _ => socket.Socket;
        var transport = new SocketTransportFactory(Options.Create(sockets), loggers);
        return new AdmittingListener(await transport.BindAsync(socket.LocalEndPoint, cancellationToken), limit);
    }
}
