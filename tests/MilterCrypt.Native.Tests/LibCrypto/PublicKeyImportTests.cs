using System.Security.Cryptography;
using MilterCrypt.Native.LibCrypto;

namespace MilterCrypt.Native.Tests.LibCrypto;

public sealed class PublicKeyImportTests
{
    [Fact]
    public void APointOffTheCurveIsNoKey()
    {
        byte[] point = new byte[65];
        point[0] = 4;
        point[64] = 1;

        Assert.Null(EvpPublicKey.ImportEllipticCurve(EllipticCurve.NistP256, point));
        Assert.Null(EvpPublicKey.ImportEllipticCurve(EllipticCurve.NistP256, [0]));
        Assert.Null(EvpPublicKey.ImportEllipticCurve(EllipticCurve.NistP256, []));
        Assert.Null(EvpPublicKey.ImportEllipticCurve(EllipticCurve.BrainpoolP512, point));
    }

    [Theory]
    [InlineData(RawKeyKind.X25519, 31)]
    [InlineData(RawKeyKind.X25519, 33)]
    [InlineData(RawKeyKind.Ed448, 56)]
    [InlineData(RawKeyKind.X448, 0)]
    public void ARawKeyOfAnotherLengthIsNoKey(RawKeyKind kind, int length) =>
        Assert.Null(EvpPublicKey.ImportRaw(kind, new byte[length]));

    [Fact]
    public void RsaNumbersThatNoHonestKeyHasAreNoKey()
    {
        byte[] modulus = RandomNumberGenerator.GetBytes(256);
        modulus[0] |= 0x80;
        modulus[^1] |= 1;
        byte[] even = [.. modulus];
        even[^1] ^= 1;

        Assert.Null(EvpPublicKey.ImportRsa([], [3]));
        Assert.Null(EvpPublicKey.ImportRsa(new byte[300], [3]));
        Assert.Null(EvpPublicKey.ImportRsa(modulus, []));
        Assert.Null(EvpPublicKey.ImportRsa(modulus, [1]));
        Assert.Null(EvpPublicKey.ImportRsa(modulus, [1, 0]));
        Assert.Null(EvpPublicKey.ImportRsa(modulus, [1, 1, 1, 1, 1, 1, 1, 1, 1]));
        Assert.Null(EvpPublicKey.ImportRsa(even, [3]));
        Assert.Null(EvpPublicKey.ImportRsa([1, .. new byte[2048], 1], [3]));
        using EvpPublicKey? kept = EvpPublicKey.ImportRsa([0, .. modulus], [0, 1, 0, 1]);
        Assert.Equal(256, kept!.ModulusLength);
    }

    [Fact]
    public void DsaNumbersThatNoHonestKeyHasAreNoKey()
    {
        Assert.Null(EvpPublicKey.ImportDsa([], [1], [1], [1]));
        Assert.Null(EvpPublicKey.ImportDsa([4], [1], [1], [1]));
        Assert.Null(EvpPublicKey.ImportDsa([5], new byte[40], [1], [1]));
        Assert.Null(EvpPublicKey.ImportDsa([5], [3], [1, 1], [1]));
        Assert.Null(EvpPublicKey.ImportDsa([5], [3], [1], [1, 1]));
    }

    [Fact]
    public void WhatIsEncryptedWithRsaIsOpenedByItsOwner()
    {
        using RSA owner = RSA.Create(2048);
        RSAParameters numbers = owner.ExportParameters(includePrivateParameters: false);
        using EvpPublicKey key = EvpPublicKey.ImportRsa(numbers.Modulus, numbers.Exponent)!;
        byte[] secret = RandomNumberGenerator.GetBytes(35);
        byte[] first = new byte[key.ModulusLength], second = new byte[key.ModulusLength];

        key.EncryptPkcs1(secret, first);
        key.EncryptPkcs1(secret, second);

        Assert.Equal(secret, owner.Decrypt(first, RSAEncryptionPadding.Pkcs1));
        Assert.NotEqual(first, second);
        Assert.Throws<CryptographicException>(() => key.EncryptPkcs1(new byte[246], first));
        Assert.Throws<CryptographicException>(() => key.EncryptPkcs1(secret, new byte[255]));
    }

    [Fact]
    public async Task AKeyIsUsableFromSeveralThreads()
    {
        using RSA owner = RSA.Create(2048);
        RSAParameters numbers = owner.ExportParameters(includePrivateParameters: false);
        using EvpPublicKey key = EvpPublicKey.ImportRsa(numbers.Modulus, numbers.Exponent)!;
        byte[] digest = SHA256.HashData([1]);
        byte[] signature = owner.SignHash(digest, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);

        SignatureCheck[][] found = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
            Enumerable.Range(0, 200).Select(_ => key.VerifyRsa(DigestAlgorithm.Sha256, digest, signature)).ToArray())));

        Assert.All(found.SelectMany(f => f), check => Assert.Equal(SignatureCheck.Good, check));
    }

    [Fact]
    public void AFailureLeavesNothingInTheErrorQueue()
    {
        Assert.Null(EvpPublicKey.ImportEllipticCurve(EllipticCurve.NistP256, [4, .. new byte[64]]));
        Assert.Equal(0u, LibCryptoImports.ERR_get_error());
    }
}
