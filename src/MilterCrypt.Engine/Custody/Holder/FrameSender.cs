using System.Net.Sockets;
using System.Security.Cryptography;

namespace MilterCrypt.Engine.Custody.Holder;

/// <summary>Sends frames: those that are added while others are on their way go together, in one write. Session keys pass
/// through it: it is pinned, and cleared behind what was sent. Usable from several threads; owned by its connection.</summary>
/// <param name="socket">Closed where it can't be written to: who reads from it then learns of it.</param>
/// <param name="most">How many octets may wait.</param>
internal sealed class FrameSender(Socket socket, int most) : IThreadPoolWorkItem
{
    private const int FirstLength = 16 * 1024;

    private readonly Lock gate = new();
    private byte[] filling = GC.AllocateArray<byte>(FirstLength, pinned: true);
    private byte[] leaving = GC.AllocateArray<byte>(FirstLength, pinned: true);
    private int filled, isScheduled;
    private bool isSending, isClosed;
    private TaskCompletionSource? drained;
    private long writes;

    /// <summary>How many writes there were: it has not moved where a write takes long.</summary>
    public long Writes => Volatile.Read(ref writes);

    /// <summary>Whether something is on its way.</summary>
    public bool IsSending
    {
        get
        {
            lock (gate)
                return isSending;
        }
    }

    /// <summary>Adds a frame, which is not sent before <see cref="Flush"/>.</summary>
    /// <returns>False where the connection is closed, or too much waits.</returns>
    public bool TryAdd(uint number, IFrameContent content)
    {
        int contentLength = content.Length;
        int length = HolderProtocol.HeaderLength + contentLength;
        lock (gate)
        {
            if (isClosed || filled + length > most)
                return false;
            if (filled + length > filling.Length)
                Enlarge(filled + length);
            HolderFrame.WriteHeader(filling.AsSpan(filled), content.Kind, number, contentLength);
            content.Write(filling.AsSpan(filled + HolderProtocol.HeaderLength, contentLength));
            filled += length;
            return true;
        }
    }

    /// <summary>Sends what was added, on this thread as far as the socket takes it; returns at once where others do.</summary>
    public void Flush()
    {
        lock (gate)
        {
            if (isSending || filled == 0 || isClosed)
                return;
            isSending = true;
        }

        _ = SendAsync();
    }

    /// <summary>Has what was added sent soon, with what others add until then.</summary>
    public void FlushSoon()
    {
        if (Interlocked.Exchange(ref isScheduled, 1) == 0)
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    /// <summary>Waits until all is sent, or can't be any more.</summary>
    public Task DrainAsync()
    {
        Flush();
        lock (gate)
        {
            if (!isSending)
                return Task.CompletedTask;
            drained ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return drained.Task;
        }
    }

    /// <summary>Sends nothing more.</summary>
    public void Close()
    {
        lock (gate)
        {
            isClosed = true;
            CryptographicOperations.ZeroMemory(filling);
            CryptographicOperations.ZeroMemory(leaving);
            filled = 0;
        }
    }

    void IThreadPoolWorkItem.Execute()
    {
        Volatile.Write(ref isScheduled, 0);
        Flush();
    }

    private async Task SendAsync()
    {
        try
        {
            while (TrySwap(out var octets))
            {
                for (var rest = octets; !rest.IsEmpty;)
                {
                    rest = rest[await socket.SendAsync(rest, SocketFlags.None)..];
                    Interlocked.Increment(ref writes);
                }

                CryptographicOperations.ZeroMemory(octets.Span);
            }
        }
        catch (Exception failure) when (failure is SocketException or ObjectDisposedException)
        {
            Close();
            socket.Dispose();
            TrySwap(out _);
        }
    }

    private bool TrySwap(out Memory<byte> octets)
    {
        lock (gate)
        {
            (filling, leaving) = (leaving, filling);
            octets = leaving.AsMemory(0, filled);
            filled = 0;
            isSending = !octets.IsEmpty;
            if (!isSending)
                drained?.TrySetResult();
            return isSending;
        }
    }

    private void Enlarge(int needed)
    {
        byte[] larger = GC.AllocateArray<byte>(Math.Max(needed, 2 * filling.Length), pinned: true);
        filling.AsSpan(0, filled).CopyTo(larger);
        CryptographicOperations.ZeroMemory(filling);
        filling = larger;
    }
}
