using System.Security.Cryptography;
using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Certificates.Making;
using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.Secrets;
using MilterCrypt.OpenPgp.Signatures;
using MilterCrypt.OpenPgp.Tests.Secrets;
using SymmetricAlgorithm = MilterCrypt.OpenPgp.Packets.SymmetricAlgorithm;

namespace MilterCrypt.OpenPgp.Tests.Certificates.Making;

public sealed class GenerationTests
{
    private static readonly DateTimeOffset Made = ForgedCertificate.Day("2026-01-01");

    public static TheoryData<KeyProfile> Profiles => SomeOwner.AllProfiles;

    [Theory]
    [MemberData(nameof(Profiles))]
    public void ANewCertificateHasAKeyForEachJobAndEachDoesItsJobAlone(KeyProfile profile)
    {
        using var secret = SomeOwner.Make(profile);

        var view = SomeOwner.Published(secret).At(DateTimeOffset.UtcNow, AlgorithmPolicy.Default);

        Assert.Null(view.Problem);
        Assert.Null(view.ExpiresAt);
        Assert.Equal(profile == KeyProfile.Rfc9580 ? 6 : 4, view.PrimaryKey.Key.Version);
        Assert.Equal(KeyUsage.Certify, view.PrimaryKey.Usage);
        Assert.True(view.PrimaryKey.IsUsageStated);
        Assert.Equal(
            [KeyUsage.Sign, KeyUsage.EncryptCommunications | KeyUsage.EncryptStorage],
            view.Subkeys.Select(static subkey => subkey.Usage).Order());
        Assert.All(view.Subkeys, static subkey => Assert.Null(subkey.Problem));
        Assert.Equal("bob@example.org", view.PrimaryUserId!.UserId.Address);
        Assert.All(secret.Keys, static key => Proof.That(key));
        Assert.Same(secret.Keys[1], secret.SigningKey(DateTimeOffset.UtcNow, AlgorithmPolicy.Default, out _));
        Assert.Same(secret.Keys[2], Assert.Single(secret.DecryptionKeys));
    }

    [Theory]
    [InlineData(KeyProfile.Curve25519, false)]
    [InlineData(KeyProfile.Rsa3072, false)]
    [InlineData(KeyProfile.Rfc9580, true)]
    public void ItAsksForNothingThatItsReadersLack(KeyProfile profile, bool readsVersion2)
    {
        using var secret = SomeOwner.Make(profile);

        var capabilities = secret.Certificate.At(DateTimeOffset.UtcNow, AlgorithmPolicy.Default).Capabilities;

        Assert.Equal(readsVersion2, capabilities.SupportsSeipdV2);
        Assert.Equal([SymmetricAlgorithm.Aes256, SymmetricAlgorithm.Aes128], capabilities.Ciphers);
        AeadCiphersuite[] suites = [new(SymmetricAlgorithm.Aes256, AeadAlgorithm.Ocb), new(SymmetricAlgorithm.Aes128, AeadAlgorithm.Ocb)];
        Assert.Equal(readsVersion2 ? suites : [], capabilities.AeadCiphersuites);
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void ItEndsWhenItWasToEndAndNotBefore(KeyProfile profile)
    {
        using var secret = SecretCertificate.Generate(
            SomeOwner.Options(profile) with { Validity = TimeSpan.FromDays(10), Time = new SomeClock(Made) });
        var certificate = SomeOwner.Published(secret);

        Assert.Equal("created in the future (2026-01-01)", certificate.At(Made.AddSeconds(-1), AlgorithmPolicy.Default).Problem);
        Assert.Null(certificate.At(Made, AlgorithmPolicy.Default).Problem);
        Assert.Null(certificate.At(Made.AddDays(10).AddSeconds(-1), AlgorithmPolicy.Default).Problem);
        Assert.Equal("expired 2026-01-11", certificate.At(Made.AddDays(10), AlgorithmPolicy.Default).Problem);
        Assert.Null(secret.SigningKey(Made.AddDays(10), AlgorithmPolicy.Default, out string? refusal));
        Assert.Equal("expired 2026-01-11", refusal);
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void WithoutAUserIdAndWithoutEncryptionItStillSigns(KeyProfile profile)
    {
        using var secret = SecretCertificate.Generate(new KeyGeneration { Profile = profile, WithEncryption = false });

        var view = SomeOwner.Published(secret).At(DateTimeOffset.UtcNow, AlgorithmPolicy.Default);

        Assert.Null(view.Problem);
        Assert.Empty(view.UserIds);
        Assert.Equal(new EncryptionVerdict.Unusable("only for signing"), view.ForEncryption());
        Assert.NotNull(secret.SigningKey(DateTimeOffset.UtcNow, AlgorithmPolicy.Default, out _));
    }

    [Fact]
    public void OfSeveralUserIdsTheFirstIsThePreferredOne()
    {
        using var secret = SecretCertificate.Generate(new KeyGeneration { UserIds = ["Bob <zz@example.org>", "bob@example.org", "Böb <a@example.org>"] });

        var view = SomeOwner.Published(secret).At(DateTimeOffset.UtcNow, AlgorithmPolicy.Default);

        Assert.Equal(["zz@example.org", "bob@example.org", "a@example.org"], view.UserIds.Select(static userId => userId.UserId.Address));
        Assert.Equal("zz@example.org", view.PrimaryUserId!.UserId.Address);
        Assert.Throws<ArgumentException>(() => SecretCertificate.Generate(new KeyGeneration { UserIds = ["bob", "bob"] }));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(60_000)]
    public void AValidityThatIsNoTimeToComeIsRefused(int days) => Assert.Throws<ArgumentOutOfRangeException>(
        () => SecretCertificate.Generate(new KeyGeneration { Validity = TimeSpan.FromDays(days) }));

    [Theory]
    [InlineData(KeyProfile.Curve25519)]
    [InlineData(KeyProfile.Rfc9580)]
    public void TwoNewKeysHaveNothingInCommonAndTheSameRandomnessMakesTheSameKey(KeyProfile profile)
    {
        using var first = SomeOwner.Make(profile);
        using var second = SomeOwner.Make(profile);
        Assert.Empty(first.Keys.Select(Name).Intersect(second.Keys.Select(Name)));
        Assert.Equal(3, first.Keys.Select(Name).Distinct().Count());

        var options = SomeOwner.Options(profile) with { Time = new SomeClock(Made) };
        using var third = SecretCertificate.Generate(options with { Random = new Sequence() });
        using var fourth = SecretCertificate.Generate(options with { Random = new Sequence() });
        Assert.Equal(third.Keys.Select(Name), fourth.Keys.Select(Name));

        static Fingerprint Name(SecretKey key) => key.PublicKey.Fingerprint;
    }

    [Theory]
    [InlineData(KeyProfile.Curve25519)]
    [InlineData(KeyProfile.Rfc9580)]
    public void WithoutRandomnessThereIsNoKey(KeyProfile profile)
    {
        var options = SomeOwner.Options(profile);

        Assert.Throws<CryptographicException>(() => SecretCertificate.Generate(options with { Random = new Silence() }));
        int needed = 0;
        for (int good = 0; needed == 0; good++)
        {
            try
            {
                using var made = SecretCertificate.Generate(options with { Random = new Exhaustion(good) });
                needed = good;
            }
            catch (CryptographicException e) when (e.Message == Exhaustion.Reason)
            {
                Assert.InRange(good, 0, 20);
            }
        }

        // Three keys; in version 6 a salt besides for each signature, the back signature's included.
        Assert.Equal(profile == KeyProfile.Rfc9580 ? 3 + 5 : 3, needed);
    }

    private sealed class Sequence : RandomNumberGenerator
    {
        private byte next;

        public override void GetBytes(byte[] data) => GetBytes(data.AsSpan());

        public override void GetBytes(Span<byte> data)
        {
            foreach (ref byte octet in data)
                octet = next++;
        }
    }

    private sealed class Silence : RandomNumberGenerator
    {
        public override void GetBytes(byte[] data) => GetBytes(data.AsSpan());

        public override void GetBytes(Span<byte> data) => data.Clear();
    }

    private sealed class Exhaustion(int good) : RandomNumberGenerator
    {
        public const string Reason = "no entropy";

        private int left = good;

        public override void GetBytes(byte[] data) => GetBytes(data.AsSpan());

        public override void GetBytes(Span<byte> data)
        {
            // No octets are no question.
            if (data.IsEmpty)
                return;
            if (left-- <= 0)
                throw new CryptographicException(Reason);
            Fill(data);
        }
    }
}
