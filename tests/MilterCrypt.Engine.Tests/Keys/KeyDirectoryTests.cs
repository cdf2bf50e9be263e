using MilterCrypt.Engine.Keys;
using MilterCrypt.Engine.Mail;
using MilterCrypt.OpenPgp;
using MilterCrypt.OpenPgp.Packets;

namespace MilterCrypt.Engine.Tests.Keys;

/// <summary>Which key the filter uses for an address, and when.</summary>
public sealed class KeyDirectoryTests
{
    private static readonly DateTimeOffset Spring2024 = KeyRing.Day(2024, 4, 1), Summer2024 = KeyRing.Day(2024, 7, 1), Spring2025 = KeyRing.Day(2025, 4, 1);

    private readonly KeyRing ring;

    public KeyDirectoryTests(KeyRing ring)
    {
        ring.RequireGpg();
        this.ring = ring;
    }

    [Fact]
    public async Task AnAddressThatNoCertificateNamesIsUnknown()
    {
        var directory = await DirectoryOfAsync(ring.Newer);
        Assert.Same(KeyAnswer.Unknown, directory.Find(Address("carol@example.org"), Spring2024));
    }

    [Theory]
    [InlineData("bob@example.org")]
    [InlineData("BOB@Example.ORG")]
    [InlineData("\"bob\"@example.org.")]
    public async Task TheSameAddressInAnotherSpellingFindsTheKey(string spelling)
    {
        var directory = await DirectoryOfAsync(ring.Newer);
        Assert.IsType<KeyAnswer.Usable>(directory.Find(Address(spelling), Spring2024));
    }

    [Fact]
    public async Task OfSeveralUsableCertificatesTheOneThatCameFirstIsUsedWhateverDateItClaims()
    {
        foreach (var order in (StoredCertificate[][])[[ring.Newer, ring.Newest], [ring.Newest, ring.Newer]])
        {
            var directory = await DirectoryOfAsync(order);
            Assert.Equal(order[0].Fingerprint, Assert.IsType<KeyAnswer.Usable>(directory.Find(Bob, Summer2024)).Certificate);
        }
    }

    [Fact]
    public async Task TheCertificateThatTookTheAddressOverLastIsUsed()
    {
        var first = ring.OldProlonged;
        var second = TakingOver(ring.Newer, 1);
        var third = TakingOver(ring.Newest, 2);
        var directory = await DirectoryOfAsync(first, third, second);
        Assert.Equal(third.Fingerprint, Assert.IsType<KeyAnswer.Usable>(directory.Find(Bob, Summer2024)).Certificate);
        // The third one is not made yet.
        Assert.Equal(second.Fingerprint, Assert.IsType<KeyAnswer.Usable>(directory.Find(Bob, Spring2024)).Certificate);
    }

    [Fact]
    public async Task ItKnowsInWhichCertificatesAKeyStands()
    {
        var directory = await DirectoryOfAsync(ring.Newer, ring.Newest);
        var certificate = directory.CertificateOf(Bob, Summer2024)!.Certificate;
        Assert.Equal([certificate.Fingerprint], directory.CertificatesWith(certificate.PrimaryKey));
        Assert.Equal([certificate.Fingerprint], directory.CertificatesWith(certificate.Subkeys[0].Key));
        Assert.Empty((await DirectoryOfAsync(ring.Old)).CertificatesWith(certificate.PrimaryKey));
    }

    [Fact]
    public async Task AKeyUnderAnotherDateIsTheSameSecrets()
    {
        var directory = await DirectoryOfAsync(ring.Newer);
        byte[] body = directory.CertificateOf(Bob, Summer2024)!.Certificate.Subkeys[0].Key.Body.ToArray();
        body[4] ^= 1;
        Assert.True(PublicKey.TryRead(body, isSubkey: true, out var twin, out _));
        Assert.Equal([ring.Newer.Fingerprint], directory.CertificatesWith(twin));
    }

    [Fact]
    public async Task WhoHadAnAddressBeforeSomebodyTookItOverHasNoCertificateForItAnyMore()
    {
        var directory = await DirectoryOfAsync(ring.OldProlonged, TakingOver(ring.Newer, 1));
        Assert.Equal(ring.Newer.Fingerprint, directory.CertificateOf(Bob, Summer2024)?.Certificate.Fingerprint);
    }

    [Fact]
    public async Task ACertificateThatExpiredIsItsOwnersStillWhereThereIsNoOther()
    {
        Assert.NotNull((await DirectoryOfAsync(ring.Old)).CertificateOf(Bob, Summer2024)?.Problem);
        var directory = await DirectoryOfAsync(ring.Old, ring.Newer);
        Assert.Equal(ring.Newer.Fingerprint, directory.CertificateOf(Bob, Summer2024)?.Certificate.Fingerprint);
    }

    [Fact]
    public async Task TakingOneAddressOverGivesNoOther()
    {
        var newer = ring.Newer with { TakenOver = new Dictionary<string, int> { ["bob@other.example"] = 1 } };
        var directory = await DirectoryOfAsync(ring.OldProlonged, newer);
        Assert.Equal(ring.OldProlonged.Fingerprint, Assert.IsType<KeyAnswer.Usable>(directory.Find(Bob, Summer2024)).Certificate);
    }

    [Fact]
    public async Task OneThatCannotBeReadLeavesTheOthersInUse()
    {
        var damaged = ring.Newest with { Certificate = ring.Newest.Certificate[..50] };
        var directory = await DirectoryOfAsync(damaged, ring.Newer);
        Assert.Equal(ring.Newer.Fingerprint, Assert.IsType<KeyAnswer.Usable>(directory.Find(Bob, Summer2024)).Certificate);
        var alone = await DirectoryOfAsync(damaged);
        Assert.Equal(new KeyAnswer.Unusable("its entry in the key store can't be read"), alone.Find(Bob, Summer2024));
    }

    [Fact]
    public async Task OfVeryManyCertificatesForOneAddressOnlySomeAreTried()
    {
        var crowd = Enumerable.Range(0, 100).Select(i => ring.Named(i) with { Addresses = ["bob@example.org"] });
        var directory = await DirectoryOfAsync([.. crowd, ring.Newest]);
        var answer = Assert.IsType<KeyAnswer.Unusable>(directory.Find(Bob, Summer2024));
        Assert.StartsWith("101 certificates name the address, and none of the 16 that come first can be used: ", answer.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AStoreThatBecameOlderIsReadAnew()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var store = new MemoryKeyStore();
        await store.StoreAsync([ring.Newer, ring.Named(1), ring.Named(2)], cancellationToken);
        var directory = new KeyDirectory(AlgorithmPolicy.Default);
        Assert.False((await directory.UpdateAsync(store, cancellationToken)).StartedOver);

        await using var restored = new MemoryKeyStore();
        await restored.StoreAsync([ring.Named(2), ring.Named(3)], cancellationToken);
        Assert.True((await directory.UpdateAsync(restored, cancellationToken)).StartedOver);
        Assert.Equal(2, directory.Count);
        Assert.Same(KeyAnswer.Unknown, directory.Find(Bob, Spring2024));
        Assert.False((await directory.UpdateAsync(restored, cancellationToken)).StartedOver);
    }

    [Fact]
    public async Task AUsableCertificateIsBetterThanANewerOneThatIsNot()
    {
        var directory = await DirectoryOfAsync(ring.OldProlonged, ring.Newest);
        // The newest one is not made yet.
        Assert.Equal(ring.Old.Fingerprint, Assert.IsType<KeyAnswer.Usable>(directory.Find(Bob, Spring2024)).Certificate);
    }

    [Fact]
    public async Task WhereNoneIsUsableTheLastToComeSaysWhy()
    {
        var directory = await DirectoryOfAsync(ring.Old, ring.Newer);
        Assert.Equal(new KeyAnswer.Unusable("expired 2025-03-01"), directory.Find(Bob, Spring2025));
    }

    [Fact]
    public async Task AnAnswerThatIsRememberedEndsWithTheKey()
    {
        var directory = await DirectoryOfAsync(ring.Newer);
        var answer = directory.Find(Bob, Spring2024);
        Assert.Same(answer, directory.Find(Bob, Spring2024.AddDays(1)));
        Assert.IsType<KeyAnswer.Unusable>(directory.Find(Bob, Spring2025));
        Assert.IsType<KeyAnswer.Unusable>(directory.Find(Bob, Spring2024.AddYears(-1)));
        Assert.IsType<KeyAnswer.Usable>(directory.Find(Bob, Spring2024));
    }

    [Fact]
    public async Task AnUpdateReplacesWhatWasRemembered()
    {
        await using var store = new MemoryKeyStore();
        var directory = new KeyDirectory(AlgorithmPolicy.Default);
        var cancellationToken = TestContext.Current.CancellationToken;
        await store.StoreAsync([ring.Old], cancellationToken);
        Assert.Equal(1, (await directory.UpdateAsync(store, cancellationToken)).Changes);
        Assert.IsType<KeyAnswer.Unusable>(directory.Find(Bob, Spring2024));

        await store.StoreAsync([ring.OldProlonged], cancellationToken);
        Assert.Equal(1, (await directory.UpdateAsync(store, cancellationToken)).Changes);
        Assert.IsType<KeyAnswer.Usable>(directory.Find(Bob, Spring2024));

        await store.RemoveAsync([ring.Old.Fingerprint], cancellationToken);
        Assert.Equal(1, (await directory.UpdateAsync(store, cancellationToken)).Changes);
        Assert.Equal(0, (await directory.UpdateAsync(store, cancellationToken)).Changes);
        Assert.Same(KeyAnswer.Unknown, directory.Find(Bob, Spring2024));
        Assert.Equal(0, directory.Count);
    }

    [Fact]
    public async Task AnAddressThatIsOnlyClaimedDoesNotGetAKey()
    {
        // Filed under an address that none of its user IDs has.
        var directory = await DirectoryOfAsync(ring.Newer with { Addresses = ["carol@example.org"] });
        Assert.Equal(new KeyAnswer.Unusable("no user ID carol@example.org"), directory.Find(Address("carol@example.org"), Spring2024));
    }

    [Fact]
    public async Task ManyAskAtOnceWhileItChanges()
    {
        await using var store = new MemoryKeyStore();
        var cancellationToken = TestContext.Current.CancellationToken;
        await store.StoreAsync([ring.Newer, .. Enumerable.Range(0, 3000).Select(ring.Named)], cancellationToken);
        var directory = new KeyDirectory(AlgorithmPolicy.Default);
        await directory.UpdateAsync(store, cancellationToken);
        var asking = Task.Run(
            () => Parallel.For(0, 20_000, i => Assert.IsType<KeyAnswer.Usable>(directory.Find(Bob, Spring2024))), cancellationToken);
        for (int i = 0; i < 20; i++)
        {
            await store.StoreAsync([ring.Named(10_000 + i)], cancellationToken);
            await directory.UpdateAsync(store, cancellationToken);
        }
        await asking;
        Assert.Equal(3021, directory.Count);
    }

    private static StoredCertificate TakingOver(StoredCertificate certificate, int number) =>
        certificate with { TakenOver = new Dictionary<string, int> { ["bob@example.org"] = number } };

    private static MailAddress Bob => Address("bob@example.org");

    private static MailAddress Address(string text)
    {
        Assert.True(MailAddress.TryParse(text, out var address, out string? reason), reason);
        return address;
    }

    private static async Task<KeyDirectory> DirectoryOfAsync(params StoredCertificate[] certificates)
    {
        await using var store = new MemoryKeyStore();
        await store.StoreAsync(certificates, TestContext.Current.CancellationToken);
        var directory = new KeyDirectory(AlgorithmPolicy.Default);
        await directory.UpdateAsync(store, TestContext.Current.CancellationToken);
        return directory;
    }
}
