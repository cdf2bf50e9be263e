using Microsoft.Data.Sqlite;
using MilterCrypt.Native.LibC;
using SQLitePCL;

namespace MilterCrypt.Engine.Storage;

/// <summary>An open data base file and the thread that speaks to it. Whoever opens it disposes it.</summary>
internal sealed class SqliteFile : IAsyncDisposable
{
    private readonly string path;
    private readonly SqliteSchema schema;
    private readonly FileIdentity? identity;
    private readonly SqliteThread thread;

    private SqliteFile(string path, SqliteSchema schema, FileIdentity? identity, SqliteConnection connection)
    {
        this.path = path;
        this.schema = schema;
        this.identity = identity;
        IsReadOnly = raw.sqlite3_db_readonly(connection.Handle, "main") != 0;
        thread = new SqliteThread(connection, schema.Name);
    }

    /// <summary>Whether it can't be written, by this user or at all.</summary>
    public bool IsReadOnly { get; }

    /// <summary>Whether another file, or none, is where this one was when it was opened: what is read and written here
    /// is a file without a name.</summary>
    public bool IsReplaced => FileIdentity.Of(path) != identity;

    /// <summary>Opens a file.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="schema">What it must be.</param>
    /// <param name="access">What for. To be made it needs a folder that exists.</param>
    /// <param name="patience">How long to wait, in whole seconds, while another process writes.</param>
    /// <param name="cancellationToken">Gives up waiting for it to open.</param>
    /// <exception cref="StorageException">It can't be opened; the message says why.</exception>
    public static async Task<SqliteFile> OpenAsync(
        string path, SqliteSchema schema, SqliteAccess access, TimeSpan patience, CancellationToken cancellationToken)
    {
        // Before it is opened: a file that takes its place meanwhile must be noticed, even if it is the one that is opened.
        var identity = FileIdentity.Of(path);
        // Opening blocks like all else, and comes before there is a thread of its own.
        var connection = await Task.Factory.StartNew(
            () => SqliteOpening.Open(path, schema, access, patience),
            cancellationToken,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
        return new SqliteFile(path, schema, identity ?? FileIdentity.Of(path), connection);
    }

    /// <summary>Runs a piece of work when those before it are done. What it throws, the caller gets.</summary>
    /// <exception cref="StorageException">SQLite failed.</exception>
    public async Task<T> RunAsync<T>(Func<SqliteConnection, T> work, CancellationToken cancellationToken)
    {
        try
        {
            return await thread.RunAsync(work, cancellationToken);
        }
        catch (SqliteException e)
        {
            throw SqliteFailure.Explain(e, path, schema);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => thread.DisposeAsync();
}
