using MilterCrypt.Native.LibCrypto;

namespace MilterCrypt.Native.Tests.LibCrypto;

public sealed class EvpCfbTests
{
    /// <summary>One block each, as published: SP 800-67 (the first of its example), RFC 2144 B.1, Schneier's Blowfish vectors,
    /// Lai's IDEA vector, RFC 3713 Appendix A.</summary>
    public static TheoryData<BlockCipher, string, string, string> Published => new()
    {
        { BlockCipher.TripleDes, "0123456789ABCDEF23456789ABCDEF01456789ABCDEF0123", "5468652071756663", "A826FD8CE53B855F" },
        { BlockCipher.Cast5, "0123456712345678234567893456789A", "0123456789ABCDEF", "238B4FE5847E44B2" },
        { BlockCipher.Blowfish, "F0E1D2C3B4A5968778695A4B3C2D1E0F", "FEDCBA9876543210", "93142887EE3BE15C" },
        { BlockCipher.Idea, "00010002000300040005000600070008", "0000000100020003", "11FBED2B01986DE5" },
        { BlockCipher.Camellia128, "0123456789ABCDEFFEDCBA9876543210", "0123456789ABCDEFFEDCBA9876543210", "67673138549669730857065648EABE43" },
        { BlockCipher.Camellia192, "0123456789ABCDEFFEDCBA98765432100011223344556677", "0123456789ABCDEFFEDCBA9876543210", "B4993401B3E996F84EE5CEE7D79B09B9" },
        { BlockCipher.Camellia256, "0123456789ABCDEFFEDCBA987654321000112233445566778899AABBCCDDEEFF", "0123456789ABCDEFFEDCBA9876543210", "9ACC237DFF16D76C20EF7C919E3A7509" },
    };

    /// <summary>CFB decrypts a block of zeros to the encryption of the block of ciphertext before it.</summary>
    [Theory]
    [MemberData(nameof(Published))]
    public void EachCipherGivesWhatItsAuthorsPublished(BlockCipher cipher, string key, string input, string output)
    {
        byte[] data = [.. Convert.FromHexString(input), .. new byte[input.Length / 2]];
        using EvpCfb decryptor = EvpCfb.ForDecryption(cipher, Convert.FromHexString(key)) ?? Skip(cipher);
        decryptor.Process(data);
        Assert.Equal(output, Convert.ToHexString(data.AsSpan(input.Length / 2)));
    }

    [Theory]
    [MemberData(nameof(Published))]
    public void PiecesOfAnyLengthGoOnWhereTheLastOneEnded(BlockCipher cipher, string key, string input, string output)
    {
        _ = (input, output);
        byte[] original = new byte[5000];
        new Random(1).NextBytes(original);
        byte[] data = [.. original];
        using EvpCfb encryptor = EvpCfb.ForEncryption(cipher, Convert.FromHexString(key)) ?? Skip(cipher);
        using EvpCfb decryptor = EvpCfb.ForDecryption(cipher, Convert.FromHexString(key)) ?? Skip(cipher);
        encryptor.Process(data.AsSpan(0, 3));
        encryptor.Process(data.AsSpan(3));
        Assert.NotEqual(original, data);
        for (int position = 0, length = 0; position < data.Length; position += length, length++)
        {
            length = Math.Min(length, data.Length - position);
            decryptor.Process(data.AsSpan(position, length));
        }

        Assert.Equal(original, data);
    }

    /// <summary>Weak ciphers stay where they are: nothing else in the process finds them because we did.</summary>
    [Fact]
    public void TheProcessesOwnLibraryContextKnowsNothingOfTheLegacyCiphers()
    {
        using EvpCfb cast = EvpCfb.ForDecryption(BlockCipher.Cast5, new byte[16]) ?? Skip(BlockCipher.Cast5);
        using EvpCipherHandle found = LibCryptoImports.EVP_CIPHER_fetch(0, "CAST5-CFB", null);
        OpenSslError.Forget();
        Assert.True(found.IsInvalid);
        cast.Process(new byte[100]);
    }

    /// <summary>Neither the error queue nor the next call of .NET's own cryptography knows that there was a refusal.</summary>
    [Fact]
    public void ACipherThatIsMissingIsNoErrorAndLeavesNone()
    {
        using EvpCfb? idea = EvpCfb.ForDecryption(BlockCipher.Idea, new byte[16]);
        Assert.Equal(0u, LibCryptoImports.ERR_get_error());
        if (idea is not null)
            Assert.Skip("This system has all ciphers.");
    }

    [Fact]
    public void TheLibraryContextOutlivesItsHandleWhileACipherNeedsIt()
    {
        for (int i = 0; i < 20; i++)
        {
            Abandon();
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }

    [Fact]
    public void AKeyOfAnotherLengthIsTheCallersMistake()
    {
        foreach (BlockCipher cipher in Enum.GetValues<BlockCipher>())
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => EvpCfb.ForDecryption(cipher, new byte[15]));
            Assert.Throws<ArgumentOutOfRangeException>(() => EvpCfb.ForEncryption(cipher, new byte[40]));
        }
    }

    private static void Abandon() => EvpCfb.ForDecryption(BlockCipher.Cast5, new byte[16])?.Process(new byte[100]);

    private static EvpCfb Skip(BlockCipher cipher)
    {
        Assert.Skip($"This system's libcrypto has no {cipher}.");
        return null!;
    }
}
