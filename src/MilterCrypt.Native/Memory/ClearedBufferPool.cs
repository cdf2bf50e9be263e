using System.Buffers;
using System.Collections.Concurrent;
using System.Numerics;
using System.Security.Cryptography;

namespace MilterCrypt.Native.Memory;

/// <summary>Buffers for plaintext and keys: cleared when they come back, so that no renter meets another's mail, and
/// pinned, so that the collector leaves no copies behind. One per process, owned by the program; safe from several
/// threads. What is disposed goes back to it; what is not is collected uncleared.</summary>
public sealed class ClearedBufferPool : MemoryPool<byte>
{
    private const int SmallestLog = 12;
    private const int LargestLog = 20;
    private const int DefaultLength = 1 << SmallestLog;

    // Kept per size, in octets: enough for the messages that a small machine has in flight, bounded all the same.
    private const int KeptOctetsPerSize = 8 << 20;

    private readonly ConcurrentQueue<byte[]>[] kept = MakeQueues();
    private volatile bool closed;

    /// <summary>1 MiB.</summary>
    public override int MaxBufferSize => 1 << LargestLog;

    /// <summary>Rents a buffer of zeros of at least this length: a power of two from 4 KiB on.</summary>
    /// <param name="minBufferSize">In octets, at most <see cref="MaxBufferSize"/>; -1 for 4 KiB.</param>
    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        if (minBufferSize == -1)
            minBufferSize = DefaultLength;
        ArgumentOutOfRangeException.ThrowIfNegative(minBufferSize);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minBufferSize, MaxBufferSize);

        int log = Math.Max(SmallestLog, BitOperations.Log2((uint)Math.Max(1, minBufferSize - 1)) + 1);
        byte[] array = kept[log - SmallestLog].TryDequeue(out byte[]? found)
            ? found
            : GC.AllocateArray<byte>(1 << log, pinned: true);
        return new Lease(this, array);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        closed = true;
        foreach (ConcurrentQueue<byte[]> queue in kept)
            queue.Clear();
    }

    private static ConcurrentQueue<byte[]>[] MakeQueues() =>
        [.. Enumerable.Range(SmallestLog, LargestLog - SmallestLog + 1).Select(_ => new ConcurrentQueue<byte[]>())];

    private void TakeBack(byte[] array)
    {
        CryptographicOperations.ZeroMemory(array);
        ConcurrentQueue<byte[]> queue = kept[BitOperations.Log2((uint)array.Length) - SmallestLog];

        // Two threads may pass this at once and keep one more each; the bound needs no better.
        if (!closed && (long)queue.Count * array.Length < KeptOctetsPerSize)
            queue.Enqueue(array);
    }

    private sealed class Lease(ClearedBufferPool pool, byte[] array) : IMemoryOwner<byte>
    {
        private byte[]? held = array;

        public Memory<byte> Memory => held ?? throw new ObjectDisposedException(nameof(Lease));

        public void Dispose()
        {
            if (Interlocked.Exchange(ref held, null) is { } array)
                pool.TakeBack(array);
        }
    }
}
