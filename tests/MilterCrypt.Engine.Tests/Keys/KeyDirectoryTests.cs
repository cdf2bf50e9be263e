using MilterCrypt.Engine.Keys;
using MilterCrypt.Engine.Mail;
using MilterCrypt.OpenPgp;

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
    public async Task OfSeveralUsableCertificatesTheNewestIsUsed()
    {
        foreach (var order in (StoredCertificate[][])[[ring.Newer, ring.Newest], [ring.Newest, ring.Newer]])
        {
            var directory = await DirectoryOfAsync(order);
            Assert.Equal(ring.Newest.Fingerprint, Assert.IsType<KeyAnswer.Usable>(directory.Find(Bob, Summer2024)).Certificate);
        }
    }

    [Fact]
    public async Task AUsableCertificateIsBetterThanANewerOneThatIsNot()
    {
        var directory = await DirectoryOfAsync(ring.OldProlonged, ring.Newest);
        // The newest one is not made yet.
        Assert.Equal(ring.Old.Fingerprint, Assert.IsType<KeyAnswer.Usable>(directory.Find(Bob, Spring2024)).Certificate);
    }

    [Fact]
    public async Task WhereNoneIsUsableTheNewestSaysWhy()
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
        Assert.Equal(1, await directory.UpdateAsync(store, cancellationToken));
        Assert.IsType<KeyAnswer.Unusable>(directory.Find(Bob, Spring2024));

        await store.StoreAsync([ring.OldProlonged], cancellationToken);
        Assert.Equal(1, await directory.UpdateAsync(store, cancellationToken));
        Assert.IsType<KeyAnswer.Usable>(directory.Find(Bob, Spring2024));

        await store.RemoveAsync([ring.Old.Fingerprint], cancellationToken);
        Assert.Equal(1, await directory.UpdateAsync(store, cancellationToken));
        Assert.Equal(0, await directory.UpdateAsync(store, cancellationToken));
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
