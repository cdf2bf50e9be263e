using System.Text;
using MilterCrypt.Engine.Bodies;
using MilterCrypt.Engine.Mail;
using MilterCrypt.TestSupport;
using MilterCrypt.TestSupport.Processes;

namespace MilterCrypt.Engine.Tests.Opening;

/// <summary>What opening may cost, and what is on the disk meanwhile.</summary>
[Collection(nameof(Alone))]
public sealed class LimitTests : IDisposable
{
    private const string Secret = "the eagle lands at midnight";

    private readonly Recipient alice = new();

    [Fact]
    public async Task ThirtyMegabytesStreamThroughBoundedMemoryAndNothingOfThemIsOnTheDisk()
    {
        byte[] entity = [.. "Content-Type: text/plain\r\n\r\n"u8, .. Lines(30_000_000)];
        alice.Workshop.Budget = new SpoolBudget(memory: 512 * 1024, disk: 64 << 20);
        var letter = await EncryptedLetter.ForAsync(alice.AliceKey, entity);
        long before = GC.GetTotalMemory(forceFullCollection: true);

        await using var message = alice.Workshop.Begin(new Envelope(Recipient.Sam, null, true) { MayUseSecretKeys = true });
        message.AddRecipient(Recipient.Alice);
        message.ReadHeader(letter.Header);
        var outcome = await message.ReadBodyAsync(Workshop.Feed(letter.Body, 65_535), "4XyZ", TestContext.Current.CancellationToken);
        var opened = Assert.IsType<MessageOutcome.Opened>(outcome);
        long grown = GC.GetTotalMemory(forceFullCollection: true) - before;
        Assert.True(grown < 8 << 20, $"{grown} bytes are held");

        using (var file = File.Open(Assert.Single(OpenDeletedFile.In(alice.Workshop.SpoolDirectory)), FileMode.Open, FileAccess.Read, FileShare.ReadWrite))
        {
            byte[] content = new byte[file.Length];
            file.ReadExactly(content);
            Assert.True(content.Length > 29_000_000, "the spool does not hold it");
            Assert.Equal(-1, content.AsSpan().IndexOf(Encoding.ASCII.GetBytes(Secret)));
        }

        var processed = await Processed.FromAsync(letter, outcome);
        Assert.True(processed.Body.AsSpan().SequenceEqual(entity.AsSpan(28)), "another text came out");
        Assert.Equal(processed.Body.Length, opened.Facts.OpenedBytes);
    }

    [Theory]
    [InlineData("zip")]
    [InlineData("bzip2")]
    public async Task ABombIsLeftUnopened(string algorithm)
    {
        alice.Workshop.Budget = new SpoolBudget(memory: 1 << 20, disk: 8 << 20);
        var letter = await CompressedAsync(algorithm, 100_000_000);
        Assert.InRange(letter.Body.Length, 1, 500_000);
        long before = GC.GetTotalAllocatedBytes(precise: true);
        var processed = await alice.GetAsync(letter);
        long allocated = GC.GetTotalAllocatedBytes(precise: true) - before;

        Assert.Equal("not opened: more than 7864320 octets came out of the message", Assert.IsType<MessageOutcome.Unchanged>(processed.Outcome).Reason);
        Assert.True(allocated < 48 << 20, $"{allocated} bytes were allocated");
        Assert.Equal((alice.Workshop.Budget.Memory, alice.Workshop.Budget.Disk), (alice.Workshop.Budget.MemoryLeft, alice.Workshop.Budget.DiskLeft));
    }

    [Theory]
    [InlineData("zip")]
    [InlineData("zlib")]
    [InlineData("bzip2")]
    public async Task CompressedMailIsOpened(string algorithm)
    {
        var processed = await alice.GetAsync(await CompressedAsync(algorithm, 3_000_000));
        Assert.Equal(3_000_000, Assert.IsType<MessageOutcome.Opened>(processed.Outcome).Facts.OpenedBytes);
    }

    [Fact]
    public async Task LineEndsThatGrowBeyondTheLimitAreNotCut()
    {
        alice.Workshop.Budget = new SpoolBudget(memory: 1 << 20, disk: 4 << 20);
        byte[] entity = [.. "Content-Type: text/plain\n\n"u8, .. Enumerable.Repeat((byte)'\n', 3_000_000)];
        var processed = await alice.GetAsync(await EncryptedLetter.ForAsync(alice.AliceKey, entity));
        Assert.Equal("not opened: more than 3932160 octets came out of the message", Assert.IsType<MessageOutcome.Unchanged>(processed.Outcome).Reason);
    }

    [Fact]
    public async Task WithoutRoomTheMessageIsRefusedForNow()
    {
        var letter = await EncryptedLetter.ForAsync(alice.AliceKey, [.. "Content-Type: text/plain\r\n\r\n"u8, .. Lines(4_000_000)]);
        var budget = new SpoolBudget(memory: 256 * 1024, disk: 8 << 20);
        alice.Workshop.Budget = budget;
        Assert.True(Spool.TryOpen(new SpoolOptions(alice.Workshop.SpoolDirectory), budget, out var other));
        await using (other)
        {
            other.GetSpan(6_000_000);
            other.Advance(6_000_000);
            Assert.True(await other.FlushAsync(TestContext.Current.CancellationToken));
            var refused = Assert.IsType<MessageOutcome.Refused>((await alice.GetAsync(letter)).Outcome);
            Assert.Equal((452, "4.3.1", true), (refused.Refusal.Code, refused.Refusal.EnhancedStatus, refused.IsForSpace));
        }
        Assert.IsType<MessageOutcome.Opened>((await alice.GetAsync(letter)).Outcome);
        Assert.Equal((budget.Memory, budget.Disk), (budget.MemoryLeft, budget.DiskLeft));
    }

    public void Dispose() => alice.Dispose();

    private static byte[] Lines(int length)
    {
        var lines = new MemoryStream(length + 100);
        for (int i = 0; lines.Length < length; i++)
            lines.Write(Encoding.ASCII.GetBytes($"{i:d8} {Secret} and so on\r\n"));
        return lines.ToArray();
    }

    private async Task<Letter> CompressedAsync(string algorithm, int length)
    {
        Assert.SkipWhen(Correspondent.Missing() is not null, Correspondent.Missing() ?? "");
        using var home = new TestDirectory();
        File.SetUnixFileMode(home.Root, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        string certificate = home.PathOf("alice.asc");
        await File.WriteAllBytesAsync(certificate, alice.AliceKey.Certificate.ToArmor(), TestContext.Current.CancellationToken);
        byte[] entity = [.. "Content-Type: text/plain\r\n\r\n"u8, .. new byte[length]];
        var result = await Command.RunAsync(
            "gpg",
            ["--homedir", home.Root, "--batch", "--no-tty", "--quiet", "--armor", "--compress-algo", algorithm, "-z", "9", "--encrypt", "--recipient-file", certificate],
            entity);
        return EncryptedLetter.Around(result.OrThrow().OutputText);
    }
}
