using System.Security.Cryptography;
using MilterCrypt.Engine.Journal;

namespace MilterCrypt.Engine.Tests.Journal;

/// <summary>What the next try of a message is told, after each end that a try can take; in memory and in a file.</summary>
public sealed class HandoverTests : IDisposable
{
    private readonly JournalFile file = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task NothingIsKnownOfAFirstTry(bool inFile)
    {
        await using var journal = await OpenAsync(inFile);
        var mail = new SomeMail(journal);
        Assert.False(journal.MayKnow(mail.Message.Hint));
        using var handover = journal.TryClaim(mail.Message);
        AssertKnown(handover, [], []);
        Assert.Equal(0, journal.Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task WhatWasTakenIsLeftOutOfTheNextTryAndWhatWasRefusedIsNot(bool inFile)
    {
        await using var journal = await OpenAsync(inFile);
        var mail = new SomeMail(journal);
        using (var first = journal.TryClaim(mail.Message)!)
        {
            await first.BeginAsync([mail.Encrypted, mail.Clear], Token);
            await first.HandedOverAsync(mail.Clear, "4DEF", Token);
            await first.WithdrawAsync(mail.Encrypted, Token);
        }
        Assert.True(journal.MayKnow(mail.Message.Hint));
        using var second = journal.TryClaim(mail.Message)!;
        AssertKnown(second, [mail.Bob, mail.Carl], []);
        await second.BeginAsync([mail.Encrypted], Token);
        await second.HandedOverAsync(mail.Encrypted, "4XYZ", Token);
        await second.SettleAsync(Token);
        Assert.Equal((3, 0), (journal.Count, journal.OpenCount));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task WhatWasBegunWithoutAWordMayHaveBeenTaken(bool inFile)
    {
        await using var journal = await OpenAsync(inFile);
        var mail = new SomeMail(journal);
        using (var first = journal.TryClaim(mail.Message)!)
        {
            await first.BeginAsync([mail.Encrypted, mail.Clear], Token);
            await first.HandedOverAsync(mail.Encrypted, "4DEF", Token);
        }
        Assert.True(journal.MayKnow(mail.Message.Hint));
        using var second = journal.TryClaim(mail.Message)!;
        AssertKnown(second, [mail.Ann], [mail.Bob, mail.Carl]);
        await second.BeginAsync([mail.Clear], Token);
        await second.HandedOverAsync(mail.Clear, "4XYZ", Token);
        second.Dispose();
        using var third = journal.TryClaim(mail.Message);
        AssertKnown(third, [mail.Ann, mail.Bob, mail.Carl], []);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task AWithdrawnMessageLeavesNothing(bool inFile)
    {
        await using var journal = await OpenAsync(inFile);
        var mail = new SomeMail(journal);
        using (var first = journal.TryClaim(mail.Message)!)
        {
            await first.BeginAsync([mail.Encrypted, mail.Clear], Token);
            await first.WithdrawAsync(mail.Encrypted, Token);
            await first.WithdrawAsync(mail.Clear, Token);
        }
        Assert.False(journal.MayKnow(mail.Message.Hint));
        Assert.Equal(0, journal.Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task WhatTheMtaHasIsNotWithdrawn(bool inFile)
    {
        await using var journal = await OpenAsync(inFile);
        var mail = new SomeMail(journal);
        using (var first = journal.TryClaim(mail.Message)!)
        {
            await first.BeginAsync([mail.Encrypted, mail.Clear], Token);
            await first.HandedOverAsync(mail.Clear, "4DEF", Token);
            await first.WithdrawAsync(new HandoverGroup("openpgp", [mail.Ann, mail.Bob]), Token);
        }
        using var second = journal.TryClaim(mail.Message)!;
        AssertKnown(second, [mail.Bob, mail.Carl], []);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task AMessageWithANameIsStillKnownWhenItsClientDidNotHearTheLastWord(bool inFile)
    {
        await using var journal = await OpenAsync(inFile);
        var mail = new SomeMail(journal, isNamed: true);
        await mail.SendAsync(journal, Token);
        for (int i = 0; i < 2; i++)
        {
            Assert.True(journal.MayKnow(mail.Message.Hint));
            using var again = journal.TryClaim(mail.Message)!;
            AssertKnown(again, [mail.Ann, mail.Bob, mail.Carl], []);
            await again.SettleAsync(Token);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ATwinWithoutANameIsAnotherMessage(bool inFile)
    {
        await using var journal = await OpenAsync(inFile);
        for (int i = 0; i < 3; i++)
        {
            var mail = new SomeMail(journal, isNamed: false);
            Assert.False(journal.MayKnow(mail.Message.Hint));
            using (var handover = journal.TryClaim(mail.Message))
                AssertKnown(handover, [], []);
            await mail.SendAsync(journal, Token);
        }
        Assert.Equal((3, 0), (journal.Count, journal.OpenCount));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task WhatWasLeftOpenOfAMessageWithoutANameServesOneTryAlone(bool inFile)
    {
        await using var journal = await OpenAsync(inFile);
        var mail = new SomeMail(journal, isNamed: false);
        using (var first = journal.TryClaim(mail.Message)!)
        {
            await first.BeginAsync([mail.Encrypted, mail.Clear], Token);
            await first.HandedOverAsync(mail.Encrypted, "4DEF", Token);
            await first.HandedOverAsync(mail.Clear, "4FED", Token);
        }
        using (var second = journal.TryClaim(mail.Message)!)
        {
            AssertKnown(second, [mail.Ann, mail.Bob, mail.Carl], []);
            await second.SettleAsync(Token);
        }
        using var third = journal.TryClaim(mail.Message);
        AssertKnown(third, [], []);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ATryForSomeOfTheRecipientsSettlesTheseAlone(bool inFile)
    {
        await using var journal = await OpenAsync(inFile);
        var mail = new SomeMail(journal, isNamed: false);
        using (var first = journal.TryClaim(mail.Message)!)
        {
            await first.BeginAsync([mail.Clear], Token);
            await first.HandedOverAsync(mail.Clear, "4DEF", Token);
        }
        using (var second = journal.TryClaim(mail.Message with { Recipients = [mail.Bob] })!)
        {
            AssertKnown(second, [mail.Bob], []);
            await second.SettleAsync(Token);
        }
        Assert.True(journal.MayKnow(mail.Message.Hint));
        using var third = journal.TryClaim(mail.Message);
        AssertKnown(third, [mail.Carl], []);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task TheSameMessageAtOnceHasToComeAgain(bool inFile)
    {
        await using var journal = await OpenAsync(inFile);
        var mail = new SomeMail(journal);
        using (var first = journal.TryClaim(mail.Message)!)
        {
            Assert.Null(journal.TryClaim(mail.Message));
            Assert.Null(journal.TryClaim(mail.Message with { Recipients = [mail.Carl] }));
            await first.BeginAsync([mail.Clear], Token);
            Assert.Null(journal.TryClaim(mail.Message));
            using var other = journal.TryClaim(new SomeMail(journal, text: "Another\r\n").Message);
            AssertKnown(other, [], []);
        }
        using var next = journal.TryClaim(mail.Message);
        Assert.NotNull(next);
        // An end that comes twice must not set free what somebody else has by now.
        Assert.Null(journal.TryClaim(mail.Message));
    }

    [Fact]
    public async Task AnEndThatComesTwiceSetsNothingFreeThatAnotherHas()
    {
        await using var journal = await OpenAsync(inFile: false);
        var mail = new SomeMail(journal);
        var first = journal.TryClaim(mail.Message)!;
        first.Dispose();
        using var second = journal.TryClaim(mail.Message);
        first.Dispose();
        Assert.Null(journal.TryClaim(mail.Message));
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await first.BeginAsync([mail.Clear], Token));
    }

    [Fact]
    public async Task WhatMustNotBeSentCanNotBeBegun()
    {
        await using var journal = await OpenAsync(inFile: false);
        var mail = new SomeMail(journal);
        var stranger = new SomeMail(journal, text: "Another\r\n");
        await mail.SendAsync(journal, Token);
        using var handover = journal.TryClaim(mail.Message)!;
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await handover.BeginAsync([mail.Clear], Token));
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await handover.BeginAsync([stranger.Clear], Token));
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await handover.HandedOverAsync(mail.Clear, null, Token));
        using var other = journal.TryClaim(stranger.Message)!;
        await other.BeginAsync([stranger.Clear], Token);
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await other.BeginAsync([stranger.Clear], Token));
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await other.HandedOverAsync(stranger.Encrypted, null, Token));
    }

    [Fact]
    public async Task ManySessionsAtOnceEachFindTheirOwn()
    {
        await using var journal = await OpenAsync(inFile: true);
        await Parallel.ForEachAsync(Enumerable.Range(0, 200), Token, async (i, token) =>
        {
            var mail = new SomeMail(journal, isNamed: i % 2 == 0, text: $"Message {i}\r\n", queueId: $"4ABC{i}");
            await mail.SendAsync(journal, token);
            using var again = journal.TryClaim(mail.Message);
            AssertKnown(again, i % 2 == 0 ? [mail.Ann, mail.Bob, mail.Carl] : [], []);
        });
        Assert.Equal((600, 0), (journal.Count, journal.OpenCount));
    }

    public void Dispose() => file.Dispose();

    private static void AssertKnown(Handover? handover, HandoverKey[] handedOver, HandoverKey[] perhaps)
    {
        Assert.NotNull(handover);
        Assert.Equal(handedOver.ToHashSet(), handover.HandedOverBefore);
        Assert.Equal(perhaps.ToHashSet(), handover.PerhapsBefore);
    }

    private async Task<HandoverJournal> OpenAsync(bool inFile) =>
        inFile ? await file.OpenAsync() : HandoverJournal.InMemory(file.Options, file.Clock, RandomNumberGenerator.Create());
}
