using System.Buffers;
using System.Collections.Concurrent;

namespace MilterCrypt.Milter.Session;

/// <summary>Memory for mail in the clear: each block is wiped when it comes back, so the next renter doesn't hold
/// somebody's mail. Owned by the server; keeps a few blocks for reuse and leaves the rest to the collector.</summary>
internal sealed class ClearingPool : MemoryPool<byte>
{
    private const int KeptBlocks = 64;

    private readonly ConcurrentStack<byte[]> free = new();
    private int kept;

    /// <summary>The length of every block, and the most that can be rented at a time.</summary>
    public const int BlockSize = 64 * 1024;

    /// <inheritdoc/>
    public override int MaxBufferSize => BlockSize;

    /// <inheritdoc/>
    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minBufferSize, BlockSize);
        if (free.TryPop(out byte[]? block))
            Interlocked.Decrement(ref kept);
        return new Block(this, block ?? new byte[BlockSize]);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing) => free.Clear();

    private void Return(byte[] block)
    {
        Array.Clear(block);
        if (Interlocked.Increment(ref kept) <= KeptBlocks)
            free.Push(block);
        else
            Interlocked.Decrement(ref kept);
    }

    private sealed class Block(ClearingPool pool, byte[] bytes) : IMemoryOwner<byte>
    {
        private byte[]? owned = bytes;

        public Memory<byte> Memory => owned ?? throw new ObjectDisposedException(nameof(Block));

        public void Dispose()
        {
            if (Interlocked.Exchange(ref owned, null) is { } returned)
                pool.Return(returned);
        }
    }
}
