using System.Net.Sockets;

namespace MilterCrypt.Engine.Injection;

/// <summary>A connection to the MTA's listener: octets out, replies in. It reads while it writes, so that neither side waits for
/// the other with both its buffers full. Owned by one transaction.</summary>
internal sealed class ListenerConnection : IAsyncDisposable
{
    // What is said unasked is on its way already, or the connection is gone.
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(5);

    private readonly Socket socket;
    private readonly NetworkStream stream;
    private readonly TimeProvider time;
    private readonly ListenerReplyReader reader = new();
    private readonly byte[] input = new byte[4096];
    private int start;
    private int end;
    private Task<int>? receiving;
    private Task sending = Task.CompletedTask;

    private ListenerConnection(Socket socket, TimeProvider time)
    {
        this.socket = socket;
        this.time = time;
        stream = new NetworkStream(socket, ownsSocket: true);
    }

    /// <summary>Whether something is there to be read, or the connection has ended, though nothing was asked.</summary>
    internal bool HasSpoken => start < end || receiving is { IsCompleted: true } || socket.Poll(0, SelectMode.SelectRead);

    /// <summary>Whether what was sent last is known not to have left.</summary>
    internal bool SendingFailed => sending.IsFaulted;

    /// <exception cref="ListenerException">Nobody listens there.</exception>
    internal static async ValueTask<ListenerConnection> ConnectAsync(
        InjectionTarget target, TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        Exception? last = null;
        try
        {
            foreach (var address in await target.AddressesAsync(either.Token))
            {
                var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                try
                {
                    await socket.ConnectAsync(address, target.Port, either.Token);
                    return new ListenerConnection(socket, time);
                }
                catch (SocketException refused)
                {
                    last = refused;
                    socket.Dispose();
                }
                catch
                {
                    socket.Dispose();
                    throw;
                }
            }
        }
        catch (SocketException noSuchName)
        {
            last = noSuchName;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ListenerException("it does not answer to a connection");
        }

        throw new ListenerException(last is null ? "it has no address" : $"it can't be connected to: {last.Message}", last);
    }

    /// <summary>Begins to send, behind nothing else that is not sent yet. The octets must stay what they are until
    /// <see cref="SentAsync"/>, or the end of this connection.</summary>
    internal void Send(ReadOnlyMemory<byte> octets)
    {
        // Whether the last one failed was of interest until now.
        _ = sending.Exception;
        var write = stream.WriteAsync(octets, CancellationToken.None);
        sending = write.IsCompletedSuccessfully ? Task.CompletedTask : write.AsTask();
    }

    /// <summary>Waits until all is sent.</summary>
    /// <returns>False when the listener speaks before that, or is gone.</returns>
    /// <exception cref="ListenerException">It takes nothing any more.</exception>
    internal async ValueTask<bool> SentAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        if (!sending.IsCompleted)
        {
            receiving ??= ReceiveAsync();
            await WithinAsync(Task.WhenAny(sending, receiving), limit, "to take more", cancellationToken);
        }

        return sending.IsCompletedSuccessfully;
    }

    /// <summary>Watches from now on for what the listener says unasked.</summary>
    internal void Watch() => receiving ??= ReceiveAsync();

    /// <summary>The next reply.</summary>
    /// <param name="limit">How long it may take, whole.</param>
    /// <param name="asked">To what, for the reason of a failure.</param>
    /// <param name="cancellationToken">Gives up waiting; nothing can be read any more then.</param>
    /// <exception cref="ListenerException">There is none.</exception>
    internal async ValueTask<ListenerReply> ReadReplyAsync(TimeSpan limit, string asked, CancellationToken cancellationToken)
    {
        long begun = time.GetTimestamp();
        while (true)
        {
            if (TakeReply() is { } reply)
                return reply;
            receiving ??= ReceiveAsync();
            await WithinAsync(receiving, limit - time.GetElapsedTime(begun), $"to answer {asked}", cancellationToken);
            (start, end) = (0, await ReceivedAsync(receiving, asked));
            receiving = null;
        }
    }

    /// <summary>What was said before it was asked for. Only a farewell has a meaning then: all else can be no reply to what was
    /// not said yet.</summary>
    /// <exception cref="ListenerException">It is no farewell.</exception>
    internal async ValueTask<ListenerReply> ReadFarewellAsync(string asked, CancellationToken cancellationToken)
    {
        var reply = await ReadReplyAsync(Moment, asked, cancellationToken);
        return reply.IsFarewell ? reply : throw new ListenerException($"it said {reply} before it was asked");
    }

    /// <summary>Closes it so that whatever was not ended can't be taken for ended: by a reset, in place of a goodbye.</summary>
    internal void Abort() => socket.Close(timeout: 0);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await stream.DisposeAsync();
        await sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (receiving is not null)
            await ((Task)receiving).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private ListenerReply? TakeReply()
    {
        ReadOnlySpan<byte> rest = input.AsSpan(start, end - start);
        var reply = reader.Read(ref rest);
        start = end - rest.Length;
        return reply;
    }

    private Task<int> ReceiveAsync() => stream.ReadAsync(input, CancellationToken.None).AsTask();

    /// <summary>How much came.</summary>
    /// <exception cref="ListenerException">The connection is closed, or broke.</exception>
    private async ValueTask<int> ReceivedAsync(Task<int> ended, string asked)
    {
        int count;
        try
        {
            count = await ended;
        }
        catch (Exception broken) when (ended.IsFaulted)
        {
            throw new ListenerException($"the connection broke before it answered {asked}", broken);
        }

        return count > 0 ? count : throw new ListenerException(
            reader.IsAmidReply ? $"it closed the connection amid its answer to {asked}" : $"it closed the connection before it answered {asked}");
    }

    /// <summary>Waits until the task has ended, in whatever way.</summary>
    private async ValueTask WithinAsync(Task task, TimeSpan limit, string what, CancellationToken cancellationToken)
    {
        if (task.IsCompleted)
            return;
        try
        {
            await task.WaitAsync(limit > TimeSpan.Zero ? limit : TimeSpan.Zero, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            throw new ListenerException($"it took too long {what}");
        }
        catch (IOException)
        {
            // The caller looks at the task.
        }
    }
}
