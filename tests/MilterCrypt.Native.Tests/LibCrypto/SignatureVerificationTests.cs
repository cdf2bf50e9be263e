using System.Security.Cryptography;
using System.Text.Json;
using MilterCrypt.Native.LibCrypto;
using MilterCrypt.TestSupport;

namespace MilterCrypt.Native.Tests.LibCrypto;

public sealed class SignatureVerificationTests
{
    private static readonly byte[] Message = "what was signed"u8.ToArray();

    [Theory]
    [InlineData("ed25519_test.json", RawKeyKind.Ed25519)]
    [InlineData("ed448_test.json", RawKeyKind.Ed448)]
    public void EveryHostileEdDsaSignatureIsJudgedRightly(string file, RawKeyKind kind)
    {
        int good = 0, bad = 0;
        foreach ((JsonElement group, JsonElement test) in Wycheproof.Read(file))
        {
            using EvpPublicKey key = EvpPublicKey.ImportRaw(kind, group.GetProperty("publicKey").Hex("pk"))!;
            SignatureCheck expected = test.Result() == "valid" ? SignatureCheck.Good : SignatureCheck.Bad;
            Assert.True(expected == key.VerifyEdDsa(test.Hex("msg"), test.Hex("sig")), test.Name());
            _ = expected == SignatureCheck.Good ? good++ : bad++;
        }

        Assert.True(good > 10 && bad > 10, $"{good} good, {bad} bad");
    }

    [Theory]
    [InlineData(DigestAlgorithm.Sha1, "SHA1")]
    [InlineData(DigestAlgorithm.Sha256, "SHA256")]
    [InlineData(DigestAlgorithm.Sha384, "SHA384")]
    [InlineData(DigestAlgorithm.Sha512, "SHA512")]
    public void AnRsaSignatureHoldsForItsDigestAndHashAlone(DigestAlgorithm algorithm, string name)
    {
        using RSA rsa = RSA.Create(2048);
        RSAParameters numbers = rsa.ExportParameters(includePrivateParameters: false);
        byte[] digest = CryptographicOperations.HashData(new HashAlgorithmName(name), Message);
        byte[] signature = rsa.SignHash(digest, new HashAlgorithmName(name), RSASignaturePadding.Pkcs1);
        using EvpPublicKey key = EvpPublicKey.ImportRsa(numbers.Modulus, numbers.Exponent)!;

        Assert.Equal(SignatureCheck.Good, key.VerifyRsa(algorithm, digest, signature));
        Assert.Equal(SignatureCheck.Good, key.VerifyRsa(algorithm, digest, [0, .. signature]));
        Assert.Equal(SignatureCheck.Bad, key.VerifyRsa(algorithm, digest, [1, .. signature]));
        Assert.Equal(SignatureCheck.Bad, key.VerifyRsa(algorithm, digest, []));
        Assert.Equal(SignatureCheck.Bad, key.VerifyRsa(algorithm, digest, signature.AsSpan(1)));
        Assert.Equal(SignatureCheck.Bad, key.VerifyRsa(algorithm, Flipped(digest), signature));
        Assert.Equal(SignatureCheck.Bad, key.VerifyRsa(algorithm, digest, Flipped(signature)));
        DigestAlgorithm other = algorithm == DigestAlgorithm.Sha256 ? DigestAlgorithm.Sha3_256 : DigestAlgorithm.Sha256;
        Assert.Equal(SignatureCheck.Bad, key.VerifyRsa(other, digest, signature));
    }

    [Theory]
    [InlineData("nistP256", EllipticCurve.NistP256)]
    [InlineData("nistP384", EllipticCurve.NistP384)]
    [InlineData("nistP521", EllipticCurve.NistP521)]
    [InlineData("brainpoolP256r1", EllipticCurve.BrainpoolP256)]
    [InlineData("brainpoolP384r1", EllipticCurve.BrainpoolP384)]
    [InlineData("brainpoolP512r1", EllipticCurve.BrainpoolP512)]
    public void AnEcdsaSignatureHoldsForItsDigestAlone(string name, EllipticCurve curve)
    {
        using ECDsa ecdsa = ECDsa.Create(ECCurve.CreateFromFriendlyName(name));
        ECPoint point = ecdsa.ExportParameters(includePrivateParameters: false).Q;
        byte[] digest = SHA512.HashData(Message);
        byte[] signature = ecdsa.SignHash(digest);
        int half = signature.Length / 2;
        byte[] r = signature[..half], s = signature[half..];
        using EvpPublicKey key = EvpPublicKey.ImportEllipticCurve(curve, [4, .. point.X!, .. point.Y!])!;

        Assert.Equal(SignatureCheck.Good, key.VerifyRAndS(digest, r, s));
        Assert.Equal(SignatureCheck.Good, key.VerifyRAndS(digest, [0, 0, .. r], s));
        Assert.Equal(SignatureCheck.Bad, key.VerifyRAndS(Flipped(digest), r, s));
        Assert.Equal(SignatureCheck.Bad, key.VerifyRAndS(digest, s, r));
        Assert.Equal(SignatureCheck.Bad, key.VerifyRAndS(digest, [], s));
        Assert.Equal(SignatureCheck.Bad, key.VerifyRAndS(digest, r, new byte[half]));
        Assert.Equal(SignatureCheck.Bad, key.VerifyRAndS(digest, [1, .. r], s));
    }

    [Fact]
    public void ADsaSignatureHoldsForItsDigestAlone()
    {
        using DSA dsa = DSA.Create(2048);
        DSAParameters numbers = dsa.ExportParameters(includePrivateParameters: false);
        byte[] digest = SHA256.HashData(Message);
        byte[] signature = dsa.CreateSignature(digest);
        int half = signature.Length / 2;
        byte[] r = signature[..half], s = signature[half..];
        using EvpPublicKey key = EvpPublicKey.ImportDsa(numbers.P, numbers.Q, numbers.G, numbers.Y)!;

        Assert.Equal(SignatureCheck.Good, key.VerifyRAndS(digest, r, s));
        Assert.Equal(SignatureCheck.Bad, key.VerifyRAndS(Flipped(digest), r, s));
        Assert.Equal(SignatureCheck.Bad, key.VerifyRAndS(digest, s, r));
    }

    [Fact]
    public void AKeyThatCannotSignVerifiesNothing()
    {
        using EvpPublicKey agreement = EvpPublicKey.ImportRaw(RawKeyKind.X25519, SHA256.HashData(Message))!;

        Assert.Equal(SignatureCheck.NotSupported, agreement.VerifyEdDsa(Message, new byte[64]));
        Assert.Equal(SignatureCheck.NotSupported, agreement.VerifyRAndS(SHA256.HashData(Message), [1], [1]));
        Assert.NotEqual(SignatureCheck.Good, agreement.VerifyRsa(DigestAlgorithm.Sha256, SHA256.HashData(Message), []));
    }

    private static byte[] Flipped(byte[] data)
    {
        byte[] copy = [.. data];
        copy[0] ^= 1;
        return copy;
    }
}
