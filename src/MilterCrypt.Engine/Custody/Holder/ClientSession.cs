using System.Net.Sockets;
using MilterCrypt.OpenPgp.Packets;

namespace MilterCrypt.Engine.Custody.Holder;

/// <summary>A connection to the key holder, with all questions that wait for their answers on it. Usable from several threads;
/// owned by the client.</summary>
internal sealed class ClientSession : IDisposable
{
    private readonly Socket socket;
    private readonly TimeProvider clock;
    private readonly TimeSpan deadline;
    private readonly FrameSender sender;
    private readonly ITimer timer;
    private readonly Dictionary<uint, Waiting> waiting = [];
    private readonly TaskCompletionSource ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile Dictionary<Fingerprint, KeyAbility> keys = [];
    private string? whyClosed;
    private long heard;
    private uint last;

    /// <param name="socket">Connected; its own from now on.</param>
    /// <param name="clock">Its clock.</param>
    /// <param name="deadline">How long an answer may take.</param>
    public ClientSession(Socket socket, TimeProvider clock, TimeSpan deadline)
    {
        this.socket = socket;
        this.clock = clock;
        this.deadline = deadline;
        heard = clock.GetTimestamp();
        sender = new FrameSender(socket, HolderProtocol.MaxUnread);
        timer = clock.CreateTimer(_ => GiveUpLate(), null, deadline / 8, deadline / 8);
        _ = Task.Run(ReceiveAsync);
    }

    /// <summary>Whether it can be asked something.</summary>
    public bool IsOpen
    {
        get
        {
            lock (waiting)
                return whyClosed is null;
        }
    }

    /// <summary>Done when it is known which keys are held.</summary>
    /// <exception cref="SecretKeyException">It ended before.</exception>
    public Task Ready => ready.Task;

    /// <summary>What can be done with a key, as the holder last said.</summary>
    public KeyAbility? AbilityOf(Fingerprint key) => keys.GetValueOrDefault(key);

    /// <summary>Asks a question.</summary>
    /// <exception cref="SecretKeyException">There was no answer.</exception>
    public async Task<HolderAnswer> AskAsync(IFrameContent question, CancellationToken cancellationToken)
    {
        var wait = new Waiting(question, clock.GetTimestamp());
        uint number = Enter(wait);
        if (!sender.TryAdd(number, question))
        {
            lock (waiting)
                waiting.Remove(number);
            throw new SecretKeyException("the key holder reads too slowly, too many questions wait for it");
        }

        sender.FlushSoon();
        if (!cancellationToken.CanBeCanceled)
            return await wait.Task;
        try
        {
            return await wait.Task.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            _ = ClearLateAsync(wait.Task);
            throw;
        }
    }

    /// <summary>Ends it; what waits gets the reason.</summary>
    public void Dispose() => Close("the daemon stops");

    // The answer may still come, with a session key that nobody else would clear.
    private static async Task ClearLateAsync(Task<HolderAnswer> late)
    {
        try
        {
            (await late).Opened?.Dispose();
        }
        catch (SecretKeyException)
        {
            // None came; who asked has been told that he gave up.
        }
    }

    private uint Enter(Waiting wait)
    {
        lock (waiting)
        {
            if (whyClosed is { } reason)
                throw new SecretKeyException(reason);
            waiting.Add(++last, wait);
            return last;
        }
    }

    private async Task ReceiveAsync()
    {
        using var buffer = new FrameBuffer(HolderProtocol.MaxAnswer);
        try
        {
            while (true)
            {
                int count = await socket.ReceiveAsync(buffer.Room(), SocketFlags.None);
                if (count == 0)
                    break;
                Volatile.Write(ref heard, clock.GetTimestamp());
                buffer.Advance(count);
                Hear(buffer);
            }

            Close(ready.Task.IsCompleted ? "the key holder has ended the connection" : "the key holder ended the connection at once: secret-keys.peers says whom it answers");
        }
        catch (HolderProtocolException broken)
        {
            Close($"the key holder breaks its protocol: {broken.Message}");
        }
        catch (Exception failure) when (failure is SocketException or ObjectDisposedException)
        {
            Close($"the connection to the key holder failed: {failure.Message}");
        }
    }

    private void Hear(FrameBuffer buffer)
    {
        while (buffer.TryTake(out var frame))
        {
            if (frame.Kind == FrameKind.Keys)
            {
                keys = KeysAnnouncement.Read(frame.Content).Keys.ToDictionary(static key => key.Key);
                ready.TrySetResult();
                continue;
            }

            Waiting? wait;
            lock (waiting)
                waiting.Remove(frame.Number, out wait);
            // Nobody waits for what came too late.
            if (wait is null)
                continue;
            try
            {
                wait.SetResult(HolderAnswer.Read(wait.Question, frame));
            }
            catch (HolderProtocolException broken)
            {
                wait.SetException(new SecretKeyException($"the key holder breaks its protocol: {broken.Message}"));
                throw;
            }
        }
    }

    private void GiveUpLate()
    {
        long now = clock.GetTimestamp();
        List<uint> late;
        lock (waiting)
            late = [.. waiting.Where(entry => clock.GetElapsedTime(entry.Value.Since, now) >= deadline).Select(static entry => entry.Key)];
        if (late.Count == 0)
            return;

        string reason = $"the key holder did not answer within {deadline.TotalSeconds:0.#} s";
        foreach (uint number in late)
        {
            Waiting? wait;
            lock (waiting)
                waiting.Remove(number, out wait);
            wait?.SetException(new SecretKeyException(reason));
        }

        // It says nothing at all any more: another connection may find it better.
        if (clock.GetElapsedTime(Volatile.Read(ref heard), now) >= deadline)
            Close(reason);
    }

    private void Close(string reason)
    {
        Waiting[] left;
        lock (waiting)
        {
            if (whyClosed is not null)
                return;
            whyClosed = reason;
            left = [.. waiting.Values];
            waiting.Clear();
        }

        timer.Dispose();
        sender.Close();
        socket.Dispose();
        foreach (var wait in left)
            wait.SetException(new SecretKeyException(reason));
        if (ready.TrySetException(new SecretKeyException(reason)))
            _ = ready.Task.Exception;
    }

    private sealed class Waiting(IFrameContent question, long since)
        : TaskCompletionSource<HolderAnswer>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public IFrameContent Question => question;

        public long Since => since;
    }
}
