using MilterCrypt.Engine.Keys;
using MilterCrypt.Engine.Keys.Sqlite;
using MilterCrypt.TestSupport;

namespace MilterCrypt.Engine.Tests.Keys;

/// <summary>What every key store does, in a file and in memory.</summary>
public sealed class KeyStoreTests : IDisposable
{
    private static readonly TimeSpan OneSecond = TimeSpan.FromSeconds(1);

    private readonly KeyRing ring;
    private readonly TestDirectory directory = new();

    public KeyStoreTests(KeyRing ring)
    {
        ring.RequireGpg();
        this.ring = ring;
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task WhatIsStoredIsFoundByFingerprintAndAddress(bool inFile)
    {
        await using var store = await OpenAsync(inFile);
        Assert.Equal([StoreOutcome.Added, StoreOutcome.Added], await store.StoreAsync([ring.Old, ring.Newer], Token));
        AssertSame(ring.Old, await store.FindAsync(ring.Old.Fingerprint, Token));
        Assert.Equal(2, (await store.FindAsync("bob@example.org", Token)).Count);
        Assert.Null(await store.FindAsync(ring.Newest.Fingerprint, Token));
        Assert.Empty(await store.FindAsync("carol@example.org", Token));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task AnUpdateAddsAndNothingIsLostByAnOlderCopy(bool inFile)
    {
        await using var store = await OpenAsync(inFile);
        Assert.Equal([StoreOutcome.Added], await store.StoreAsync([ring.Old], Token));
        Assert.Equal([StoreOutcome.Updated], await store.StoreAsync([ring.OldProlonged with { Source = "update" }], Token));
        Assert.Equal([StoreOutcome.Unchanged, StoreOutcome.Unchanged], await store.StoreAsync([ring.Old, ring.OldProlonged], Token));
        var stored = await store.FindAsync(ring.Old.Fingerprint, Token);
        Assert.NotNull(stored);
        Assert.Equal("update", stored.Source);
        Assert.True(stored.Certificate.Length > ring.Old.Certificate.Length);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task TheSameKeyTwiceInOneImportIsMerged(bool inFile)
    {
        await using var store = await OpenAsync(inFile);
        Assert.Equal([StoreOutcome.Added, StoreOutcome.Updated], await store.StoreAsync([ring.Old, ring.OldProlonged], Token));
        Assert.Single(await store.FindAsync("bob@example.org", Token));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task WhatWasRemovedIsGoneAndCanComeBack(bool inFile)
    {
        await using var store = await OpenAsync(inFile);
        await store.StoreAsync([ring.Old], Token);
        Assert.Equal(1, await store.RemoveAsync([ring.Old.Fingerprint, ring.Newer.Fingerprint], Token));
        Assert.Equal(0, await store.RemoveAsync([ring.Old.Fingerprint], Token));
        Assert.Empty(await store.FindAsync("bob@example.org", Token));
        Assert.Equal([StoreOutcome.Added], await store.StoreAsync([ring.Old], Token));
        Assert.Single(await store.FindAsync("bob@example.org", Token));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task TheOrderOfArrivalStaysWhateverIsUpdatedAndStartsAnewAfterARemoval(bool inFile)
    {
        await using var store = await OpenAsync(inFile);
        await store.StoreAsync([ring.Old, ring.Newest, ring.Newer], Token);
        await store.StoreAsync([ring.OldProlonged], Token);
        Assert.Equal([ring.Old.Fingerprint, ring.Newest.Fingerprint, ring.Newer.Fingerprint], await BobsAsync());
        await store.RemoveAsync([ring.Newest.Fingerprint], Token);
        await store.StoreAsync([ring.Newest], Token);
        Assert.Equal([ring.Old.Fingerprint, ring.Newer.Fingerprint, ring.Newest.Fingerprint], await BobsAsync());

        async Task<IEnumerable<OpenPgp.Packets.Fingerprint>> BobsAsync() =>
            (await store.FindAsync("bob@example.org", Token)).OrderBy(certificate => certificate.Arrival).Select(certificate => certificate.Fingerprint);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task WhatTookAnAddressOverIsKeptThroughUpdates(bool inFile)
    {
        await using var store = await OpenAsync(inFile);
        var taking = ring.Old with { TakenOver = new Dictionary<string, int> { ["bob@example.org"] = 3 } };
        await store.StoreAsync([ring.Old], Token);
        Assert.Equal([StoreOutcome.Updated], await store.StoreAsync([taking], Token));
        Assert.Equal([StoreOutcome.Unchanged], await store.StoreAsync([taking], Token));
        Assert.Equal([StoreOutcome.Updated], await store.StoreAsync([ring.OldProlonged], Token));
        var change = Assert.Single((await store.ReadChangesAsync(0, Token)).Changes);
        Assert.Equal(3, Assert.Single(change.Certificate!.TakenOver).Value);
        Assert.Equal(["bob@example.org"], change.Certificate.Addresses);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ThatAKeyWasVerifiedIsKeptThroughUpdatesUntilItIsWithdrawn(bool inFile)
    {
        await using var store = await OpenAsync(inFile);
        await store.StoreAsync([ring.Old], Token);
        Assert.Equal(KeyTrust.Imported, await TrustAsync());
        Assert.Equal([StoreOutcome.Updated], await store.StoreAsync([ring.Old with { Verified = new HashSet<string> { "bob@example.org" } }], Token));
        Assert.Equal([StoreOutcome.Unchanged], await store.StoreAsync([ring.Old], Token));
        Assert.Equal([StoreOutcome.Updated], await store.StoreAsync([ring.OldProlonged], Token));
        Assert.Equal(KeyTrust.Verified, await TrustAsync());
        long through = (await store.ReadChangesAsync(0, Token)).Through;

        Assert.False(await store.WithdrawTrustAsync(ring.Old.Fingerprint, ["alice@example.org"], Token));
        Assert.True(await store.WithdrawTrustAsync(ring.Old.Fingerprint, ["bob@example.org"], Token));
        Assert.Equal(KeyTrust.Imported, await TrustAsync());
        // A daemon that runs learns of it.
        Assert.Single((await store.ReadChangesAsync(through, Token)).Changes);
        Assert.False(await store.WithdrawTrustAsync(ring.Old.Fingerprint, ["bob@example.org"], Token));
        Assert.False(await store.WithdrawTrustAsync(ring.Newer.Fingerprint, ["bob@example.org"], Token));

        async Task<KeyTrust?> TrustAsync() => (await store.FindAsync(ring.Old.Fingerprint, Token))?.TrustFor("bob@example.org");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ReadersSeeEachChangeOnceInPages(bool inFile)
    {
        await using var store = await OpenAsync(inFile);
        await store.StoreAsync([.. Enumerable.Range(0, 2500).Select(ring.Named)], Token);
        await store.RemoveAsync([ring.Named(7).Fingerprint], Token);
        var seen = new List<KeyChange>();
        long through = 0;
        while (await store.ReadChangesAsync(through, Token) is { Changes.Count: > 0 } page)
        {
            seen.AddRange(page.Changes);
            through = page.Through;
        }
        Assert.Equal(2500, seen.Select(change => change.Fingerprint).Distinct().Count());
        Assert.Equal(2500, seen.Count);
        Assert.Null(seen[^1].Certificate);
        Assert.Equal(ring.Named(7).Fingerprint, seen[^1].Fingerprint);
        int all = 0;
        await foreach (var certificate in store.ReadAllAsync(Assert.Fail, Token))
            all++;
        Assert.Equal(2499, all);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task AnImportThatFailsLeavesNothingBehind(bool inFile)
    {
        await using var store = await OpenAsync(inFile);
        // Packets of another key under this one's name: merging finds it out, after the first one was taken.
        var wrong = ring.Old with { Certificate = ring.Newer.Certificate };
        await store.StoreAsync([ring.Old], Token);
        await Assert.ThrowsAsync<KeyStoreException>(() => store.StoreAsync([ring.Newest, wrong], Token));
        Assert.Null(await store.FindAsync(ring.Newest.Fingerprint, Token));
        Assert.Single(await store.FindAsync("bob@example.org", Token));
    }

    public void Dispose() => directory.Dispose();

    private static void AssertSame(StoredCertificate expected, StoredCertificate? actual)
    {
        Assert.NotNull(actual);
        Assert.Equal(expected with { Certificate = default, Addresses = [] }, actual with { Certificate = default, Addresses = [], Arrival = 0 });
        Assert.Equal(expected.Certificate.ToArray(), actual.Certificate.ToArray());
        Assert.Equal(expected.Addresses, actual.Addresses);
    }

    private async Task<IKeyStore> OpenAsync(bool inFile) =>
        inFile ? await SqliteKeyStore.OpenAsync(directory.PathOf("keys.db"), create: true, OneSecond, Token) : new MemoryKeyStore();
}
