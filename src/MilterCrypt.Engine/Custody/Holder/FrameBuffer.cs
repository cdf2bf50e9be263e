using System.Security.Cryptography;

namespace MilterCrypt.Engine.Custody.Holder;

/// <summary>What has come of a connection and is not yet read: many frames in one go, where many have come. Session keys pass
/// through it: it is pinned, and cleared behind what is read. Owned by its connection, one thread at a time.</summary>
internal sealed class FrameBuffer(int maxContent) : IDisposable
{
    private const int FirstLength = 16 * 1024;

    private byte[] buffer = GC.AllocateArray<byte>(FirstLength, pinned: true);
    private int start, end, needed;

    /// <summary>Whether a frame has begun and not ended.</summary>
    public bool IsWithinFrame => end > start;

    /// <summary>Where what comes next goes: at least as much as the frame that has begun still lacks.</summary>
    public Memory<byte> Room()
    {
        byte[] last = buffer;
        if (needed > buffer.Length)
            buffer = GC.AllocateArray<byte>(needed, pinned: true);
        last.AsSpan(start, end - start).CopyTo(buffer);
        end -= start;
        if (last != buffer)
            CryptographicOperations.ZeroMemory(last);
        else
            CryptographicOperations.ZeroMemory(buffer.AsSpan(end, start));
        start = 0;
        return buffer.AsMemory(end);
    }

    /// <summary>Says how much has come.</summary>
    public void Advance(int count) => end += count;

    /// <summary>Takes the next frame, where it is whole. It is there until <see cref="Room"/> is asked for.</summary>
    /// <exception cref="HolderProtocolException">What comes is no frame.</exception>
    public bool TryTake(out HolderFrame frame)
    {
        if (!HolderFrame.TryRead(buffer.AsSpan(start, end - start), maxContent, out frame, out needed))
            return false;
        start += needed;
        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => CryptographicOperations.ZeroMemory(buffer);
}
