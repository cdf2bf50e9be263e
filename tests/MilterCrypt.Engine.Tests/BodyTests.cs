using System.IO.Pipelines;
using MilterCrypt.Engine.Bodies;
using MilterCrypt.Engine.Deciding;
using MilterCrypt.Engine.Mail;
using MilterCrypt.Engine.Policy;
using MilterCrypt.TestSupport;

namespace MilterCrypt.Engine.Tests;

public sealed class BodyTests(Correspondents people)
{
    private static readonly Letter Plain = Letter.Load("plain-ascii.eml");

    [Fact]
    public async Task ABodyThatBreaksOffNeverHasAnOutcome()
    {
        using var workshop = Prepare();
        await using var message = Begin(workshop);
        var pipe = new Pipe();
        var reading = message.ReadBodyAsync(pipe.Reader, "test", TestContext.Current.CancellationToken).AsTask();
        await pipe.Writer.WriteAsync(Plain.Body, TestContext.Current.CancellationToken);
        await pipe.Writer.CompleteAsync(new IOException("the peer is gone"));
        await Assert.ThrowsAsync<IOException>(() => reading);
    }

    [Fact]
    public async Task ACancelledReadIsNoEndOfTheMessage()
    {
        using var workshop = Prepare();
        await using var message = Begin(workshop);
        var pipe = new Pipe();
        var reading = message.ReadBodyAsync(pipe.Reader, "test", TestContext.Current.CancellationToken).AsTask();
        pipe.Reader.CancelPendingRead();
        await Assert.ThrowsAsync<OperationCanceledException>(() => reading);
    }

    [Fact]
    public async Task ACancelledMessageStops()
    {
        using var workshop = Prepare();
        await using var message = Begin(workshop);
        using var deadline = new CancellationTokenSource();
        var reading = message.ReadBodyAsync(new Pipe().Reader, "test", deadline.Token).AsTask();
        await deadline.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
    }

    [Fact]
    public async Task ThirtyMegabytesStreamThroughBoundedMemoryAndComeBackWhole()
    {
        byte[] body = RandomLines(30 << 20);
        using var workshop = Prepare();
        workshop.Budget = new SpoolBudget(memory: 512 * 1024, disk: 64 << 20);
        var letter = Plain with { Body = body };

        await using var message = Begin(workshop);
        var outcome = await message.ReadBodyAsync(Workshop.Feed(body, 65_535), "test", TestContext.Current.CancellationToken);
        var facts = Assert.IsType<MessageOutcome.Rewritten>(outcome).Facts;
        Assert.Equal(body.Length, facts.OriginalBytes);
        Assert.Empty(Directory.GetFileSystemEntries(workshop.SpoolDirectory));

        var processed = await Processed.FromAsync(letter, outcome);
        Assert.Equal(facts.ProtectedBytes, processed.Body.Length);
        Assert.True((await people.Bob.OpenAsync(processed.Armor())).SequenceEqual(letter.ExpectedPart()), "the content came back changed");
    }

    [Fact]
    public async Task AFullSpoolRefusesTheMessageForNow()
    {
        using var workshop = Prepare();
        workshop.Budget = new SpoolBudget(memory: 128 * 1024, disk: 1 << 20);
        await using var message = Begin(workshop);
        var outcome = await message.ReadBodyAsync(Workshop.Feed(new byte[4 << 20], 65_535), "test", TestContext.Current.CancellationToken);
        var refused = Assert.IsType<MessageOutcome.Refused>(outcome);
        Assert.Equal((452, "4.3.1"), (refused.Refusal.Code, refused.Refusal.EnhancedStatus));
    }

    [Fact]
    public async Task NoRoomInMemoryRefusesTheMessageForNow()
    {
        using var workshop = Prepare();
        workshop.Budget = new SpoolBudget(memory: 1000, disk: 1 << 20);
        await using var message = Begin(workshop);
        var outcome = await message.ReadBodyAsync(Workshop.Feed(Plain.Body, 100), "test", TestContext.Current.CancellationToken);
        Assert.Equal("4.3.1", Assert.IsType<MessageOutcome.Refused>(outcome).Refusal.EnhancedStatus);
    }

    [Fact]
    public async Task ManyRecipientsSessionKeysAreCountedAndStoppedBeforeTheBodyComes()
    {
        using var workshop = new Workshop().Rule(EncryptMode.Always);
        workshop.Budget = new SpoolBudget(memory: 128 * 1024, disk: 0);
        await using var message = workshop.Begin();
        for (int i = 0; i < 1500; i++)
        {
            workshop.Know($"{i}@partner.example", SomeKey.New());
            Assert.IsType<RecipientOutcome.Accepted>(message.AddRecipient($"{i}@partner.example"));
        }
        message.ReadHeader(Plain.Header);
        var reading = message.ReadBodyAsync(new Pipe().Reader, "test", TestContext.Current.CancellationToken).AsTask();
        var outcome = await reading.WaitAsync(Patience.Ample, TestContext.Current.CancellationToken);
        Assert.Equal("4.3.1", Assert.IsType<MessageOutcome.Refused>(outcome).Refusal.EnhancedStatus);
        Assert.True(workshop.Budget.MemoryLeft >= 0);
    }

    [Fact]
    public async Task AMessageToManyRecipientsStopsWhenItIsCancelled()
    {
        using var workshop = new Workshop().Rule(EncryptMode.Always);
        await using var message = workshop.Begin();
        for (int i = 0; i < 1500; i++)
        {
            workshop.Know($"{i}@partner.example", SomeKey.New());
            message.AddRecipient($"{i}@partner.example");
        }
        message.ReadHeader(Plain.Header);
        using var deadline = new CancellationTokenSource();
        await deadline.CancelAsync();
        long memory = workshop.Budget.MemoryLeft;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => message.ReadBodyAsync(new Pipe().Reader, "test", deadline.Token).AsTask());
        Assert.True(memory - workshop.Budget.MemoryLeft <= 128 * 1024, "it went on writing keys");
    }

    [Fact]
    public async Task WhatAMessageHeldIsGivenBackWhateverBecameOfIt()
    {
        using var workshop = Prepare();
        long memory = workshop.Budget.MemoryLeft, disk = workshop.Budget.DiskLeft;
        var message = Begin(workshop);
        var pipe = new Pipe();
        var reading = message.ReadBodyAsync(pipe.Reader, "test", TestContext.Current.CancellationToken).AsTask();
        await pipe.Writer.WriteAsync(new byte[1 << 20], TestContext.Current.CancellationToken);
        await pipe.Writer.CompleteAsync(new IOException("the peer is gone"));
        await Assert.ThrowsAsync<IOException>(() => reading);
        await message.DisposeAsync();
        Assert.Equal((memory, disk), (workshop.Budget.MemoryLeft, workshop.Budget.DiskLeft));
    }

    private static byte[] RandomLines(int length)
    {
        byte[] lines = new byte[length];
        new Random(4).NextBytes(lines);
        for (int i = 998; i + 1 < length; i += 1000)
            (lines[i], lines[i + 1]) = ((byte)'\r', (byte)'\n');
        return lines;
    }

    private Workshop Prepare() => new Workshop().Rule(EncryptMode.Always).Know(people.Bob);

    private FilteredMessage Begin(Workshop workshop)
    {
        var message = workshop.Begin();
        Assert.IsType<RecipientOutcome.Accepted>(message.AddRecipient(people.Bob.Address));
        Assert.IsType<HeaderOutcome.BodyWanted>(message.ReadHeader(Plain.Header));
        return message;
    }
}
