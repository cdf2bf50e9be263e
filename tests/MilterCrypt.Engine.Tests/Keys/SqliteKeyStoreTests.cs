using System.Diagnostics;
using Microsoft.Data.Sqlite;
using MilterCrypt.Engine.Keys;
using MilterCrypt.Engine.Keys.Sqlite;
using MilterCrypt.TestSupport;

namespace MilterCrypt.Engine.Tests.Keys;

/// <summary>A key store as a file: who may read it, what becomes of it when it is broken, how two processes share it.</summary>
public sealed class SqliteKeyStoreTests : IDisposable
{
    private static readonly TimeSpan OneSecond = TimeSpan.FromSeconds(1);

    private readonly KeyRing ring;
    private readonly TestDirectory directory = new();

    public SqliteKeyStoreTests(KeyRing ring)
    {
        ring.RequireGpg();
        this.ring = ring;
        File = directory.PathOf("keys.db");
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string File { get; }

    [Fact]
    public async Task TheFileIsForItsOwnerAndGroup()
    {
        await using var store = await OpenAsync();
        await store.StoreAsync([ring.Old], Token);
        foreach (string part in Directory.EnumerateFiles(directory.Root, "keys.db*"))
            Assert.Equal(UnixFileMode.None, System.IO.File.GetUnixFileMode(part) & (UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.GroupWrite));
    }

    [Fact]
    public async Task AnotherConnectionSeesWhatWasStoredAndKeepsReadingMeanwhile()
    {
        await using var writer = await OpenAsync();
        await using var reader = await OpenAsync();
        await writer.StoreAsync([ring.Old], Token);
        var first = await reader.ReadChangesAsync(0, Token);
        await writer.StoreAsync([ring.Newer], Token);
        var second = await reader.ReadChangesAsync(first.Through, Token);
        Assert.Equal([ring.Old.Fingerprint], first.Changes.Select(change => change.Fingerprint));
        Assert.Equal([ring.Newer.Fingerprint], second.Changes.Select(change => change.Fingerprint));
    }

    [Fact]
    public async Task AFileThatAnotherProcessLocksIsATemporaryFailureWithinSeconds()
    {
        await using var store = await OpenAsync();
        using var other = new SqliteConnection($"Data Source={File};Pooling=False");
        other.Open();
        using var transaction = other.BeginTransaction(deferred: false);
        var watch = Stopwatch.StartNew();
        var failure = await Assert.ThrowsAsync<KeyStoreException>(() => store.StoreAsync([ring.Old], Token));
        Assert.True(failure.IsTemporary);
        Assert.Contains("is being written by another process", failure.Message, StringComparison.Ordinal);
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(20));
        // Reading goes on.
        Assert.Empty((await store.ReadChangesAsync(0, Token)).Changes);
    }

    [Fact]
    public async Task AFileOfAnotherKindIsNotTouched()
    {
        await System.IO.File.WriteAllTextAsync(File, new string('x', 5000), Token);
        var failure = await Assert.ThrowsAsync<KeyStoreException>(OpenAsync);
        Assert.Contains("is not a key store", failure.Message, StringComparison.Ordinal);
        Assert.Equal(new string('x', 5000), await System.IO.File.ReadAllTextAsync(File, Token));
    }

    [Fact]
    public async Task SomebodyElsesDataBaseIsNotTouched()
    {
        Execute("create table songs (title text)");
        var failure = await Assert.ThrowsAsync<KeyStoreException>(OpenAsync);
        Assert.Contains("but not a key store of MilterCrypt", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AFileOfANewerProgramIsLeftToIt()
    {
        await (await OpenAsync()).DisposeAsync();
        Execute("pragma user_version = 99");
        var failure = await Assert.ThrowsAsync<KeyStoreException>(OpenAsync);
        Assert.Contains("written by a newer MilterCrypt", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ADamagedFileIsSaidToBeDamaged()
    {
        await using (var store = await OpenAsync())
            await store.StoreAsync([.. Enumerable.Range(0, 500).Select(ring.Named)], Token);
        byte[] content = await System.IO.File.ReadAllBytesAsync(File, Token);
        content.AsSpan(8192, content.Length - 8192).Fill(0xA5);
        await System.IO.File.WriteAllBytesAsync(File, content, Token);

        var failure = await Assert.ThrowsAsync<KeyStoreException>(async () =>
        {
            await using var store = await OpenAsync();
            await foreach (var certificate in store.ReadAllAsync(Token))
                StoredPackets.Read(certificate);
        });
        Assert.Contains("damaged", failure.Message, StringComparison.Ordinal);
        Assert.False(failure.IsTemporary);
    }

    [Fact]
    public async Task AMissingFolderIsNotMade()
    {
        var failure = await Assert.ThrowsAsync<KeyStoreException>(
            () => SqliteKeyStore.OpenAsync(directory.PathOf("no/keys.db"), create: true, OneSecond, Token));
        Assert.Contains("can't be made", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnImportThatIsCancelledLeavesNothingBehind()
    {
        await using var store = await OpenAsync();
        using var cancelled = new CancellationTokenSource();
        var importing = store.StoreAsync([.. Enumerable.Range(0, 20_000).Select(ring.Named)], cancelled.Token);
        await Task.Delay(50, Token);
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => importing);
        Assert.Empty((await store.ReadChangesAsync(0, Token)).Changes);
    }

    public void Dispose() => directory.Dispose();

    private Task<SqliteKeyStore> OpenAsync() => SqliteKeyStore.OpenAsync(File, create: true, OneSecond, Token);

    private void Execute(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={File};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
