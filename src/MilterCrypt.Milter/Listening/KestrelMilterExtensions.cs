using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace MilterCrypt.Milter.Listening;

/// <summary>How a program lets Kestrel serve milters.</summary>
public static class KestrelMilterExtensions
{
    /// <summary>Adds what <see cref="ListenMilter"/> needs to a host that has Kestrel.</summary>
    public static IServiceCollection AddMilterTransport(this IServiceCollection services) =>
        services.AddSingleton<IConnectionListenerFactory, MilterTransport>();

    /// <summary>Serves milter connections on a socket that is already listening, up to its limit. The server closes the
    /// socket when it stops.</summary>
    public static void ListenMilter(
        this KestrelServerOptions options, MilterListenSocket socket, MilterConnectionHandler handler, MilterListenerOptions listener)
    {
        var limit = handler.LimitOf(socket, listener);
        options.Listen(new MilterListenerEndPoint(socket, limit), listen => listen.Run(handler.OnConnectedAsync));
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
