using MilterCrypt.Engine.Keys;
using MilterCrypt.OpenPgp;

namespace MilterCrypt.Engine.Tests.Keys;

/// <summary>How many keys can be used, counted without holding anybody up.</summary>
public sealed class KeyCensusTests : IAsyncDisposable
{
    private readonly KeyRing ring;
    private readonly MemoryKeyStore store = new();
    private readonly KeyDirectory directory = new(AlgorithmPolicy.Default);
    private readonly KeyCensus census;

    public KeyCensusTests(KeyRing ring)
    {
        ring.RequireGpg();
        this.ring = ring;
        census = new KeyCensus(directory, AlgorithmPolicy.Default);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task TheNumberIsKnownOnceAllHaveBeenLookedAt()
    {
        await PutAsync(ring.Old, ring.Newer, ring.Newest);
        var summer = KeyRing.Day(2024, 7, 1);
        await census.AdvanceAsync(summer, most: 2, Token);
        Assert.Null(census.Usable);
        await census.AdvanceAsync(summer, most: 2, Token);
        Assert.Equal(2, census.Usable);
    }

    [Fact]
    public async Task AKeyCountsWhileItIsValid()
    {
        await PutAsync(ring.Newer);
        foreach (var (day, usable) in new[] { (KeyRing.Day(2024, 4, 1), 1), (KeyRing.Day(2025, 4, 1), 0), (KeyRing.Day(2024, 2, 1), 0), (KeyRing.Day(2024, 4, 1), 1) })
        {
            await census.AdvanceAsync(day, most: 10, Token);
            Assert.Equal(usable, census.Usable);
        }
    }

    [Fact]
    public async Task WhatComesGoesAndIsDamagedIsSeen()
    {
        var summer = KeyRing.Day(2024, 7, 1);
        await census.AdvanceAsync(summer, most: 10, Token);
        Assert.Equal(0, census.Usable);
        await PutAsync(ring.Newer, ring.Newest with { Certificate = ring.Newest.Certificate[..50] });
        await census.AdvanceAsync(summer, most: 10, Token);
        Assert.Equal(1, census.Usable);
        await store.RemoveAsync([ring.Newer.Fingerprint], Token);
        await directory.UpdateAsync(store, Token);
        await census.AdvanceAsync(summer, most: 10, Token);
        Assert.Equal(0, census.Usable);
    }

    public ValueTask DisposeAsync() => store.DisposeAsync();

    private async Task PutAsync(params StoredCertificate[] certificates)
    {
        await store.StoreAsync(certificates, Token);
        await directory.UpdateAsync(store, Token);
    }
}
