using System.Security.Cryptography;
using Microsoft.Data.Sqlite;
using MilterCrypt.Engine.Storage;

namespace MilterCrypt.Engine.Journal.Sqlite;

/// <summary>Journals that outlive the process, each in a file of its own.</summary>
public static class SqliteJournal
{
    private const UnixFileMode ForOwner = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    // A message's session waits for it.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>Opens a journal to go on with it, and keeps other processes from doing so; they may read it.</summary>
    /// <param name="path">The file; it is made where there is none, its folder is not. Its lock is beside it, with ".lock" behind
    /// the name.</param>
    /// <param name="options">How much it remembers.</param>
    /// <param name="clock">Measures how long it is open, and tells the time of day for who asks later.</param>
    /// <param name="random">Makes a new journal's secret.</param>
    /// <param name="cancellationToken">Gives up waiting for it to open.</param>
    /// <exception cref="JournalException">It can't be opened; the message says why.</exception>
    public static async Task<HandoverJournal> OpenAsync(
        string path, JournalOptions options, TimeProvider clock, RandomNumberGenerator random, CancellationToken cancellationToken)
    {
        var ownership = Own(path);
        SqliteFile? file = null;
        HandoverJournal? journal = null;
        try
        {
            file = await SqliteFile.OpenAsync(path, JournalSchema.Schema, SqliteAccess.Make, Patience, cancellationToken);
            if (file.IsReadOnly)
                throw new JournalException($"the journal {path} can't be written by this user");
            var (secret, age, rows) = await file.RunAsync(connection => Load(connection, path, random), cancellationToken);
            return journal = new HandoverJournal(
                new SqliteHandoverLog(path, file, ownership), secret, rows, new JournalClock(clock, age), options);
        }
        catch (StorageException e)
        {
            throw new JournalException(e.Message, e);
        }
        finally
        {
            if (journal is null)
            {
                await (file?.DisposeAsync() ?? ValueTask.CompletedTask);
                await ownership.DisposeAsync();
            }
        }
    }

    /// <summary>What a journal tells of one message, by what the MTA called it or one of its copies. A daemon that has the journal
    /// open is not held up.</summary>
    /// <exception cref="JournalException">It can't be read; the message says why.</exception>
    public static async Task<IReadOnlyList<HandoverTrace>> TraceAsync(string path, string queueId, CancellationToken cancellationToken)
    {
        try
        {
            await using var file = await SqliteFile.OpenAsync(path, JournalSchema.Schema, SqliteAccess.Read, Patience, cancellationToken);
            var rows = await file.RunAsync(connection => HandoverRows.Find(connection, path, queueId), cancellationToken);
            return HandoverTrace.Of(rows);
        }
        catch (StorageException e)
        {
            throw new JournalException(e.Message, e);
        }
    }

    // Two daemons would each send what the other has sent. A file of its own, since SQLite's own locks would go when any other
    // descriptor of the journal's file is closed (POSIX fcntl). It is never removed: who waits for it would lock a file without a name.
    private static FileStream Own(string path)
    {
        try
        {
            return new FileStream(path + ".lock", new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate,
                Access = FileAccess.ReadWrite,
                Share = FileShare.None,
                UnixCreateMode = ForOwner,
            });
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new JournalException($"the journal {path} can't be had alone: another daemon has it open, or {path}.lock can't be made ({e.Message})", e);
        }
    }

    private static (byte[] Secret, TimeSpan Age, List<HandoverChange> Rows) Load(
        SqliteConnection connection, string path, RandomNumberGenerator random)
    {
        using var check = connection.CreateCommand();
        check.CommandText = "pragma quick_check(1)";
        if (check.ExecuteScalar() is not "ok")
            throw new StorageException(JournalSchema.Schema.Damaged(path));

        byte[] fresh = new byte[HandoverKeys.SecretLength];
        random.GetBytes(fresh);
        using var begin = connection.CreateCommand();
        begin.CommandText = "insert into journal (secret, age) select $secret, 0 where not exists (select * from journal)";
        begin.Parameters.AddWithValue("$secret", fresh);
        begin.ExecuteNonQuery();

        using var read = connection.CreateCommand();
        read.CommandText = "select secret, age from journal";
        using var journal = read.ExecuteReader();
        if (!journal.Read() || journal.GetFieldValue<byte[]>(0) is not { Length: HandoverKeys.SecretLength } secret)
            throw new StorageException(JournalSchema.Schema.Damaged(path));
        long age = Math.Clamp(journal.GetInt64(1), 0, (long)TimeSpan.MaxValue.TotalMilliseconds / 2);
        return (secret, TimeSpan.FromMilliseconds(age), HandoverRows.ReadAll(connection, path));
    }
}
