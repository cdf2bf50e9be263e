using MilterCrypt.Engine.Keys;
using MilterCrypt.Engine.Mail;
using MilterCrypt.OpenPgp;

namespace MilterCrypt.Engine.Tests.Keys;

/// <summary>Whom an import lets take somebody's mail: nobody, unless the administrator says so.</summary>
public sealed class KeyAdmissionTests
{
    private static readonly DateTimeOffset Summer2024 = KeyRing.Day(2024, 7, 1);

    private readonly KeyRing ring;

    public KeyAdmissionTests(KeyRing ring)
    {
        ring.RequireGpg();
        this.ring = ring;
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ANewerKeyForAServedAddressIsRefusedAndNamesWhatServesIt()
    {
        await using var store = await StoreOfAsync(ring.Newer);
        var refused = Assert.IsType<KeyVerdict.Refused>(await DecideAsync(store, ring.Newest, replace: false));
        Assert.Equal($"bob@example.org is served by {ring.Newer.Fingerprint}; give --replace to let this one take over", refused.Reason);
    }

    [Fact]
    public async Task ItTakesTheAddressOverWhereToldTo()
    {
        await using var store = await StoreOfAsync(ring.Newer);
        var admitted = Assert.IsType<KeyVerdict.Admitted>(await DecideAsync(store, ring.Newest, replace: true));
        Assert.Equal(["bob@example.org"], admitted.TakesOver);
        await store.StoreAsync([admitted.Certificate], Token);
        Assert.Equal(ring.Newest.Fingerprint, await UsedAsync(store));

        // And back again.
        var back = Assert.IsType<KeyVerdict.Admitted>(await DecideAsync(store, ring.Newer, replace: true));
        await store.StoreAsync([back.Certificate], Token);
        Assert.Equal(ring.Newer.Fingerprint, await UsedAsync(store));
        Assert.Empty(Assert.IsType<KeyVerdict.Admitted>(await DecideAsync(store, ring.Newer, replace: true)).TakesOver);
    }

    [Fact]
    public async Task AnAddressWhoseKeyHasExpiredIsFree()
    {
        await using var store = await StoreOfAsync(ring.Old);
        var admitted = Assert.IsType<KeyVerdict.Admitted>(await DecideAsync(store, ring.Newer, replace: false));
        Assert.Equal(["bob@example.org"], admitted.Serves);
        Assert.Empty(admitted.TakesOver);
    }

    [Fact]
    public async Task AKeyThatIsOnlyToBecomeUsableIsAConflictToo()
    {
        await using var store = await StoreOfAsync(ring.Newer);
        var spring = KeyRing.Day(2024, 4, 1);
        Assert.IsType<KeyVerdict.Refused>(await new KeyAdmission(store, AlgorithmPolicy.Default, replace: false).DecideAsync(Found(ring.Newest), spring, Token));
    }

    [Fact]
    public async Task AnUpdateThatMakesAKeyServeAServedAddressIsRefusedToo()
    {
        await using var store = await StoreOfAsync(ring.Old, ring.Newer);
        Assert.IsType<KeyVerdict.Refused>(await DecideAsync(store, ring.OldProlonged, replace: false));
    }

    [Fact]
    public async Task TheKeyThatServesTheAddressMayComeAgain()
    {
        await using var store = await StoreOfAsync(ring.Newer, ring.Newest);
        foreach (var again in (StoredCertificate[])[ring.Newer, ring.Newest])
            Assert.Empty(Assert.IsType<KeyVerdict.Admitted>(await DecideAsync(store, again, replace: false)).TakesOver);
    }

    [Fact]
    public async Task TwoKeysOfOneImportAreAsStrictWithEachOther()
    {
        await using var store = new MemoryKeyStore();
        var admission = new KeyAdmission(store, AlgorithmPolicy.Default, replace: false);
        Assert.IsType<KeyVerdict.Admitted>(await admission.DecideAsync(Found(ring.Newer), Summer2024, Token));
        Assert.IsType<KeyVerdict.Refused>(await admission.DecideAsync(Found(ring.Newest), Summer2024, Token));
    }

    private static Task<KeyVerdict> DecideAsync(IKeyStore store, StoredCertificate incoming, bool replace) =>
        new KeyAdmission(store, AlgorithmPolicy.Default, replace).DecideAsync(Found(incoming), Summer2024, Token);

    private static KeyInput.Found Found(StoredCertificate stored) => new(StoredPackets.Read(stored), stored);

    private static async Task<OpenPgp.Packets.Fingerprint> UsedAsync(IKeyStore store)
    {
        var directory = new KeyDirectory(AlgorithmPolicy.Default);
        await directory.UpdateAsync(store, Token);
        Assert.True(MailAddress.TryParse("bob@example.org", out var bob));
        return Assert.IsType<KeyAnswer.Usable>(directory.Find(bob, Summer2024)).Certificate;
    }

    private static async Task<MemoryKeyStore> StoreOfAsync(params StoredCertificate[] certificates)
    {
        var store = new MemoryKeyStore();
        await store.StoreAsync(certificates, Token);
        return store;
    }
}
