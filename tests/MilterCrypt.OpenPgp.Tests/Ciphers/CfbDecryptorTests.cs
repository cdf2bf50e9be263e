using System.Security.Cryptography;
using MilterCrypt.OpenPgp.Ciphers;
using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.Tests.Messages;
using SymmetricAlgorithm = MilterCrypt.OpenPgp.Packets.SymmetricAlgorithm;

namespace MilterCrypt.OpenPgp.Tests.Ciphers;

public sealed class CfbDecryptorTests
{
    // Around the ends of blocks, and of the pieces that are worked on at once.
    private static readonly int[] Pieces = [1, 0, 15, 16, 17, 3, 29, 16384, 5, 16400, 11, 40000, 32768, 7];

    [Theory]
    [InlineData(SymmetricAlgorithm.Aes128, 16)]
    [InlineData(SymmetricAlgorithm.Aes192, 24)]
    [InlineData(SymmetricAlgorithm.Aes256, 32)]
    public void AesInPiecesOfAnyLengthIsWhatDotNetDecryptsAtOnce(SymmetricAlgorithm cipher, int keyLength)
    {
        byte[] key = Encrypting.Plaintext(keyLength), plaintext = Encrypting.Plaintext(Pieces.Sum());
        using var aes = Aes.Create();
        aes.Key = key;
        aes.IV = new byte[16];
        aes.FeedbackSize = 128;
        byte[] padded = [.. plaintext, .. new byte[16 - (plaintext.Length % 16)]];
        byte[] data = aes.EncryptCfb(padded, new byte[16], PaddingMode.None, 128)[..plaintext.Length];

        DecryptInPieces(cipher, key, data);

        Assert.Equal(plaintext, data);
    }

    [Theory]
    [InlineData(SymmetricAlgorithm.Aes128)]
    [InlineData(SymmetricAlgorithm.Aes192)]
    [InlineData(SymmetricAlgorithm.Aes256)]
    [InlineData(SymmetricAlgorithm.TripleDes)]
    [InlineData(SymmetricAlgorithm.Cast5)]
    [InlineData(SymmetricAlgorithm.Blowfish)]
    [InlineData(SymmetricAlgorithm.Idea)]
    [InlineData(SymmetricAlgorithm.Camellia128)]
    [InlineData(SymmetricAlgorithm.Camellia192)]
    [InlineData(SymmetricAlgorithm.Camellia256)]
    public void WhatACipherEncryptsItDecrypts(SymmetricAlgorithm cipher)
    {
        byte[] key = Encrypting.Plaintext(cipher.KeyLength());
        byte[] plaintext = Encrypting.Plaintext((Pieces.Sum() / 16 * 16) + 16), data = [.. plaintext];
        using ICfbEncryptor? encryptor = CfbEncryptor.Create(cipher, key);
        if (encryptor is null)
            Assert.Skip($"This system has no {cipher}.");

        encryptor.Encrypt(data.AsSpan(0, 4099), data);
        encryptor.Encrypt(data.AsSpan(4099), data.AsSpan(4099));
        Assert.NotEqual(plaintext, data);
        DecryptInPieces(cipher, key, data);

        Assert.Equal(plaintext, data);
    }

    [Theory]
    [InlineData(SymmetricAlgorithm.Twofish)]
    [InlineData((SymmetricAlgorithm)0)]
    [InlineData((SymmetricAlgorithm)5)]
    [InlineData((SymmetricAlgorithm)110)]
    public void ACipherThatNoLibraryHasIsNoError(SymmetricAlgorithm cipher)
    {
        Assert.Null(CfbDecryptor.Create(cipher, new byte[32]));
        Assert.Null(CfbEncryptor.Create(cipher, new byte[32]));
    }

    [Fact]
    public void AKeyOfAnotherLengthIsTheCallersMistake()
    {
        Assert.ThrowsAny<ArgumentException>(() => CfbDecryptor.Create(SymmetricAlgorithm.Aes128, new byte[32]));
        Assert.ThrowsAny<ArgumentException>(() => CfbEncryptor.Create(SymmetricAlgorithm.Aes256, new byte[24]));
        Assert.ThrowsAny<ArgumentException>(() => CfbDecryptor.Create(SymmetricAlgorithm.TripleDes, new byte[16]));
    }

    private static void DecryptInPieces(SymmetricAlgorithm cipher, byte[] key, byte[] data)
    {
        using ICfbDecryptor? decryptor = CfbDecryptor.Create(cipher, key);
        Assert.NotNull(decryptor);
        Span<byte> rest = data;
        foreach (int piece in Pieces)
        {
            decryptor.Decrypt(rest[..piece]);
            rest = rest[piece..];
        }

        decryptor.Decrypt(rest);
    }
}
