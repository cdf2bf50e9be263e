using Microsoft.Data.Sqlite;
using MilterCrypt.Engine.Storage;
using MilterCrypt.OpenPgp.Packets;

namespace MilterCrypt.Engine.Keys.Sqlite;

/// <summary>Keys in one SQLite file, which a daemon reads while commands write it. Whoever opens it disposes it.</summary>
public sealed class SqliteKeyStore : IKeyStore
{
    private readonly SqliteFile file;

    private SqliteKeyStore(SqliteFile file) => this.file = file;

    /// <summary>Whether another file, or none, is where this one was when it was opened: what is read and written here
    /// is a file without a name.</summary>
    public bool IsReplaced => file.IsReplaced;

    /// <summary>Opens a file.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="create">Whether to make one where there is none; its folder must exist.</param>
    /// <param name="patience">How long to wait, in whole seconds, while another process writes.</param>
    /// <param name="cancellationToken">Gives up waiting for it to open.</param>
    /// <exception cref="KeyStoreException">It can't be opened; the message says why.</exception>
    public static async Task<SqliteKeyStore> OpenAsync(string path, bool create, TimeSpan patience, CancellationToken cancellationToken)
    {
        try
        {
            var access = create ? SqliteAccess.Make : SqliteAccess.Write;
            return new SqliteKeyStore(await SqliteFile.OpenAsync(path, KeyStoreSchema.Schema, access, patience, cancellationToken));
        }
        catch (StorageException e)
        {
            throw Translate(e);
        }
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
    public Task<bool> WithdrawTrustAsync(Fingerprint fingerprint, IReadOnlyCollection<string> addresses, CancellationToken cancellationToken) =>
        RunAsync(connection => SqliteUpdates.WithdrawTrust(connection, fingerprint, addresses), cancellationToken);

    /// <inheritdoc/>
    public Task<int> RemoveAsync(IReadOnlyList<Fingerprint> fingerprints, CancellationToken cancellationToken) =>
        RunAsync(connection => SqliteUpdates.Remove(connection, fingerprints), cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => file.DisposeAsync();

    private async Task<T> RunAsync<T>(Func<SqliteConnection, T> work, CancellationToken cancellationToken)
    {
        try
        {
            return await file.RunAsync(work, cancellationToken);
        }
        catch (StorageException e)
        {
            throw Translate(e);
        }
    }

    private static KeyStoreException Translate(StorageException failure) =>
        new(failure.Message, failure) { IsTemporary = failure.IsTemporary };
}
