using System.Buffers;
using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Packets;

namespace MilterCrypt.OpenPgp.Tests.Certificates;

public sealed class Rfc9580CertificateTests
{
    private static readonly DateTimeOffset Now = ForgedCertificate.Day("2026-01-01");

    [Theory]
    [InlineData("v4-ed25519-x25519", 4, PublicKeyAlgorithm.Ecdh)]
    [InlineData("v4-legacy", 4, PublicKeyAlgorithm.Ecdh)]
    [InlineData("v4-nistp", 4, PublicKeyAlgorithm.Ecdh)]
    [InlineData("v4-rsa", 4, PublicKeyAlgorithm.Rsa)]
    [InlineData("v6-25519-annex-a-4", 6, PublicKeyAlgorithm.X25519)]
    [InlineData("v6-ed25519-x448", 6, PublicKeyAlgorithm.X448)]
    [InlineData("v6-ed448-x448", 6, PublicKeyAlgorithm.X448)]
    [InlineData("v6-nistp", 6, PublicKeyAlgorithm.Ecdh)]
    [InlineData("v6-rsa", 6, PublicKeyAlgorithm.Rsa)]
    public void EachKindOfKeyIsUsable(string folder, int version, PublicKeyAlgorithm algorithm)
    {
        var view = Vectors.Rfc9580(folder).At(Now, AlgorithmPolicy.Default);

        Assert.Null(view.Problem);
        Assert.All(view.Subkeys, subkey => Assert.Null(subkey.Problem));
        Assert.All(view.UserIds, userId => Assert.Null(userId.Problem));
        var usable = Assert.IsType<EncryptionVerdict.Usable>(view.ForEncryption());
        Assert.Equal((version, algorithm), (usable.Recipients[0].Key.Version, usable.Recipients[0].Key.Algorithm));
        Assert.Equal(version, view.Certificate.Fingerprint.KeyVersion);
    }

    [Theory]
    [InlineData("v4-rsa", "v6-rsa")]
    [InlineData("v6-rsa", "v4-rsa")]
    public void ASubkeyOfAnotherVersionIsNoneOfTheCertificates(string folder, string other)
    {
        var certificate = Vectors.Rfc9580(folder);
        var stranger = Vectors.Rfc9580(other).Subkeys[0].Key;
        var packets = new ArrayBufferWriter<byte>();
        packets.Write(certificate.ToArray());
        PacketWriter.Write(packets, PacketTag.PublicSubkey, stranger.Body.Span);

        var read = ForgedCertificate.ReadOnly(packets.WrittenSpan.ToArray());

        Assert.Equal(certificate.Subkeys.Select(subkey => subkey.Key.Fingerprint), read.Subkeys.Select(subkey => subkey.Key.Fingerprint));
    }

    [Fact]
    public void LegacyEncodingsInAVersion6KeyAreRefused()
    {
        var view = Vectors.Rfc9580("v6-legacy_illegal").At(Now, AlgorithmPolicy.Default);

        Assert.Equal("EdDSALegacy in a version 6 key", view.Problem);
    }

    [Fact]
    public void TheSampleOfTheStandardHasTheNamesThatItGives()
    {
        var certificate = Vectors.Rfc9580("v6-25519-annex-a-4");

        Assert.Equal("CB186C4F0609A697E4D52DFA6C722B0C1F1E27C18A56708F6525EC27BAD9ACC9", certificate.Fingerprint.ToString());
        Assert.Equal("CB186C4F0609A697", certificate.PrimaryKey.KeyId.ToString());
        Assert.Equal("12C83F1E706F6308FE151A417743A1F033790E93E9978488D1DB378DA9930885", certificate.Subkeys[0].Key.Fingerprint.ToString());
        Assert.True(certificate.At(Now, AlgorithmPolicy.Default).Capabilities.SupportsSeipdV2);
    }

    [Fact]
    public void AVersion6KeyWithoutADirectKeySignatureIsNothing()
    {
        byte[] octets = Vectors.Rfc9580("v6-25519-annex-a-4").ToArray();
        var packets = new PacketReader(octets);
        var kept = new List<byte>();
        for (int i = 0; packets.TryRead(out var packet); i++)
        {
            if (i != 1)
                kept.AddRange([(byte)(0xC0 | (int)packet.Tag), 0xFF, 0, 0, 0, (byte)packet.Body.Length, .. packet.Body.ToArray()]);
        }

        Assert.Equal("no valid self-signature", ForgedCertificate.ReadOnly([.. kept]).At(Now, AlgorithmPolicy.Default).Problem);
    }

    [Theory]
    [InlineData("v6-25519-annex-a-4")]
    [InlineData("v6-ed448-x448")]
    [InlineData("v4-legacy")]
    [InlineData("v4-nistp")]
    public void NoFlippedBitMakesAnotherKeyUsable(string folder)
    {
        byte[] octets = Vectors.Rfc9580(folder).ToArray();
        var honest = Vectors.Rfc9580(folder).Subkeys.Select(subkey => subkey.Key.Fingerprint)
            .Append(Vectors.Rfc9580(folder).Fingerprint).ToHashSet();
        for (int bit = 0; bit < 8 * octets.Length; bit += 3)
        {
            byte[] flipped = [.. octets];
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            foreach (var reading in Certificate.ReadAll(flipped, CertificateLimits.Default).OfType<CertificateReading.Readable>())
            {
                var verdict = reading.Certificate.At(Now, AlgorithmPolicy.Default).ForEncryption();
                if (verdict is EncryptionVerdict.Usable usable)
                    Assert.All(usable.Recipients, recipient => Assert.Contains(recipient.Key.Fingerprint, honest));
            }
        }
    }
}
