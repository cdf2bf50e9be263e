using System.Buffers;
using MilterCrypt.Native.Memory;

namespace MilterCrypt.Native.Tests.Memory;

public sealed class ClearedBufferPoolTests
{
    [Fact]
    public void NobodyRentsAnothersMail()
    {
        using var pool = new ClearedBufferPool();
        Memory<byte> first;
        using (IMemoryOwner<byte> lease = pool.Rent(60_000))
        {
            first = lease.Memory;
            first.Span.Fill(0x55);
        }

        using IMemoryOwner<byte> second = pool.Rent(65_536);
        Assert.True(first.Span == second.Memory.Span, "the buffer is used again");
        Assert.False(second.Memory.Span.ContainsAnyExcept((byte)0));
    }

    [Theory]
    [InlineData(-1, 4096)]
    [InlineData(0, 4096)]
    [InlineData(1, 4096)]
    [InlineData(4096, 4096)]
    [InlineData(4097, 8192)]
    [InlineData(65_536, 65_536)]
    [InlineData(65_537, 131_072)]
    [InlineData(1 << 20, 1 << 20)]
    public void ALengthIsRoundedUpToAPowerOfTwo(int asked, int given)
    {
        using var pool = new ClearedBufferPool();
        using IMemoryOwner<byte> lease = pool.Rent(asked);
        Assert.Equal(given, lease.Memory.Length);
    }

    [Fact]
    public void ALeaseIsGivenBackOnceAndUnusableAfterwards()
    {
        using var pool = new ClearedBufferPool();
        IMemoryOwner<byte> lease = pool.Rent();
        lease.Dispose();
        lease.Dispose();

        Assert.Throws<ObjectDisposedException>(() => lease.Memory);
        using IMemoryOwner<byte> one = pool.Rent(), other = pool.Rent();
        Assert.False(one.Memory.Span == other.Memory.Span);
        Assert.Throws<ArgumentOutOfRangeException>(() => pool.Rent((1 << 20) + 1));
    }
}
