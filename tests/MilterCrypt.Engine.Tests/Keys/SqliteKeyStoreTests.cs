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
        // Of several tries one at least meets with no other delay.
        var shortest = TimeSpan.MaxValue;
        for (int i = 0; i < 5 && shortest > TimeSpan.FromSeconds(20); i++)
        {
            var watch = Stopwatch.StartNew();
            var failure = await Assert.ThrowsAsync<KeyStoreException>(() => store.StoreAsync([ring.Old], Token));
            Assert.True(failure.IsTemporary);
            Assert.Contains("is being written by another process", failure.Message, StringComparison.Ordinal);
            shortest = watch.Elapsed < shortest ? watch.Elapsed : shortest;
        }

        Assert.InRange(shortest, TimeSpan.Zero, TimeSpan.FromSeconds(20));
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
            await foreach (var certificate in store.ReadAllAsync(Assert.Fail, Token))
                StoredPackets.Read(certificate);
        });
        Assert.Contains("damaged", failure.Message, StringComparison.Ordinal);
        Assert.False(failure.IsTemporary);
    }

    [Theory]
    [InlineData("pragma foreign_keys = off; update certificates set fingerprint = 'what?' where change = 2", "'what?' in place of a fingerprint")]
    [InlineData("update certificates set added = 9999999999999 where change = 2", "can't be read")]
    [InlineData("update addresses set verified = 7 where address = 'user1@example.org'", "can't be read")]
    [InlineData("update addresses set taken_over = -1 where address = 'user1@example.org'", "can't be read")]
    public async Task ADamagedEntryIsToldOfAndKeepsNoOtherBack(string damage, string said)
    {
        await using var store = await OpenAsync();
        await store.StoreAsync([ring.Named(0), ring.Named(1), ring.Named(2)], Token);
        Execute(damage);
        var directory = new KeyDirectory(OpenPgp.AlgorithmPolicy.Default);
        var update = await directory.UpdateAsync(store, Token);
        Assert.Equal(2, update.Changes);
        Assert.Contains(said, Assert.Single(update.Damaged), StringComparison.Ordinal);
        await store.StoreAsync([ring.Named(3)], Token);
        Assert.Equal(1, (await directory.UpdateAsync(store, Token)).Changes);
        Assert.Equal(3, directory.Count);
    }

    [Fact]
    public async Task AFileOfTheFirstReleaseIsBroughtUpToDateAndNothingInItIsTakenForVerified()
    {
        await using (var store = await OpenAsync())
            await store.StoreAsync([ring.Old], Token);
        Execute("alter table addresses drop column verified");
        Execute("pragma user_version = 1");

        await using var updated = await OpenAsync();
        var certificate = Assert.Single(await updated.FindAsync("bob@example.org", Token));
        Assert.Equal(ring.Old.Certificate.ToArray(), certificate.Certificate.ToArray());
        Assert.Equal(KeyTrust.Imported, certificate.TrustFor("bob@example.org"));
    }

    [Fact]
    public async Task AnotherFileInItsPlaceIsNoticed()
    {
        await using var store = await OpenAsync();
        Assert.False(store.IsReplaced);
        System.IO.File.Copy(File, directory.PathOf("copy.db"));
        System.IO.File.Move(directory.PathOf("copy.db"), File, overwrite: true);
        Assert.True(store.IsReplaced);
        System.IO.File.Delete(File);
        Assert.True(store.IsReplaced);
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
        var keys = new ListWithAnEvent([.. Enumerable.Range(0, 200).Select(ring.Named)], 100, cancelled.Cancel);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => store.StoreAsync(keys, cancelled.Token));
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

    // Whoever goes through it brings the event about on the way.
    private sealed class ListWithAnEvent(List<StoredCertificate> list, int at, Action happens) : IReadOnlyList<StoredCertificate>
    {
        public int Count => list.Count;

        public StoredCertificate this[int index] => list[index];

        public IEnumerator<StoredCertificate> GetEnumerator()
        {
            for (int i = 0; i < list.Count; i++)
            {
                if (i == at)
                    happens();
                yield return list[i];
            }
        }

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
