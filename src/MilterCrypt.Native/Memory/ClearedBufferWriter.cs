using System.Buffers;
using System.Security.Cryptography;

namespace MilterCrypt.Native.Memory;

/// <summary>Collects octets that are secret: pinned, so that the collector leaves no copies behind, and cleared when they move to
/// a larger buffer and at the end. Owned by its maker, one thread at a time.</summary>
public sealed class ClearedBufferWriter : IBufferWriter<byte>, IDisposable
{
    private const int FirstLength = 4096;

    private byte[] buffer = GC.AllocateArray<byte>(FirstLength, pinned: true);
    private int count;

    /// <summary>What was written; gone at disposal.</summary>
    public ReadOnlyMemory<byte> WrittenMemory => buffer.AsMemory(0, count);

    /// <inheritdoc/>
    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, buffer.Length - this.count);
        this.count += count;
    }

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(sizeHint);
        int needed = checked(count + Math.Max(1, sizeHint));
        if (needed > buffer.Length)
        {
            byte[] larger = GC.AllocateArray<byte>(Math.Max(needed, 2 * buffer.Length), pinned: true);
            buffer.AsSpan(0, count).CopyTo(larger);
            CryptographicOperations.ZeroMemory(buffer);
            buffer = larger;
        }

        return buffer.AsMemory(count);
    }

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    /// <summary>A pinned copy of what was written: the caller clears it.</summary>
    public byte[] ToArray()
    {
        byte[] copy = GC.AllocateArray<byte>(count, pinned: true);
        WrittenMemory.Span.CopyTo(copy);
        return copy;
    }

    /// <summary>Clears all of it.</summary>
    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(buffer);
        count = 0;
    }
}
