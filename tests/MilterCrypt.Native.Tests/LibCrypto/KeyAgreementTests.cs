using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Text.Json;
using MilterCrypt.Native.LibCrypto;
using MilterCrypt.TestSupport;

namespace MilterCrypt.Native.Tests.LibCrypto;

public sealed class KeyAgreementTests
{
    [Theory]
    [InlineData("x25519_test.json", RawKeyKind.X25519)]
    [InlineData("x448_test.json", RawKeyKind.X448)]
    public void EveryHostilePublicKeyGivesTheRightSecretOrIsRefused(string file, RawKeyKind kind)
    {
        int agreed = 0, refused = 0;
        foreach ((_, JsonElement test) in Wycheproof.Read(file))
        {
            using EvpPublicKey? peer = EvpPublicKey.ImportRaw(kind, test.Hex("public"));
            if (peer is null)
            {
                Assert.True(test.Result() == "invalid", test.Name());
                refused++;
                continue;
            }

            using EvpPrivateKey own = EvpPrivateKey.ImportRaw(kind, test.Hex("private"))!;
            byte[] secret = new byte[peer.SharedSecretLength];
            if (test.HasFlag("ZeroSharedSecret"))
            {
                Assert.Throws<CryptographicException>(() => own.AgreeWith(peer, secret));
                refused++;
                continue;
            }

            own.AgreeWith(peer, secret);
            Assert.True(test.Hex("shared").AsSpan().SequenceEqual(secret), test.Name());
            agreed++;
        }

        Assert.True(agreed > 400 && refused >= 10, $"{agreed} agreed, {refused} refused");
    }

    [Theory]
    [InlineData("ecdh_secp256r1_test.json", EllipticCurve.NistP256)]
    [InlineData("ecdh_brainpoolP256r1_test.json", EllipticCurve.BrainpoolP256)]
    public void EveryHostilePointGivesTheRightSecretOrIsRefused(string file, EllipticCurve curve)
    {
        int agreed = 0, refused = 0;
        foreach ((_, JsonElement test) in Wycheproof.Read(file))
        {
            // Their points come inside an X.509 structure, which OpenPGP doesn't use: what is odd in that is not ours.
            if (test.HasFlag("InvalidAsn") || test.HasFlag("UnnamedCurve") || test.HasFlag("ModifiedGroup")
                || test.HasFlag("WrongCurve") || test.HasFlag("InvalidEncoding"))
                continue;

            using EvpPublicKey? peer = EvpPublicKey.ImportEllipticCurve(curve, Point(test.Hex("public")));
            if (peer is null)
            {
                Assert.True(test.Result() != "valid", test.Name());
                refused++;
                continue;
            }

            Assert.True(test.Result() == "valid", test.Name());
            using EvpPrivateKey own = EvpPrivateKey.ImportEllipticCurve(curve, test.Hex("private"))!;
            byte[] secret = new byte[peer.SharedSecretLength];
            own.AgreeWith(peer, secret);
            Assert.True(test.Hex("shared").AsSpan().SequenceEqual(secret), test.Name());
            agreed++;
        }

        Assert.True(agreed > 300 && refused >= 15, $"{agreed} agreed, {refused} refused");
    }

    [Theory]
    [InlineData("nistP256", EllipticCurve.NistP256)]
    [InlineData("nistP384", EllipticCurve.NistP384)]
    [InlineData("nistP521", EllipticCurve.NistP521)]
    [InlineData("brainpoolP256r1", EllipticCurve.BrainpoolP256)]
    [InlineData("brainpoolP384r1", EllipticCurve.BrainpoolP384)]
    [InlineData("brainpoolP512r1", EllipticCurve.BrainpoolP512)]
    public void TheOwnerOfACurveKeyFindsTheSameSecret(string name, EllipticCurve curve)
    {
        using ECDiffieHellman owner = ECDiffieHellman.Create(ECCurve.CreateFromFriendlyName(name));
        ECParameters parameters = owner.ExportParameters(includePrivateParameters: false);
        byte[] point = [4, .. parameters.Q.X!, .. parameters.Q.Y!];
        using EvpPublicKey key = EvpPublicKey.ImportEllipticCurve(curve, point)!;
        byte[] ephemeral = new byte[key.EphemeralKeyLength];
        byte[] secret = new byte[key.SharedSecretLength];

        key.AgreeWithEphemeralKey(ephemeral, secret);

        int half = (ephemeral.Length - 1) / 2;
        parameters.Q = new ECPoint { X = ephemeral[1..(1 + half)], Y = ephemeral[(1 + half)..] };
        using ECDiffieHellman other = ECDiffieHellman.Create(parameters);
        Assert.Equal(owner.DeriveRawSecretAgreement(other.PublicKey), secret);
    }

    [Theory]
    [InlineData(RawKeyKind.X25519, 32)]
    [InlineData(RawKeyKind.X448, 56)]
    public void TheOwnerOfARawKeyFindsTheSameSecretAndNoTwoEphemeralKeysAreEqual(RawKeyKind kind, int length)
    {
        byte[] seed = RandomNumberGenerator.GetBytes(length);
        using EvpPrivateKey owner = EvpPrivateKey.ImportRaw(kind, seed)!;
        byte[] published = new byte[length];
        owner.ExportPublicKey(published);
        using EvpPublicKey key = EvpPublicKey.ImportRaw(kind, published)!;
        byte[] ephemeral = new byte[key.EphemeralKeyLength], again = new byte[length];
        byte[] secret = new byte[key.SharedSecretLength], found = new byte[length];

        key.AgreeWithEphemeralKey(ephemeral, secret);
        using EvpPublicKey sent = EvpPublicKey.ImportRaw(kind, ephemeral)!;
        owner.AgreeWith(sent, found);
        key.AgreeWithEphemeralKey(again, found.AsSpan().ToArray());

        Assert.Equal(secret, found);
        Assert.NotEqual(ephemeral, again);
    }

    private static byte[] Point(byte[] subjectPublicKeyInfo)
    {
        AsnReader info = new AsnReader(subjectPublicKeyInfo, AsnEncodingRules.BER).ReadSequence();
        info.ReadSequence();
        return info.ReadBitString(out _);
    }
}
