using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace MilterCrypt.Milter.Listening;

/// <summary>How a program lets Kestrel serve milters.</summary>
public static class KestrelMilterExtensions
{
    // One frame and the beginning of the next: enough for the socket to stay busy, and 50 sessions stay small.
    private const int ReadBuffer = 128 * 1024;

    /// <summary>Serves milter connections on a socket that is already listening, at most
    /// <see cref="MilterOptions.MaxConnections"/> at a time.</summary>
    public static void ListenMilter(
        this KestrelServerOptions options, MilterListenSocket socket, MilterConnectionHandler handler) =>
        options.ListenHandle(socket.Handle, listen => listen.Run(handler.ForListener(socket.Endpoint.ToString())));

    /// <summary>Sets Kestrel's transport up for milters: bounds what it holds of a connection's unread bytes (its
    /// default of 1 MiB is much for many large messages at a time), and runs a session where its bytes arrive, on the
    /// thread pool, instead of passing each packet through two queues.</summary>
    public static void UseMilterLimits(this SocketTransportOptions options)
    {
        options.MaxReadBufferSize = ReadBuffer;
        options.UnsafePreferInlineScheduling = true;
    }

    /// <summary>Lets a process that serves many small packets handle each on the thread that learns of it, instead of waking
    /// another one from the pool: half as many changes of thread for each message, measured. To be called before the process
    /// uses its first socket. Every handler's <see cref="IMailFilter.Begin"/>, <see cref="IMessageHandler.RecipientAsync"/> and
    /// <see cref="IMessageHandler.HeaderAsync"/> then run on one of a few threads (as many as there are processors) that all
    /// connections share, so none of them may block; bodies are worked on in the pool in any case.</summary>
    public static void PreferInlineCompletions() =>
        // What .NET has for it is this variable alone, read once.
        Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1");
}
