using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Tests.Secrets;

namespace MilterCrypt.OpenPgp.Tests.Certificates;

public sealed class SecretCertificateTests
{
    private static readonly DateTimeOffset Time = ForgedCertificate.Day("2025-06-01");

    [Theory]
    [MemberData(nameof(SecretKeyTests.Folders), MemberType = typeof(SecretKeyTests))]
    public void TheCertificateOfASecretKeyIsTheOneThatOthersHave(string folder)
    {
        using var secret = ReadOnly(Vectors.File($"openpgp-rfc9580/{folder}/tsk.asc"));

        Assert.Equal(Vectors.Rfc9580(folder).ToArray(), secret.Certificate.ToArray());
        Assert.Equal(1 + secret.Certificate.Subkeys.Count, secret.Keys.Count);
        Assert.False(secret.IsLocked);
        Assert.All(secret.Keys, static key => Proof.That(key));
    }

    [Theory]
    [MemberData(nameof(SecretKeyTests.Folders), MemberType = typeof(SecretKeyTests))]
    public void ItHasAKeyToSignWithAndKeysToDecryptWith(string folder)
    {
        using var secret = ReadOnly(Vectors.File($"openpgp-rfc9580/{folder}/tsk.asc"));

        var signing = secret.SigningKey(Time, AlgorithmPolicy.Default, out string? refusal);

        Assert.Null(refusal);
        Assert.True(signing!.CanSign);
        Assert.NotEmpty(secret.DecryptionKeys);
        Assert.DoesNotContain(secret.Keys[0], secret.DecryptionKeys);
    }

    [Fact]
    public void AKeyRingOfSecretKeysIsReadWholeAndWhatIsNoneHasAReason()
    {
        byte[] ring =
        [
            .. Vectors.File("openpgp-rfc9580/v4-rsa/tsk.asc"), .. "\n"u8,
            .. Vectors.File("openpgp-rfc9580/v6-legacy_illegal/tsk.asc"), .. "\n"u8,
            .. Vectors.File("openpgp-interop/keys/gnupg-v1-001.asc"), .. "\n"u8,
            .. Vectors.File("openpgp-rfc9580/v6-rsa/tsk.asc"),
        ];

        var readings = SecretCertificate.ReadAll(ring, CertificateLimits.Default);

        Assert.Collection(
            readings,
            static reading => Assert.IsType<SecretCertificateReading.Readable>(reading),
            static reading => Assert.Contains("in a version 6 key", Reason(reading), StringComparison.Ordinal),
            static reading => Assert.Equal("a certificate without secret keys", Reason(reading)),
            static reading => Assert.IsType<SecretCertificateReading.Readable>(reading));
        DisposeAll(readings);
    }

    [Fact]
    public void AnInputWithoutOpenPgpHasAReason() =>
        Assert.Equal("no OpenPGP data", Reason(Assert.Single(SecretCertificate.ReadAll("hello"u8.ToArray(), CertificateLimits.Default))));

    [Fact]
    public void ASecretKeyCutAnywhereIsNeverReadWhole()
    {
        byte[] octets = Dearmored("v4-nistp");
        for (int length = 1; length < octets.Length; length++)
        {
            var readings = SecretCertificate.ReadAll(octets.AsMemory(0, length), CertificateLimits.Default);
            foreach (var readable in readings.OfType<SecretCertificateReading.Readable>())
                Assert.True(readable.SecretCertificate.Certificate.ToArray().Length < length);
            DisposeAll(readings);
        }
    }

    [Fact]
    public void AnyBitFlippedLeavesKeysThatAreTheCertificatesOwn()
    {
        byte[] octets = Dearmored("v6-25519-annex-a-4");
        for (int bit = 0; bit < 8 * octets.Length; bit++)
        {
            byte[] flipped = [.. octets];
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            var readings = SecretCertificate.ReadAll(flipped, CertificateLimits.Default);
            foreach (var readable in readings.OfType<SecretCertificateReading.Readable>())
                Assert.All(readable.SecretCertificate.Keys.Where(static key => !key.IsLocked), static key => Proof.That(key));
            DisposeAll(readings);
        }
    }

    [Fact]
    public void ADisposedSecretCertificateHasNoSecretAnyMore()
    {
        using var secret = ReadOnly(Vectors.File("openpgp-rfc9580/v4-ed25519-x25519/tsk.asc"));
        Assert.All(secret.Keys, static key => Proof.That(key));

        secret.Dispose();

        Assert.All(secret.Keys, static key => Assert.Null(key.Material));
    }

    [Fact]
    public void AnExpiredKeyDecryptsButDoesNotSign()
    {
        using var secret = ReadOnly(Vectors.File("openpgp-rfc9580/v4-rsa/tsk.asc"));
        var early = DateTimeOffset.UnixEpoch.AddYears(20);

        Assert.Null(secret.SigningKey(early, AlgorithmPolicy.Default, out string? refusal));
        Assert.Contains("created in the future", refusal, StringComparison.Ordinal);
        Assert.NotEmpty(secret.DecryptionKeys);
    }

    [Fact]
    public void TheSameKeyTwiceIsReadOnce()
    {
        byte[] octets = Dearmored("v4-rsa");

        using var secret = ReadOnly([.. octets, .. octets]);

        Assert.Equal(2, secret.Keys.Count);
        Assert.All(secret.Keys, static key => Proof.That(key));
    }

    [Fact]
    public void WhereACertificateWasAskedForASecretKeyIsStillRefused()
    {
        var reading = Assert.Single(Certificate.ReadAll(Dearmored("v4-rsa"), CertificateLimits.Default));
        Assert.True(Assert.IsType<CertificateReading.Rejected>(reading).IsSecretKey);
    }

    internal static SecretCertificate ReadOnly(byte[] octets) => Assert.IsType<SecretCertificateReading.Readable>(
        Assert.Single(SecretCertificate.ReadAll(octets, CertificateLimits.Default))).SecretCertificate;

    private static byte[] Dearmored(string folder) =>
        new OpenPgp.Armor.ArmorReader(Vectors.File($"openpgp-rfc9580/{folder}/tsk.asc")).ReadNext()!.Data.ToArray();

    private static string Reason(SecretCertificateReading reading) => Assert.IsType<SecretCertificateReading.Rejected>(reading).Reason;

    private static void DisposeAll(IEnumerable<SecretCertificateReading> readings)
    {
        foreach (var readable in readings.OfType<SecretCertificateReading.Readable>())
            readable.SecretCertificate.Dispose();
    }
}
