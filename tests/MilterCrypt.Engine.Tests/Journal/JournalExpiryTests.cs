using System.Security.Cryptography;
using MilterCrypt.Engine.Journal;

namespace MilterCrypt.Engine.Tests.Journal;

/// <summary>What a journal forgets, and when.</summary>
public sealed class JournalExpiryTests : IDisposable
{
    private static readonly TimeSpan Lifetime = new JournalOptions().Lifetime;

    private readonly JournalFile file = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task WhatIsOlderThanItsLifetimeIsForgotten()
    {
        await using var journal = await file.OpenAsync();
        var old = new SomeMail(journal);
        await old.SendAsync(journal, Token);
        file.Clock.Advance(Lifetime / 2);
        var newer = new SomeMail(journal, text: "Newer\r\n");
        await newer.SendAsync(journal, Token);
        file.Clock.Advance((Lifetime / 2) + TimeSpan.FromSeconds(1));
        // Known no more, though it is not yet cleared away.
        using (var handover = journal.TryClaim(old.Message)!)
            Assert.Empty(handover.HandedOverBefore);
        await journal.ExpireAsync(Token);
        Assert.Equal(3, journal.Count);
        using (var handover = journal.TryClaim(newer.Message)!)
            Assert.Equal(3, handover.HandedOverBefore.Count);
        await using var next = await file.OpenAsync(file.Copy());
        Assert.Equal(3, next.Count);
    }

    [Theory]
    [InlineData(2100)]
    [InlineData(1970)]
    public async Task ATimeOfDayThatJumpsForgetsNothingAndKeepsNothing(int year)
    {
        SomeMail mail;
        await using (var journal = await file.OpenAsync())
        {
            mail = new SomeMail(journal);
            await mail.SendAsync(journal, Token);
            file.Clock.JumpTo(new DateTimeOffset(year, 1, 1, 0, 0, 0, TimeSpan.Zero));
            await journal.ExpireAsync(Token);
            Assert.Equal(3, journal.Count);
        }
        await using (var journal = await file.OpenAsync())
        {
            await journal.ExpireAsync(Token);
            Assert.Equal(3, journal.Count);
            file.Clock.Advance(Lifetime + TimeSpan.FromSeconds(1));
            await journal.ExpireAsync(Token);
            Assert.Equal(0, journal.Count);
        }
    }

    [Fact]
    public async Task TimeGoesOnFromStartToStart()
    {
        await using (var journal = await file.OpenAsync())
            await new SomeMail(journal).SendAsync(journal, Token);
        for (int i = 0; i < 4; i++)
        {
            await using var journal = await file.OpenAsync();
            Assert.Equal(3, journal.Count);
            file.Clock.Advance((Lifetime / 4) + TimeSpan.FromSeconds(1));
        }
        await using var last = await file.OpenAsync();
        Assert.Equal(0, last.Count);
    }

    [Fact]
    public async Task WhatASessionHasInHandIsNotTakenFromIt()
    {
        await using var journal = await file.OpenAsync();
        var mail = new SomeMail(journal);
        using var handover = journal.TryClaim(mail.Message)!;
        await handover.BeginAsync([mail.Clear], Token);
        file.Clock.Advance(Lifetime * 2);
        await journal.ExpireAsync(Token);
        await handover.HandedOverAsync(mail.Clear, "4DEF", Token);
        Assert.Equal(2, journal.Count);
    }

    [Fact]
    public async Task WhereThereIsNoRoomTheOldestOfTheSettledGo()
    {
        using var small = new JournalFile { Options = new JournalOptions { MaxRows = 9 } };
        await using var journal = await small.OpenAsync();
        var mails = new List<SomeMail>();
        for (int i = 0; i < 4; i++)
        {
            small.Clock.Advance(TimeSpan.FromMinutes(1));
            mails.Add(new SomeMail(journal, isNamed: true, text: $"{i}\r\n"));
            await mails[i].SendAsync(journal, Token);
        }
        Assert.Equal(9, journal.Count);
        Assert.Equal([0, 3, 3, 3], mails.Select(mail => KnownOf(journal, mail)));
        await using var next = await small.OpenAsync(small.Copy());
        Assert.Equal([0, 3, 3, 3], mails.Select(mail => KnownOf(next, mail)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task WhereAllIsOpenTheNextMessageIsRefusedAndNothingIsForgotten(bool inFile)
    {
        using var small = new JournalFile { Options = new JournalOptions { MaxRows = 7 } };
        await using var journal = inFile
            ? await small.OpenAsync()
            : HandoverJournal.InMemory(small.Options, small.Clock, RandomNumberGenerator.Create());
        for (int i = 0; i < 2; i++)
        {
            var mail = new SomeMail(journal, text: $"{i}\r\n");
            using var handover = journal.TryClaim(mail.Message)!;
            await handover.BeginAsync([mail.Encrypted, mail.Clear], Token);
            await handover.HandedOverAsync(mail.Clear, "4DEF", Token);
        }
        var late = new SomeMail(journal, text: "late\r\n");
        using (var handover = journal.TryClaim(late.Message)!)
        {
            var failure = await Assert.ThrowsAsync<JournalException>(async () => await handover.BeginAsync([late.Encrypted, late.Clear], Token));
            Assert.Contains("the journal is full: 6 copies", failure.Message, StringComparison.Ordinal);
            // One more fits.
            await handover.BeginAsync([late.Encrypted], Token);
        }
        Assert.Equal(7, journal.OpenCount);
        // A try again needs no new room.
        var first = new SomeMail(journal, text: "0\r\n");
        using var again = journal.TryClaim(first.Message)!;
        await again.BeginAsync([first.Encrypted], Token);
    }

    public void Dispose() => file.Dispose();

    private static int KnownOf(HandoverJournal journal, SomeMail mail)
    {
        using var handover = journal.TryClaim(mail.Message)!;
        return handover.HandedOverBefore.Count;
    }
}
