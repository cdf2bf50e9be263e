using MilterCrypt.Engine.Custody.GpgAgent;
using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.TestSupport;

namespace MilterCrypt.Engine.Tests.Custody.GpgAgent;

public sealed class KeyGripTests
{
    [Fact]
    public void EachKindOfKeyHasTheGripThatGpgTellsOfIt()
    {
        var grips = File.ReadLines(Repository.PathOf("tests/vectors/gpg-keygrips/grips.txt")).ToDictionary(
            static line => line.Split(' ')[0], static line => line.Split(' ')[1]);
        var keys = Keys("gpg-keygrips/keys.gpg");

        Assert.Equal(18, keys.Count);
        Assert.Equal(grips.Count, keys.Count);
        foreach (var key in keys)
            Assert.Equal(grips[key.Fingerprint.ToString()], KeyGrip.Of(key));
        Assert.Equal(
            ["Dsa", "Ecdh", "Ecdsa", "EdDsaLegacy", "ElGamal", "Rsa"], keys.Select(key => key.Material.GetType().Name).Distinct().Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("openpgp-rfc9580/v6-rsa/tsk.asc")]
    [InlineData("openpgp-rfc9580/v6-nistp/tsk.asc")]
    [InlineData("openpgp-rfc9580/v6-25519-annex-a-4/tsk.asc")]
    public void KeysOfVersion6HaveNone(string file)
    {
        using var secret = Secret(file);
        foreach (var key in Of(secret.Certificate))
            Assert.Null(KeyGrip.Of(key));
    }

    private static List<PublicKey> Keys(string file) => [.. Certificate.ReadAll(File.ReadAllBytes(Repository.PathOf($"tests/vectors/{file}")), CertificateLimits.Default)
        .Cast<CertificateReading.Readable>().SelectMany(reading => Of(reading.Certificate))];

    private static IEnumerable<PublicKey> Of(Certificate certificate) => certificate.Subkeys.Select(subkey => subkey.Key).Prepend(certificate.PrimaryKey);

    private static SecretCertificate Secret(string file) => Assert.IsType<SecretCertificateReading.Readable>(Assert.Single(
        SecretCertificate.ReadAll(File.ReadAllBytes(Repository.PathOf($"tests/vectors/{file}")), CertificateLimits.Default))).SecretCertificate;
}
