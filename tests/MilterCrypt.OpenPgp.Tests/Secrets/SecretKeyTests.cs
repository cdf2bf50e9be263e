using System.Security.Cryptography;
using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.Tests.Certificates;
using HashAlgorithm = MilterCrypt.OpenPgp.Packets.HashAlgorithm;

namespace MilterCrypt.OpenPgp.Tests.Secrets;

public sealed class SecretKeyTests
{
    public static TheoryData<string> Folders { get; } =
    [
        "v4-ed25519-x25519", "v4-legacy", "v4-nistp", "v4-rsa", "v6-25519-annex-a-4", "v6-ed25519-x448", "v6-ed448-x448",
        "v6-nistp", "v6-rsa",
    ];

    [Theory]
    [MemberData(nameof(Folders))]
    public void KeysOfTheStandardsSignAndOpenWhatTheirPublicPartsVerifyAndEncrypt(string folder)
    {
        var packets = SecretPacket.AllOf(Vectors.File($"openpgp-rfc9580/{folder}/tsk.asc"));
        Assert.True(packets.Count >= 2);
        foreach (var packet in packets)
        {
            using var key = packet.Read();
            Proof.That(key);
        }
    }

    [Fact]
    public void LegacyEncodingsInVersion6AreRefusedWithAReason() => Assert.All(
        SecretPacket.AllOf(Vectors.File("openpgp-rfc9580/v6-legacy_illegal/tsk.asc")),
        static packet => Assert.Contains("in a version 6 key", packet.Refusal(), StringComparison.Ordinal));

    [Theory]
    [MemberData(nameof(Folders))]
    public void ASecretPacketCutAnywhereIsRefused(string folder)
    {
        foreach (var packet in SecretPacket.AllOf(Vectors.File($"openpgp-rfc9580/{folder}/tsk.asc")))
        {
            for (int length = 0; length < packet.Body.Length; length++)
                Assert.NotEmpty((packet with { Body = packet.Body[..length] }).Refusal());
        }
    }

    [Theory]
    [MemberData(nameof(Folders))]
    public void ASecretPacketWithAFlippedBitIsRefusedOrStillItsPublicKeysOwn(string folder)
    {
        foreach (var packet in SecretPacket.AllOf(Vectors.File($"openpgp-rfc9580/{folder}/tsk.asc")))
        {
            int refused = 0;
            for (int bit = 0; bit < 8 * packet.Body.Length; bit++)
            {
                byte[] flipped = [.. packet.Body];
                flipped[bit / 8] ^= (byte)(1 << (bit % 8));
                if (!OpenPgp.Secrets.SecretKey.TryRead(flipped, packet.IsSubkey, out var key, out _))
                {
                    refused++;
                    continue;
                }

                // Another time of creation, say: another key, and the secret is that one's own.
                using (key)
                {
                    if (!key.IsLocked)
                        Proof.That(key);
                }
            }

            Assert.True(refused > 7 * packet.Body.Length, $"only {refused} of {8 * packet.Body.Length}");
        }
    }

    [Fact]
    public void ASecretOfAnotherKeyIsRefused()
    {
        var packets = SecretPacket.AllOf(Vectors.File("openpgp-rfc9580/v6-25519-annex-a-4/tsk.asc"));
        byte[] forged = [.. packets[0].Body];
        RandomNumberGenerator.Fill(forged.AsSpan(^32));

        Assert.Equal("the secret does not fit the public key", (packets[0] with { Body = forged }).Refusal());
    }

    [Fact]
    public void ADigestIsSignedOverGoodFunctionsAndOfTheirLengthAlone()
    {
        using var key = SecretPacket.AllOf(Vectors.File("openpgp-rfc9580/v4-rsa/tsk.asc"))[0].Read();

        Assert.Throws<ArgumentException>(() => key.SignDigest(HashAlgorithm.Sha256, new byte[31]));
        Assert.Throws<ArgumentException>(() => key.SignDigest(HashAlgorithm.Sha1, new byte[20]));
        Assert.Throws<ArgumentException>(() => key.SignDigest((HashAlgorithm)99, new byte[32]));
        foreach (var hash in new[] { HashAlgorithm.Sha224, HashAlgorithm.Sha256, HashAlgorithm.Sha384, HashAlgorithm.Sha3_256 })
            Assert.Equal(Native.LibCrypto.SignatureCheck.Good, Proof.Sign(key, hash));
    }

    [Fact]
    public void AKeyThatDecryptsDoesNotSign()
    {
        using var key = SecretPacket.AllOf(Vectors.File("openpgp-rfc9580/v6-25519-annex-a-4/tsk.asc"))[1].Read();

        Assert.False(key.CanSign);
        Assert.Throws<InvalidOperationException>(() => key.SignDigest(HashAlgorithm.Sha256, new byte[32]));
    }

    [Fact]
    public void ADisposedKeyHasNoSecretAnyMore()
    {
        var key = SecretPacket.AllOf(Vectors.File("openpgp-rfc9580/v4-rsa/tsk.asc"))[0].Read();
        var native = key.Material!.Key!;

        key.Dispose();

        Assert.Null(key.Material);
        Assert.Throws<ObjectDisposedException>(() => native.TryDecryptWithoutPadding([2], new byte[native.ModulusLength]));
        Assert.Throws<ObjectDisposedException>(() => key.SignDigest(HashAlgorithm.Sha256, new byte[32]));
    }

    [Fact]
    public void EveryAlgorithmThatSignsIsAmongTheseKeys() => Assert.Equal(
        [PublicKeyAlgorithm.Rsa, PublicKeyAlgorithm.Ecdsa, PublicKeyAlgorithm.EdDsaLegacy, PublicKeyAlgorithm.Ed25519, PublicKeyAlgorithm.Ed448],
        from folder in Folders
        from packet in SecretPacket.AllOf(Vectors.File($"openpgp-rfc9580/{folder.Data}/tsk.asc"))
        let key = packet.Read()
        where key.CanSign
        group key by key.PublicKey.Algorithm into kind
        orderby (int)kind.Key
        select kind.Key);
}
