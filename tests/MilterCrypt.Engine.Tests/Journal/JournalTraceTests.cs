using MilterCrypt.Engine.Journal;
using MilterCrypt.Engine.Journal.Sqlite;

namespace MilterCrypt.Engine.Tests.Journal;

/// <summary>What another process is told of a message, while the daemon works.</summary>
public sealed class JournalTraceTests : IDisposable
{
    private readonly JournalFile file = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task AMessageIsFoundByItsNameAndByThatOfEachCopy(bool isNamed)
    {
        await using var journal = await file.OpenAsync();
        var began = file.Clock.GetUtcNow();
        await new SomeMail(journal, isNamed).SendAsync(journal, Token);
        file.Clock.Advance(TimeSpan.FromMinutes(1));
        await new SomeMail(journal, isNamed, "Another\r\n", "4ZZZ").SendAsync(journal, Token);

        var state = isNamed ? HandoverState.HandedOver : HandoverState.Closed;
        var encrypted = new HandoverTrace("4ABC", "openpgp", 1, state, "4DEF", began, began, began);
        var clear = new HandoverTrace("4ABC", "clear", 2, state, "4FED", began, began, began);
        var found = await SqliteJournal.TraceAsync(file.Path, "4ABC", Token);
        Assert.Equal([clear, encrypted], found.OrderBy(trace => trace.Form));
        Assert.Contains(encrypted, await SqliteJournal.TraceAsync(file.Path, "4DEF", Token));
        Assert.DoesNotContain(clear, await SqliteJournal.TraceAsync(file.Path, "4DEF", Token));
        Assert.Empty(await SqliteJournal.TraceAsync(file.Path, "4AB", Token));
    }

    [Fact]
    public async Task WhatIsUnderWayIsSeenAsFarAsItHasCome()
    {
        await using var journal = await file.OpenAsync();
        var mail = new SomeMail(journal);
        using var handover = journal.TryClaim(mail.Message)!;
        await handover.BeginAsync([mail.Encrypted, mail.Clear], Token);
        await handover.HandedOverAsync(mail.Clear, null, Token);
        var found = await SqliteJournal.TraceAsync(file.Path, "4ABC", Token);
        var now = file.Clock.GetUtcNow();
        Assert.Equal(
            [
                new HandoverTrace("4ABC", "clear", 2, HandoverState.HandedOver, null, now, now, null),
                new HandoverTrace("4ABC", "openpgp", 1, HandoverState.Sending, null, now, null, null),
            ],
            found.OrderBy(trace => trace.Form));
    }

    [Fact]
    public async Task WhoReadsDoesNotHoldTheDaemonUp()
    {
        await using var journal = await file.OpenAsync();
        await new SomeMail(journal).SendAsync(journal, Token);
        using var reader = file.Connect();
        using var transaction = reader.BeginTransaction(deferred: true);
        using var command = reader.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = "select count(*) from handovers";
        Assert.Equal(3L, command.ExecuteScalar());
        await new SomeMail(journal, text: "Another\r\n").SendAsync(journal, Token);
        Assert.Equal(3L, command.ExecuteScalar());
        Assert.Equal(6, (await SqliteJournal.TraceAsync(file.Path, "4ABC", Token)).Sum(trace => trace.Recipients));
    }

    [Fact]
    public async Task TheFileTellsOfNoSenderRecipientOrSubject()
    {
        await using (var journal = await file.OpenAsync())
            await new SomeMail(journal).SendAsync(journal, Token);
        string content = System.Text.Encoding.Latin1.GetString(await File.ReadAllBytesAsync(file.Path, Token));
        Assert.Contains("openpgp", content, StringComparison.Ordinal);
        Assert.Contains("4DEF", content, StringComparison.Ordinal);
        Assert.DoesNotContain("example", content, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("192.0.2.1", content, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhereThereIsNoJournalNoneIsMade()
    {
        var failure = await Assert.ThrowsAsync<JournalException>(() => SqliteJournal.TraceAsync(file.Path, "4ABC", Token));
        Assert.Contains("there is no journal", failure.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(file.Path));
    }

    public void Dispose() => file.Dispose();
}
