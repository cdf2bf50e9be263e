using MilterCrypt.Engine.Journal;

namespace MilterCrypt.Engine.Tests.Journal;

/// <summary>The process or the machine dies; the next try comes to the one that starts after it.</summary>
public sealed class JournalCrashTests : IDisposable
{
    private readonly JournalFile file = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task AfterEachWriteTheNextStartKnowsWhatWasWritten(bool isNamed)
    {
        await using var journal = await file.OpenAsync();
        var mail = new SomeMail(journal, isNamed);
        using var handover = journal.TryClaim(mail.Message)!;
        await AssertKnownAsync(file.Copy(), mail, [], []);
        await handover.BeginAsync([mail.Encrypted, mail.Clear], Token);
        await AssertKnownAsync(file.Copy(), mail, [], [mail.Ann, mail.Bob, mail.Carl]);
        await handover.HandedOverAsync(mail.Clear, "4DEF", Token);
        await AssertKnownAsync(file.Copy(), mail, [mail.Bob, mail.Carl], [mail.Ann]);
        await handover.WithdrawAsync(mail.Encrypted, Token);
        await AssertKnownAsync(file.Copy(), mail, [mail.Bob, mail.Carl], []);
        await handover.SettleAsync(Token);
        await AssertKnownAsync(file.Copy(), mail, isNamed ? [mail.Bob, mail.Carl] : [], []);
        // The file is the whole of it: the log beside it may be gone when all is written.
        handover.Dispose();
        await journal.DisposeAsync();
        Assert.False(File.Exists(file.Path + "-wal"));
        await AssertKnownAsync(file.Copy(), mail, isNamed ? [mail.Bob, mail.Carl] : [], []);
    }

    [Fact]
    public async Task HoweverLittleOfTheLogGotToTheDiskItIsAStateThatWas()
    {
        await using var journal = await file.OpenAsync();
        var mail = new SomeMail(journal);
        using (var handover = journal.TryClaim(mail.Message)!)
        {
            await handover.BeginAsync([mail.Encrypted, mail.Clear], Token);
            await handover.HandedOverAsync(mail.Encrypted, "4DEF", Token);
            await handover.HandedOverAsync(mail.Clear, "4FED", Token);
        }

        var states = new List<(int HandedOver, int Perhaps)>();
        long length = new FileInfo(file.Path + "-wal").Length;
        // A prime: cuts fall everywhere in SQLite's frames.
        const int Step = 1031;
        for (long cut = 0; cut < length + Step; cut += Step)
        {
            var state = await KnownAsync(file.Copy(cut), mail);
            if (states.Count == 0 || states[^1] != state)
                states.Add(state);
        }
        Assert.Equal([(0, 0), (0, 3), (1, 2), (3, 0)], states);
    }

    [Fact]
    public async Task AFreshStartSettlesWhatTheOneBeforeLeftOpen()
    {
        SomeMail mail;
        await using (var journal = await file.OpenAsync())
        {
            mail = new SomeMail(journal, isNamed: false);
            using var handover = journal.TryClaim(mail.Message)!;
            await handover.BeginAsync([mail.Clear], Token);
            await handover.HandedOverAsync(mail.Clear, "4DEF", Token);
        }
        await using (var journal = await file.OpenAsync())
        {
            // The same secret: the same mail has the same name.
            Assert.Equal(mail.Bob, new SomeMail(journal, isNamed: false).Bob);
            Assert.True(journal.MayKnow(mail.Message.Hint));
            Assert.Equal(2, journal.OpenCount);
            using var handover = journal.TryClaim(mail.Message)!;
            Assert.Equal([mail.Bob, mail.Carl], handover.HandedOverBefore.ToHashSet());
            await handover.SettleAsync(Token);
        }
        await AssertKnownAsync(file.Copy(), mail, [], []);
    }

    [Fact]
    public async Task AnotherJournalHasAnotherSecret()
    {
        await using var journal = await file.OpenAsync();
        using var other = new JournalFile();
        await using var otherJournal = await other.OpenAsync();
        Assert.NotEqual(new SomeMail(journal).Ann, new SomeMail(otherJournal).Ann);
        Assert.NotEqual(new SomeMail(journal).Message.Hint, new SomeMail(otherJournal).Message.Hint);
    }

    public void Dispose() => file.Dispose();

    private async Task<(int HandedOver, int Perhaps)> KnownAsync(string path, SomeMail mail)
    {
        await using var journal = await file.OpenAsync(path);
        using var handover = journal.TryClaim(mail.Message)!;
        return (handover.HandedOverBefore.Count, handover.PerhapsBefore.Count);
    }

    private async Task AssertKnownAsync(string path, SomeMail mail, HandoverKey[] handedOver, HandoverKey[] perhaps)
    {
        await using var journal = await file.OpenAsync(path);
        Assert.Equal(handedOver.Length + perhaps.Length > 0, journal.MayKnow(mail.Message.Hint));
        using var handover = journal.TryClaim(mail.Message)!;
        Assert.Equal(handedOver.ToHashSet(), handover.HandedOverBefore);
        Assert.Equal(perhaps.ToHashSet(), handover.PerhapsBefore);
    }
}
