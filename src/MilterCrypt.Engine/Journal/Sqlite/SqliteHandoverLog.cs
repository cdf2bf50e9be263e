using MilterCrypt.Engine.Storage;

namespace MilterCrypt.Engine.Journal.Sqlite;

/// <summary>A journal's file. Each transaction waits for the disk, a few milliseconds; what comes meanwhile goes together in the
/// next, so that many messages at once cost not many more waits than one.</summary>
internal sealed class SqliteHandoverLog : IHandoverLog
{
    private readonly Lock access = new();
    private readonly string path;
    private readonly SqliteFile file;
    private readonly FileStream ownership;
    private HandoverWriting? writing;
    private JournalBatch? next;
    private bool isClosed;

    /// <summary>Takes over an open file and what keeps other processes from writing it.</summary>
    public SqliteHandoverLog(string path, SqliteFile file, FileStream ownership)
    {
        this.path = path;
        this.file = file;
        this.ownership = ownership;
    }

    /// <inheritdoc/>
    public Task WriteAsync(IReadOnlyList<HandoverChange> changes, TimeSpan age)
    {
        lock (access)
        {
            if (isClosed)
                return Task.FromException(new JournalException($"the journal {path} is closed"));
            if (next is null)
            {
                next = new JournalBatch();
                next.Written = WriteAsync(next);
            }
            next.Changes.AddRange(changes);
            next.Age = age;
            return next.Written;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        lock (access)
        {
            if (isClosed)
                return;
            isClosed = true;
        }
        await file.DisposeAsync().ConfigureAwait(false);
        await ownership.DisposeAsync().ConfigureAwait(false);
    }

    private async Task WriteAsync(JournalBatch batch)
    {
        try
        {
            await file.RunAsync(
                connection =>
                {
                    // Whatever comes from here on is for the next batch.
                    lock (access)
                        next = null;
                    if (file.IsReplaced)
                        throw new StorageException($"{path} was moved, removed or replaced while it was open: put it back, or start the daemon anew");
                    writing ??= new HandoverWriting(connection);
                    writing.Write(batch.Changes, batch.Age);
                    return true;
                },
                CancellationToken.None).ConfigureAwait(false);
        }
        catch (StorageException e)
        {
            throw new JournalException(e.Message, e);
        }
    }
}
