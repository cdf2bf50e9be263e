using System.Buffers;
using MilterCrypt.Engine.Mail;

namespace MilterCrypt.Engine.Tests.Mail;

public sealed class SpoolTests : IDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("spool-test-").FullName;
    private readonly SpoolBudget budget = new(memory: 1 << 20, disk: 8 << 20);

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, false)]
    [InlineData(65_536, false)]
    [InlineData(200_000, false)]
    [InlineData(262_145, true)]
    [InlineData(3_000_000, true)]
    public async Task WhatWasWrittenIsReadBack(int length, bool onDisk)
    {
        byte[] expected = new byte[length];
        new Random(3).NextBytes(expected);
        Assert.True(Spool.TryOpen(new SpoolOptions(directory), budget, out var spool));
        await using (spool)
        {
            Assert.True(await WriteAsync(spool, expected));
            Assert.Equal(onDisk, spool.IsOnDisk);
            Assert.Equal(length, spool.Length);

            using var read = new MemoryStream();
            await spool.OpenRead().CopyToAsync(read, TestContext.Current.CancellationToken);
            Assert.Equal(expected, read.ToArray());
        }
        Assert.Equal(1 << 20, budget.MemoryLeft);
        Assert.Equal(8 << 20, budget.DiskLeft);
    }

    [Fact]
    public async Task ItsFileHasNoNameSoThatNoKillLeavesItBehind()
    {
        Assert.True(Spool.TryOpen(new SpoolOptions(directory), budget, out var spool));
        await using var owned = spool;
        Assert.True(await WriteAsync(spool, new byte[1_000_000]));
        Assert.True(spool.IsOnDisk);
        Assert.Empty(Directory.GetFileSystemEntries(directory));
    }

    [Fact]
    public async Task AFullMemoryBudgetSendsMessagesToTheDiskAndAFullDiskRefusesThem()
    {
        var small = new SpoolBudget(memory: 128 * 1024, disk: 2 << 20);
        Assert.True(Spool.TryOpen(new SpoolOptions(directory), small, out var first));
        Assert.True(await WriteAsync(first, new byte[150_000]));
        Assert.True(first.IsOnDisk);

        Assert.True(Spool.TryOpen(new SpoolOptions(directory), small, out var second));
        Assert.False(Spool.TryOpen(new SpoolOptions(directory), small, out _));
        Assert.False(await WriteAsync(second, new byte[1_500_000]));

        await first.DisposeAsync();
        await second.DisposeAsync();
        Assert.Equal(128 * 1024, small.MemoryLeft);
        Assert.Equal(2 << 20, small.DiskLeft);
    }

    [Fact]
    public async Task AMissingDirectoryIsASpoolException()
    {
        Assert.True(Spool.TryOpen(new SpoolOptions(Path.Combine(directory, "gone")), budget, out var spool));
        await using var owned = spool;
        var fault = await Assert.ThrowsAsync<SpoolException>(async () => await WriteAsync(spool, new byte[1_000_000]));
        Assert.Contains("gone", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ThirtyMegabytesPassThroughAQuarterMegabyteOfMemory()
    {
        var wide = new SpoolBudget(memory: 512 * 1024, disk: 64 << 20);
        Assert.True(Spool.TryOpen(new SpoolOptions(directory), wide, out var spool));
        await using var owned = spool;
        byte[] piece = new byte[64 * 1024];
        for (int i = 0; i < 480; i++)
        {
            spool.Write(piece);
            Assert.True(await spool.FlushAsync(TestContext.Current.CancellationToken));
            Assert.True(wide.MemoryLeft >= 256 * 1024);
        }
        Assert.Equal(480L * piece.Length, spool.Length);
    }

    public void Dispose() => Directory.Delete(directory, recursive: true);

    private static async Task<bool> WriteAsync(Spool spool, byte[] bytes)
    {
        for (int start = 0; start < bytes.Length; start += 50_000)
        {
            spool.Write(bytes.AsSpan(start, Math.Min(50_000, bytes.Length - start)));
            if (!await spool.FlushAsync(TestContext.Current.CancellationToken))
                return false;
        }
        return await spool.FlushAsync(TestContext.Current.CancellationToken);
    }
}
