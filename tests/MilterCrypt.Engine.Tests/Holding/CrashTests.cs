using MilterCrypt.Engine.Bodies;
using MilterCrypt.Engine.Holding;
using MilterCrypt.Engine.Journal;
using static MilterCrypt.Engine.Tests.Holding.HoldWorkshop;

namespace MilterCrypt.Engine.Tests.Holding;

/// <summary>What the filter's death leaves behind, at each step of holding a message.</summary>
public sealed class CrashTests
{
    [Fact]
    public async Task AFileThatGotItsNameAndNoRowIsFoundByTheRetry()
    {
        await using var filter = new HoldWorkshop();
        await filter.SendAsync([Erin], answered: false);
        // As if the process had died between the name and the row: "sending" is what the next one reads.
        var state = Assert.Single(filter.All).State;
        await SetSendingAsync(filter, state.Copies);
        var handed = Assert.IsType<MessageOutcome.HandedOver>(await filter.SendAsync([Erin]));
        Assert.True(Assert.Single(handed.Parts).WasBefore);
        Assert.Single(filter.All);
        // And the row is right from now on.
        Assert.IsType<MessageOutcome.HandedOver>(await filter.SendAsync([Erin]));
        Assert.Single(filter.All);
    }

    [Fact]
    public async Task ARowWithoutAFileHasTheRetryHoldIt()
    {
        await using var filter = new HoldWorkshop();
        await filter.SendAsync([Erin], answered: false);
        await SetSendingAsync(filter, Assert.Single(filter.All).State.Copies);
        filter.Folder.Remove(filter.All[0]);
        var handed = Assert.IsType<MessageOutcome.HandedOver>(await filter.SendAsync([Erin]));
        Assert.False(Assert.Single(handed.Parts).WasBefore);
        Assert.Single(filter.All);
    }

    [Fact]
    public async Task AHalfWrittenFileIsNoMessageAndIsSweptAway()
    {
        await using var filter = new HoldWorkshop();
        await filter.SendAsync([Erin]);
        string draft = Path.Combine(filter.Folder.Directory, ".draft-" + filter.All[0].Id);
        File.Copy(filter.All[0].Path, draft);
        Assert.Single(filter.Folder.Ids());
        filter.Folder.Sweep(DateTimeOffset.UtcNow);
        Assert.True(File.Exists(draft));
        filter.Folder.Sweep(DateTimeOffset.UtcNow.AddHours(2));
        Assert.False(File.Exists(draft));
        Assert.Single(filter.All);
    }

    [Fact]
    public async Task AHalfWrittenChangeDoesNotStandInTheWayOfTheNextRelease()
    {
        await using var filter = new HoldWorkshop();
        await filter.SendAsync([Erin, Frank]);
        filter.Know(Erin);
        File.Copy(filter.All[0].Path, Path.Combine(filter.Folder.Directory, ".draft-" + filter.All[0].Id));
        Assert.Null((await filter.ReleaseAsync(filter.All[0])).Failure);
        Assert.Equal(new() { [Erin] = 1 }, filter.Deliveries());
        Assert.Single(Directory.GetFiles(filter.Folder.Directory));
    }

    [Fact]
    public async Task WhatIsKnownOfAFileFromBeforeItsLastChangeDoesNotCutWhatIsHeld()
    {
        await using var filter = new HoldWorkshop();
        await filter.SendAsync([Erin, Frank]);
        var before = filter.All[0];
        // The state's line becomes shorter, then is written once more by who knows only the longer one.
        await filter.Folder.ReplaceAsync(before, before.State with { Left = [0] }, TestContext.Current.CancellationToken);
        await filter.Folder.ReplaceAsync(before, before.State with { Left = [0] }, TestContext.Current.CancellationToken);
        filter.Know(Erin);
        Assert.Null((await filter.ReleaseAsync(filter.All[0])).Failure);
        Assert.Equal(new() { [Erin] = 1 }, filter.Deliveries());
    }

    [Fact]
    public async Task ADraftThatCannotBeTakenAwayCostsNoConnection()
    {
        await using var filter = new HoldWorkshop();
        filter.Sink.Answer = line =>
        {
            if (!line.StartsWith("RCPT", StringComparison.Ordinal))
                return ValueTask.FromResult<string?>(null);
            // What the file system does not let go.
            string draft = Assert.Single(Directory.GetFiles(filter.Folder.Directory));
            File.Delete(draft);
            Directory.CreateDirectory(draft);
            return ValueTask.FromResult<string?>("451 4.3.0 no");
        };
        Assert.IsType<MessageOutcome.Refused>(await filter.SendAsync([Bob, Erin]));
        using var all = await filter.Injector.ReserveAsync(filter.Injector.MaxConnections, TestContext.Current.CancellationToken).AsTask()
            .WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Assert.NotNull(all);
    }

    [Fact]
    public async Task AFileThatIsCutShortOrChangedAnywhereIsNeverSent()
    {
        await using var filter = new HoldWorkshop();
        await filter.SendAsync([Erin]);
        filter.Know(Erin);
        var held = filter.All[0];
        byte[] whole = await File.ReadAllBytesAsync(held.Path, TestContext.Current.CancellationToken);
        // Behind the last line there is nothing to lose.
        for (int length = 0; length < whole.Length - 30; length += length < held.ContentOffset ? 1 : 97)
            await TryAsync(filter, held.Path, whole[..length]);
        for (int place = 0; place < whole.Length - 60; place += place < held.ContentOffset ? 3 : 53)
        {
            byte[] changed = [.. whole];
            changed[place] ^= 1;
            // The state is not bound: it says for whom it is left, of those who are.
            if (place < held.RecordLine.Length || place >= held.ContentOffset + "-----BEGIN PGP MESSAGE-----\n\n".Length)
                await TryAsync(filter, held.Path, changed);
        }
        Assert.Empty(filter.Sink.Messages);
        await File.WriteAllBytesAsync(held.Path, whole, TestContext.Current.CancellationToken);
        Assert.Null((await filter.ReleaseAsync(filter.All[0])).Failure);
    }

    [Fact]
    public void ALineWithoutEndIsNotReadIntoMemory()
    {
        using var endless = new MemoryStream(new byte[1 << 20]);
        Assert.Null(HeldFileHead.Read(endless, maxLine: 1000, "x", "x"));
        Assert.InRange(endless.Position, 1, 5000);
    }

    private static async Task SetSendingAsync(HoldWorkshop filter, IReadOnlyList<HandoverKey> copies)
    {
        var hint = filter.Journal.Keys.HintOf(new HandoverClient(From().Trace!.ClientAddress, null), Alice);
        await filter.Journal.BeginAsync(
            new HandedMessage(hint, true, "4XyZ", copies.ToHashSet()), [new HandoverGroup("held", [.. copies])], TestContext.Current.CancellationToken);
    }

    private static async Task TryAsync(HoldWorkshop filter, string path, byte[] octets)
    {
        await File.WriteAllBytesAsync(path, octets, TestContext.Current.CancellationToken);
        try
        {
            if (filter.Folder.Find(Path.GetFileName(path)) is { } held)
                await filter.ReleaseAsync(held);
        }
        catch (HoldingException)
        {
            // As it should be.
        }
    }
}
