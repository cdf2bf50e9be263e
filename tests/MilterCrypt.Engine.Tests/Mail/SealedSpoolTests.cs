using System.Security.Cryptography;
using MilterCrypt.Engine.Mail;
using MilterCrypt.Native.Memory;
using MilterCrypt.TestSupport;

namespace MilterCrypt.Engine.Tests.Mail;

/// <summary>What waits sealed comes back as it was, and nobody else can read it meanwhile or change it.</summary>
[Collection(nameof(Alone))]
public sealed class SealedSpoolTests : IDisposable
{
    private const int Chunk = (64 * 1024) - 16;

    private readonly TestDirectory directory = new();
    private readonly SpoolBudget budget = new(memory: 1 << 20, disk: 64 << 20);
    private readonly ClearedBufferPool buffers = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<int> Lengths => [0, 1, Chunk - 1, Chunk, Chunk + 1, 2 * Chunk, 262_144, 3_000_000];

    [Theory]
    [MemberData(nameof(Lengths))]
    public async Task WhatWasWrittenIsReadBackAsOftenAsWanted(int length)
    {
        byte[] text = Text(length);
        await using (var spool = await SealAsync(text, piece: 10_007))
        {
            Assert.Equal(length, spool.Length);
            Assert.Equal(text, await ReadAsync(spool));
            using var read = new MemoryStream();
            using var synchronous = spool.OpenRead();
            synchronous.CopyTo(read);
            Assert.Equal(text, read.ToArray());
        }
        Assert.Equal((budget.Memory, budget.Disk), (budget.MemoryLeft, budget.DiskLeft));
    }

    [Fact]
    public async Task ItsFileHasNothingInClear()
    {
        byte[] text = new byte[2_000_000];
        text.AsSpan().Fill((byte)'s');
        await using var spool = await SealAsync(text, piece: 65_536);
        byte[] file = Content(Assert.Single(OpenDeletedFile.In(directory.Root)));
        Assert.Equal(text.Length + (16 * 31), file.Length);
        Assert.Equal(-1, file.AsSpan().IndexOf("sssss"u8));
        // Nor does it show that all chunks are alike.
        Assert.NotEqual(file[..Chunk], file[(Chunk + 16)..((2 * Chunk) + 16)]);
    }

    [Fact]
    public async Task TwoSpoolsOfTheSameTextAreNotAlike()
    {
        byte[] text = Text(1_000_000);
        await using var one = await SealAsync(text, piece: 65_536);
        await using var other = await SealAsync(text, piece: 65_536);
        var files = OpenDeletedFile.In(directory.Root);
        Assert.Equal(2, files.Count);
        Assert.NotEqual(Content(files[0])[..1000], Content(files[1])[..1000]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(Chunk)]
    [InlineData(1_234_567)]
    public async Task AFileThatSomebodyChangedIsNotReadBeyondTheChange(int at)
    {
        byte[] text = Text(2_000_000);
        await using var spool = await SealAsync(text, piece: 65_536);
        Change(at);
        using var read = new MemoryStream();
        await Assert.ThrowsAsync<SpoolException>(async () =>
        {
            await using var stream = spool.OpenRead();
            await stream.CopyToAsync(read, Token);
        });
        Assert.True(read.Length <= at && text.AsSpan().StartsWith(read.ToArray()), $"{read.Length} bytes were read");
    }

    [Fact]
    public async Task ChunksCannotChangePlaces()
    {
        await using var spool = await SealAsync(Text(2_000_000), piece: 65_536);
        using (var file = File.Open(Assert.Single(OpenDeletedFile.In(directory.Root)), FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite))
        {
            byte[] two = new byte[2 * 65_536];
            file.ReadExactly(two);
            file.Position = 0;
            file.Write([.. two[65_536..], .. two[..65_536]]);
        }
        await Assert.ThrowsAsync<SpoolException>(() => ReadAsync(spool));
    }

    [Fact]
    public async Task WhatComesAtOnceInAnyLengthDoesNotStayInMemory()
    {
        byte[] text = Text(40_000_000);
        long before = GC.GetTotalMemory(forceFullCollection: true);
        Assert.True(SealedSpool.TryOpen(new SpoolOptions(directory.Root), budget, buffers, RandomNumberGenerator.Create(), out var spool));
        await using var owned = spool;
        spool.Write(text);
        long grown = GC.GetTotalMemory(forceFullCollection: true) - before;
        Assert.True(grown < text.Length / 2, $"{grown} bytes are held");
        Assert.True(await spool.CompleteAsync(Token));
        Assert.True((await ReadAsync(spool)).AsSpan().SequenceEqual(text), "another text came back");
    }

    [Fact]
    public async Task WithoutRoomItSaysSoAndGivesBackWhatItTook()
    {
        var small = new SpoolBudget(memory: 128 * 1024, disk: 2 << 20);
        Assert.True(SealedSpool.TryOpen(new SpoolOptions(directory.Root), small, buffers, RandomNumberGenerator.Create(), out var spool));
        await using (spool)
        {
            spool.Write(new byte[8_000_000]);
            Assert.True(spool.IsSpent);
            Assert.False(await spool.CompleteAsync(Token));
        }
        Assert.Equal((small.Memory, small.Disk), (small.MemoryLeft, small.DiskLeft));
        Assert.False(SealedSpool.TryOpen(new SpoolOptions(directory.Root), new SpoolBudget(1000, 1 << 20), buffers, RandomNumberGenerator.Create(), out _));
    }

    public void Dispose()
    {
        buffers.Dispose();
        directory.Dispose();
    }

    private static byte[] Text(int length)
    {
        byte[] text = new byte[length];
        new Random(7).NextBytes(text);
        return text;
    }

    private async Task<SealedSpool> SealAsync(byte[] text, int piece)
    {
        Assert.True(SealedSpool.TryOpen(new SpoolOptions(directory.Root), budget, buffers, RandomNumberGenerator.Create(), out var spool));
        for (int start = 0; start < text.Length; start += piece)
        {
            spool.Write(text.AsSpan(start, Math.Min(piece, text.Length - start)));
            Assert.True(await spool.FlushAsync(Token));
        }
        Assert.True(await spool.CompleteAsync(Token));
        return spool;
    }

    private static async Task<byte[]> ReadAsync(SealedSpool spool)
    {
        using var read = new MemoryStream();
        await using var stream = spool.OpenRead();
        await stream.CopyToAsync(read, Token);
        return read.ToArray();
    }

    private void Change(int at)
    {
        using var file = File.Open(Assert.Single(OpenDeletedFile.In(directory.Root)), FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        file.Position = at;
        int octet = file.ReadByte();
        file.Position = at;
        file.WriteByte((byte)(octet ^ 1));
    }

    private static byte[] Content(string path)
    {
        using var file = File.Open(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        byte[] content = new byte[file.Length];
        file.ReadExactly(content);
        return content;
    }
}
