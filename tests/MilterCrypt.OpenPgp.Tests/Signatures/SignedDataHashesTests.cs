using System.Security.Cryptography;
using System.Text;
using MilterCrypt.OpenPgp.Signatures;
using HashAlgorithm = MilterCrypt.OpenPgp.Packets.HashAlgorithm;

namespace MilterCrypt.OpenPgp.Tests.Signatures;

public sealed class SignedDataHashesTests
{
    private static readonly byte[] Trailer = [4, 0, 1, 2, 3];

    [Theory]
    [InlineData("one\ntwo\n", "one\r\ntwo\r\n")]
    [InlineData("one\r\ntwo\r\n", "one\r\ntwo\r\n")]
    [InlineData("one\r\ntwo\nthree", "one\r\ntwo\r\nthree")]
    [InlineData("\n\n\r\n\n", "\r\n\r\n\r\n\r\n")]
    [InlineData("one\rtwo\r", "one\rtwo\r")]
    [InlineData("one\r\r\ntwo", "one\r\r\ntwo")]
    [InlineData("blanks \t\nstay \t", "blanks \t\r\nstay \t")]
    [InlineData("", "")]
    public void TextIsHashedWithCrlfHoweverItIsCut(string text, string canonical)
    {
        byte[] octets = Encoding.ASCII.GetBytes(text);
        byte[] expected = SHA256.HashData([.. Encoding.ASCII.GetBytes(canonical), .. Trailer]);
        for (int first = 0; first <= octets.Length; first++)
        {
            for (int second = first; second <= octets.Length; second++)
                Assert.Equal(expected, Digest(SignatureType.Text, octets[..first], octets[first..second], octets[second..]));
        }
    }

    [Fact]
    public void BinaryDataIsHashedAsItIs()
    {
        byte[] octets = "one\ntwo\r\n\r"u8.ToArray();
        Assert.Equal(SHA256.HashData([.. octets, .. Trailer]), Digest(SignatureType.Binary, octets));
    }

    [Fact]
    public void EachWayOfHashingIsDoneOnceAndSharedByItsSignatures()
    {
        using var hashes = new SignedDataHashes();
        byte[] salt = RandomNumberGenerator.GetBytes(32);
        Assert.True(hashes.Expect(SignatureType.Binary, HashAlgorithm.Sha512, salt));
        for (int i = 1; i < 100; i++)
            Assert.True(hashes.Expect(SignatureType.Binary, HashAlgorithm.Sha512, salt));
        Assert.True(hashes.Expect(SignatureType.Text, HashAlgorithm.Sha3_256, []));
        hashes.Write("a\n"u8);

        Assert.Equal(SHA512.HashData([.. salt, .. "a\n"u8, .. Trailer]), hashes.Digest(SignatureType.Binary, HashAlgorithm.Sha512, salt, Trailer));
        Assert.Equal(SHA512.HashData([.. salt, .. "a\n"u8, 9]), hashes.Digest(SignatureType.Binary, HashAlgorithm.Sha512, salt, [9]));
        Assert.Null(hashes.Digest(SignatureType.Binary, HashAlgorithm.Sha512, [], Trailer));
        Assert.Null(hashes.Digest(SignatureType.Text, HashAlgorithm.Sha512, salt, Trailer));
        Assert.Equal(SHA3_256.HashData([.. "a\r\n"u8, .. Trailer]), hashes.Digest(SignatureType.Text, HashAlgorithm.Sha3_256, [], Trailer));
    }

    [Fact]
    public void EightWaysOfHashingAreEnough()
    {
        using var hashes = new SignedDataHashes();
        for (byte i = 0; i < 8; i++)
            Assert.True(hashes.Expect(SignatureType.Binary, HashAlgorithm.Sha256, [i]));
        Assert.False(hashes.Expect(SignatureType.Binary, HashAlgorithm.Sha256, [16]));
    }

    [Theory]
    [InlineData(SignatureType.Binary, HashAlgorithm.Md5)]
    [InlineData(SignatureType.Binary, HashAlgorithm.Sha1)]
    [InlineData(SignatureType.Text, HashAlgorithm.RipeMd160)]
    [InlineData(SignatureType.Binary, (HashAlgorithm)77)]
    [InlineData(SignatureType.PositiveCertification, HashAlgorithm.Sha256)]
    public void WhatNoSignatureOverDataMayHaveIsNotHashed(SignatureType type, HashAlgorithm hash)
    {
        using var hashes = new SignedDataHashes();
        Assert.False(hashes.Expect(type, hash, []));
    }

    [Fact]
    public void WhatIsExpectedTooLateIsNotHashed()
    {
        using var hashes = new SignedDataHashes();
        hashes.Write("a"u8);
        Assert.False(hashes.Expect(SignatureType.Binary, HashAlgorithm.Sha256, []));
    }

    private static byte[]? Digest(SignatureType type, params byte[][] pieces)
    {
        using var hashes = new SignedDataHashes();
        Assert.True(hashes.Expect(type, HashAlgorithm.Sha256, []));
        foreach (byte[] piece in pieces)
            hashes.Write(piece);
        return hashes.Digest(type, HashAlgorithm.Sha256, [], Trailer);
    }
}
