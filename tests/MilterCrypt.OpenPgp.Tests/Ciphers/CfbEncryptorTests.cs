using System.Security.Cryptography;
using MilterCrypt.OpenPgp.Ciphers;
using MilterCrypt.OpenPgp.Tests.Messages;

namespace MilterCrypt.OpenPgp.Tests.Ciphers;

public sealed class CfbEncryptorTests
{
    [Theory]
    [InlineData(16)]
    [InlineData(32)]
    public void TheProcessorsInstructionsAndTheLibraryAgree(int keyLength)
    {
        if (!AesNiCfbEncryptor.Supports(keyLength))
            Assert.Skip("This processor has no AES instructions.");

        for (int seed = 0; seed < 50; seed++)
        {
            byte[] key = new byte[keyLength];
            new Random(seed).NextBytes(key);
            using var own = new AesNiCfbEncryptor(key);
            using var portable = new PortableCfbEncryptor(key);
            foreach (int length in (int[])[16, 0, 1, 15, 17, 31, 5, 11, 112, 70_001])
            {
                byte[] one = Encrypting.Plaintext(length), other = [.. one];
                own.Encrypt(one, one);
                portable.Encrypt(other, other);
                Assert.Equal(other, one);
            }
        }
    }

    /// <summary>NIST SP 800-38A F.3.13 and F.3.17 have another initial value; with zeros the first block of ciphertext
    /// is AES of zeros, XORed with the plaintext.</summary>
    [Theory]
    [InlineData(16)]
    [InlineData(32)]
    public void TheFirstBlocksAreWhatTheModeSays(int keyLength)
    {
        byte[] key = Encrypting.Plaintext(keyLength), plaintext = Encrypting.Plaintext(33)[1..], data = [.. plaintext];
        using var cipher = new PortableCfbEncryptor(key);
        cipher.Encrypt(data, data);

        using var aes = Aes.Create();
        aes.Key = key;
        byte[] first = Xor(aes.EncryptEcb(new byte[16], PaddingMode.None), plaintext[..16]);
        byte[] second = Xor(aes.EncryptEcb(first, PaddingMode.None), plaintext[16..]);
        Assert.Equal([.. first, .. second], data);
    }

    private static byte[] Xor(byte[] left, byte[] right) => [.. left.Zip(right, (l, r) => (byte)(l ^ r))];
}
