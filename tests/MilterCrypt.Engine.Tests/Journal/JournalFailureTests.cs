using MilterCrypt.Engine.Journal;

namespace MilterCrypt.Engine.Tests.Journal;

/// <summary>Files that can't be opened, and disks that fail while mail is under way.</summary>
public sealed class JournalFailureTests : IDisposable
{
    private readonly JournalFile file = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ALockedFileKeepsMailBackForASecondAndIsMadeUpForLater()
    {
        await using var journal = await file.OpenAsync();
        var mail = new SomeMail(journal);
        using (var handover = journal.TryClaim(mail.Message)!)
        {
            await handover.BeginAsync([mail.Clear], Token);
            using (var other = file.Connect())
            using (other.BeginTransaction(deferred: false))
            {
                var failure = await Assert.ThrowsAsync<JournalException>(async () => await handover.HandedOverAsync(mail.Clear, "4DEF", Token));
                Assert.Contains("is being written by another process", failure.Message, StringComparison.Ordinal);
                // Nothing was written of it, so nothing may be sent.
                await Assert.ThrowsAsync<JournalException>(async () => await handover.BeginAsync([mail.Encrypted], Token));
            }
        }
        // What happened is known at once; on the disk it is with what is written next.
        using (var again = journal.TryClaim(mail.Message)!)
        {
            Assert.Equal([mail.Bob, mail.Carl], again.HandedOverBefore.ToHashSet());
            Assert.Empty(again.PerhapsBefore);
        }
        await new SomeMail(journal, text: "Next\r\n").SendAsync(journal, Token);
        await using var next = await file.OpenAsync(file.Copy());
        using var after = next.TryClaim(mail.Message)!;
        Assert.Equal([mail.Bob, mail.Carl], after.HandedOverBefore.ToHashSet());
        Assert.Empty(after.PerhapsBefore);
    }

    [Fact]
    public async Task WhoGivesUpBeforeItIsWrittenHasBegunNothing()
    {
        await using var journal = await file.OpenAsync();
        var mail = new SomeMail(journal);
        using (var handover = journal.TryClaim(mail.Message)!)
        using (var other = file.Connect())
        using (other.BeginTransaction(deferred: false))
        using (var deadline = new CancellationTokenSource())
        {
            var beginning = handover.BeginAsync([mail.Clear], deadline.Token).AsTask();
            await deadline.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => beginning);
        }
        Assert.Equal(0, journal.Count);
        await journal.ExpireAsync(Token);
        await using var next = await file.OpenAsync(file.Copy());
        Assert.Equal(0, next.Count);
    }

    [Fact]
    public async Task WhoGivesUpWaitingForAWordThatIsSureHasSaidIt()
    {
        await using var journal = await file.OpenAsync();
        var mail = new SomeMail(journal);
        using (var handover = journal.TryClaim(mail.Message)!)
        {
            await handover.BeginAsync([mail.Clear], Token);
            using var other = file.Connect();
            using var transaction = other.BeginTransaction(deferred: false);
            using var deadline = new CancellationTokenSource();
            var telling = handover.HandedOverAsync(mail.Clear, "4DEF", deadline.Token).AsTask();
            await deadline.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => telling);
        }
        await journal.ExpireAsync(Token);
        await using var next = await file.OpenAsync(file.Copy());
        using var after = next.TryClaim(mail.Message)!;
        Assert.Equal([mail.Bob, mail.Carl], after.HandedOverBefore.ToHashSet());
    }

    [Fact]
    public async Task WhatWaitsWhileTheDiskIsBusyGoesTogether()
    {
        await using var journal = await file.OpenAsync();
        var mails = Enumerable.Range(0, 50).Select(i => new SomeMail(journal, text: $"{i}\r\n")).ToList();
        var handovers = mails.ConvertAll(mail => journal.TryClaim(mail.Message)!);
        long before = file.CountCommits();
        using (var other = file.Connect())
        {
            List<Task> waiting;
            using (other.BeginTransaction(deferred: false))
                waiting = [.. handovers.Zip(mails, (handover, mail) => handover.BeginAsync([mail.Clear], Token).AsTask())];
            await Task.WhenAll(waiting);
        }
        handovers.ForEach(handover => handover.Dispose());
        // The first may be on its way alone; all others are behind it.
        Assert.InRange(file.CountCommits() - before, 1, 2);
        Assert.Equal(100, journal.Count);
    }

    [Fact]
    public async Task AFullDiskKeepsMailBackUntilThereIsRoom()
    {
        using var disk = await SmallDisk.TryMountAsync(Token);
        if (disk is null)
            Assert.Skip("a small disk can be mounted by root alone");
        string path = disk.PathOf("journal.db");
        await using var journal = await file.OpenAsync(path);
        var mail = new SomeMail(journal);
        using var handover = journal.TryClaim(mail.Message)!;
        await handover.BeginAsync([mail.Clear], Token);
        disk.Fill();

        // The log's file has pages left over from those before; when they are used up there is no room.
        JournalException? failure = null;
        int begun = 0;
        for (; failure is null && begun < 10_000; begun++)
        {
            var next = new SomeMail(journal, text: $"{begun}\r\n");
            using var other = journal.TryClaim(next.Message)!;
            failure = await Record.ExceptionAsync(async () => await other.BeginAsync([next.Encrypted], Token)) as JournalException;
        }
        Assert.Contains("no space left", failure?.Message, StringComparison.Ordinal);
        int known = journal.Count;
        await Assert.ThrowsAsync<JournalException>(async () => await handover.HandedOverAsync(mail.Clear, "4DEF", Token));

        disk.Free();
        var late = new SomeMail(journal, text: "late\r\n");
        await late.SendAsync(journal, Token);
        Assert.Equal(known + 3, journal.Count);
        handover.Dispose();
        await journal.DisposeAsync();
        await using var after = await file.OpenAsync(path);
        Assert.Equal(known + 3, after.Count);
        using var again = after.TryClaim(mail.Message)!;
        Assert.Equal([mail.Bob, mail.Carl], again.HandedOverBefore.ToHashSet());
    }

    [Fact]
    public async Task AFileThatMayNotBeWrittenIsSaidToBeSo()
    {
        using var disk = await SmallDisk.TryMountAsync(Token);
        if (disk is null)
            Assert.Skip("root may write all files; a disk that nobody may write can be mounted by root alone");
        string path = disk.PathOf("journal.db");
        await (await file.OpenAsync(path)).DisposeAsync();
        await disk.MakeReadOnlyAsync(Token);
        var failure = await Assert.ThrowsAsync<JournalException>(() => file.OpenAsync(path));
        Assert.Contains(path, failure.Message, StringComparison.Ordinal);
        Assert.Contains("can't be", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OneDaemonAloneHasAJournal()
    {
        await using (await file.OpenAsync())
        {
            var failure = await Assert.ThrowsAsync<JournalException>(file.OpenAsync);
            Assert.Contains("another daemon has it open", failure.Message, StringComparison.Ordinal);
        }
        await using var next = await file.OpenAsync();
        Assert.Equal(0, next.Count);
    }

    [Theory]
    [InlineData("remove")]
    [InlineData("replace")]
    public async Task AFileThatIsTakenAwayWhileItIsOpenIsNoticed(string how)
    {
        await using var journal = await file.OpenAsync();
        var mail = new SomeMail(journal);
        string copy = file.Copy();
        if (how == "remove")
            File.Delete(file.Path);
        else
            File.Move(copy, file.Path, overwrite: true);
        using var handover = journal.TryClaim(mail.Message)!;
        var failure = await Assert.ThrowsAsync<JournalException>(async () => await handover.BeginAsync([mail.Clear], Token));
        Assert.Contains("was moved, removed or replaced while it was open", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AFileOfAnotherKindIsNotTouched()
    {
        await File.WriteAllTextAsync(file.Path, new string('x', 5000), Token);
        var failure = await Assert.ThrowsAsync<JournalException>(file.OpenAsync);
        Assert.Contains("is not a journal", failure.Message, StringComparison.Ordinal);
        Assert.Equal(new string('x', 5000), await File.ReadAllTextAsync(file.Path, Token));
    }

    [Fact]
    public async Task AKeyStoreIsNotTakenForAJournal()
    {
        await (await Engine.Keys.Sqlite.SqliteKeyStore.OpenAsync(file.Path, create: true, TimeSpan.FromSeconds(1), Token)).DisposeAsync();
        var failure = await Assert.ThrowsAsync<JournalException>(file.OpenAsync);
        Assert.Contains("but not a journal of MilterCrypt", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AFileOfANewerProgramIsLeftToIt()
    {
        await (await file.OpenAsync()).DisposeAsync();
        file.Execute("pragma user_version = 99");
        var failure = await Assert.ThrowsAsync<JournalException>(file.OpenAsync);
        Assert.Contains("written by a newer MilterCrypt", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("update handovers set state = 7")]
    [InlineData("update handovers set key = x'00' where key = (select min(key) from handovers)")]
    [InlineData("update handovers set began = 9999999999999999")]
    [InlineData("update handovers set age = -1")]
    [InlineData("update journal set secret = x'0102'")]
    public async Task AnEntryThatCanNotBeIsSaidToBeDamaged(string damage)
    {
        await using (var journal = await file.OpenAsync())
            await new SomeMail(journal).SendAsync(journal, Token);
        file.Execute(damage);
        var failure = await Assert.ThrowsAsync<JournalException>(file.OpenAsync);
        Assert.Contains("is damaged: put it aside", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhereverAFileIsDamagedItIsOpenedWithWhatItHeldOrRefused()
    {
        await using (var journal = await file.OpenAsync())
        {
            for (int i = 0; i < 20; i++)
                await new SomeMail(journal, text: $"{i}\r\n").SendAsync(journal, Token);
        }
        byte[] content = await File.ReadAllBytesAsync(file.Path, Token);
        int refused = 0;
        for (int start = 0; start < content.Length; start += 509)
        {
            byte[] damaged = [.. content];
            damaged.AsSpan(start, Math.Min(64, damaged.Length - start)).Fill(0xA5);
            await File.WriteAllBytesAsync(file.Path, damaged, Token);
            try
            {
                await using var journal = await file.OpenAsync();
            }
            catch (JournalException)
            {
                refused++;
            }
        }
        Assert.NotEqual(0, refused);
    }

    [Fact]
    public async Task AMissingFolderIsNotMade()
    {
        var failure = await Assert.ThrowsAsync<JournalException>(() => file.OpenAsync(file.Path + "/no/journal.db"));
        Assert.Contains("can't be had alone", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TheFileIsForItsOwnerAndGroup()
    {
        await using var journal = await file.OpenAsync();
        await new SomeMail(journal).SendAsync(journal, Token);
        foreach (string part in Directory.EnumerateFiles(Path.GetDirectoryName(file.Path)!, "journal.db*"))
            Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(part) & (UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.GroupWrite));
    }

    [Fact]
    public async Task AClosedJournalSaysSo()
    {
        var journal = await file.OpenAsync();
        var mail = new SomeMail(journal);
        using var handover = journal.TryClaim(mail.Message)!;
        await journal.DisposeAsync();
        var failure = await Assert.ThrowsAsync<JournalException>(async () => await handover.BeginAsync([mail.Clear], Token));
        Assert.Contains("is closed", failure.Message, StringComparison.Ordinal);
    }

    public void Dispose() => file.Dispose();
}
