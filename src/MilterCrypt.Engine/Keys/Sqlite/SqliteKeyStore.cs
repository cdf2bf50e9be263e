using Microsoft.Data.Sqlite;
using MilterCrypt.Native.LibC;
using MilterCrypt.OpenPgp.Packets;

namespace MilterCrypt.Engine.Keys.Sqlite;

/// <summary>Keys in one SQLite file, which a daemon reads while commands write it. Whoever opens it disposes it.</summary>
public sealed class SqliteKeyStore : IKeyStore
{
    private readonly string path;
    private readonly SqliteThread thread;

    private readonly FileIdentity? identity;

    private SqliteKeyStore(string path, FileIdentity? identity, SqliteConnection connection)
    {
        this.path = path;
        this.identity = identity;
        thread = new SqliteThread(connection);
    }

    /// <summary>Whether another file, or none, is where this one was when it was opened: what is read and written here
    /// is a file without a name.</summary>
    public bool IsReplaced => FileIdentity.Of(path) != identity;

    /// <summary>Opens a file.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="create">Whether to make one where there is none; its folder must exist.</param>
    /// <param name="patience">How long to wait, in whole seconds, while another process writes.</param>
    /// <param name="cancellationToken">Gives up waiting for it to open.</param>
    /// <exception cref="KeyStoreException">It can't be opened; the message says why.</exception>
    public static async Task<SqliteKeyStore> OpenAsync(string path, bool create, TimeSpan patience, CancellationToken cancellationToken)
    {
        // Before it is opened: a file that takes its place meanwhile must be noticed, even if it is the one that is opened.
        var identity = FileIdentity.Of(path);
        // Opening blocks like all else, and comes before there is a thread of its own.
        var connection = await Task.Factory.StartNew(
            () => SqliteOpening.Open(path, create, patience),
            cancellationToken,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
        return new SqliteKeyStore(path, identity ?? FileIdentity.Of(path), connection);
    }

    /// <inheritdoc/>
    public Task<KeyChanges> ReadChangesAsync(long after, CancellationToken cancellationToken) =>
        RunAsync(connection => SqliteQueries.ReadChanges(connection, after), cancellationToken);

    /// <inheritdoc/>
    public Task<StoredCertificate?> FindAsync(Fingerprint fingerprint, CancellationToken cancellationToken) =>
        RunAsync(connection => SqliteQueries.Find(connection, fingerprint), cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<StoredCertificate>> FindAsync(string address, CancellationToken cancellationToken) =>
        RunAsync(connection => SqliteQueries.Find(connection, address), cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<StoreOutcome>> StoreAsync(IReadOnlyList<StoredCertificate> certificates, CancellationToken cancellationToken) =>
        RunAsync(connection => SqliteUpdates.Store(connection, certificates, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public Task<int> RemoveAsync(IReadOnlyList<Fingerprint> fingerprints, CancellationToken cancellationToken) =>
        RunAsync(connection => SqliteUpdates.Remove(connection, fingerprints), cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => thread.DisposeAsync();

    private async Task<T> RunAsync<T>(Func<SqliteConnection, T> work, CancellationToken cancellationToken)
    {
        try
        {
            return await thread.RunAsync(work, cancellationToken);
        }
        catch (SqliteException e)
        {
            throw SqliteFailure.Explain(e, path);
        }
    }
}
