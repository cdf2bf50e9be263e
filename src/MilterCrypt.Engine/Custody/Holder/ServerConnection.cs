using System.Net.Sockets;
using MilterCrypt.Native.LibC;

namespace MilterCrypt.Engine.Custody.Holder;

/// <summary>One connection of the key holder's: reads questions and has them worked on, as many as may wait; answers leave in any
/// order. Owned by the server.</summary>
internal sealed class ServerConnection(Socket socket, SocketPeer peer, WorkQueue work) : IDisposable
{
    private readonly SemaphoreSlim room = new(HolderProtocol.MaxOutstanding);
    private readonly FrameSender sender = new(socket, HolderProtocol.MaxUnread);
    private (long Writes, long Since) stuck = (-1, 0);
    private volatile bool isGone;

    /// <summary>Who asks.</summary>
    public SocketPeer Peer => peer;

    /// <summary>What waits for a worker; the queue's own.</summary>
    public Queue<Question> Waiting { get; } = new();

    /// <summary>Reads until the peer leaves, or it is told to stop; returns when all that was asked is answered.</summary>
    /// <exception cref="HolderProtocolException">The peer breaks the protocol.</exception>
    public async Task ServeAsync(CancellationToken stop)
    {
        using var buffer = new FrameBuffer(HolderProtocol.MaxQuestion);
        var batch = new List<Question>();
        try
        {
            while (await ReceiveAsync(buffer, stop))
            {
                while (TryTake(buffer, out var question))
                {
                    await EnterAsync(question, batch, stop);
                    batch.Add(question);
                }

                work.Add(this, batch);
                batch.Clear();
            }

            if (buffer.IsWithinFrame)
                throw new HolderProtocolException("a frame that ends with the connection");
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            work.Add(this, batch);
        }
    }

    /// <summary>Waits until all questions are answered, and the answers sent.</summary>
    public async Task FinishAsync(CancellationToken cancellationToken)
    {
        for (int i = 0; i < HolderProtocol.MaxOutstanding; i++)
            await room.WaitAsync(cancellationToken);
        await sender.DrainAsync().WaitAsync(cancellationToken);
    }

    /// <summary>Whether nobody is there any more to be answered.</summary>
    public bool IsGone => isGone;

    /// <summary>Answers a question; it is sent by <see cref="Flush"/>.</summary>
    public void Answer(Question question, IFrameContent answer)
    {
        Send(question.Number, answer);
        room.Release(question.Places);
    }

    /// <summary>Answers a question to nobody.</summary>
    public void Skip(Question question) => room.Release(question.Places);

    /// <summary>Says which keys there are.</summary>
    public void Announce(KeysAnnouncement keys)
    {
        Send(0, keys);
        Flush();
    }

    /// <summary>Sends the answers that there are.</summary>
    public void Flush() => sender.Flush();

    /// <summary>Whether the peer has read nothing of what is sent for so long.</summary>
    public bool IsStuck(long now, long patience)
    {
        long writes = sender.Writes;
        if (!sender.IsSending || writes != stuck.Writes)
            stuck = (writes, now);
        return now - stuck.Since > patience;
    }

    /// <summary>Ends it; whoever reads or writes learns of it.</summary>
    public void Dispose()
    {
        isGone = true;
        sender.Close();
        socket.Dispose();
    }

    private static bool TryTake(FrameBuffer buffer, out Question question)
    {
        question = default;
        if (!buffer.TryTake(out var frame))
            return false;
        IFrameContent content = frame.Kind switch
        {
            FrameKind.Sign => SignQuestion.Read(frame.Content),
            FrameKind.Open => OpenQuestion.Read(frame.Content),
            _ => throw new HolderProtocolException($"a frame of kind {(int)frame.Kind}, which is no question"),
        };
        question = new Question(frame.Number, content, 1 + (frame.Content.Length / HolderProtocol.PlaceLength));
        return true;
    }

    // There is one reader: what it has taken so far of a question's places, nobody else waits for.
    private async ValueTask EnterAsync(Question question, List<Question> batch, CancellationToken stop)
    {
        int taken = 0;
        try
        {
            for (; taken < question.Places; taken++)
            {
                if (room.Wait(0, CancellationToken.None))
                    continue;
                // Those before it give places back, once they are worked on.
                work.Add(this, batch);
                batch.Clear();
                await room.WaitAsync(stop);
            }
        }
        catch (OperationCanceledException) when (taken > 0)
        {
            room.Release(taken);
            throw;
        }
    }

    private async ValueTask<bool> ReceiveAsync(FrameBuffer buffer, CancellationToken stop)
    {
        try
        {
            int count = await socket.ReceiveAsync(buffer.Room(), SocketFlags.None, stop);
            buffer.Advance(count);
            return count > 0;
        }
        catch (Exception failure) when (failure is SocketException or ObjectDisposedException)
        {
            return false;
        }
    }

    // Who asks and doesn't read the answers is cut off, before they fill the memory.
    private void Send(uint number, IFrameContent content)
    {
        if (!sender.TryAdd(number, content))
            Dispose();
    }

    /// <summary>A question, with its number and the places that it takes while it waits.</summary>
    internal readonly record struct Question(uint Number, IFrameContent Content, int Places);
}
