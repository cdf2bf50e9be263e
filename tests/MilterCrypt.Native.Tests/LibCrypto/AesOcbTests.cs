using System.Security.Cryptography;
using MilterCrypt.Native.LibCrypto;

namespace MilterCrypt.Native.Tests.LibCrypto;

public sealed class AesOcbTests
{
    /// <summary>RFC 7253 Appendix A has 12-octet nonces only; so libcrypto is held to its inverse here and to other implementations by the messages
    /// that they open.</summary>
    [Theory]
    [InlineData(16, 0)]
    [InlineData(16, 1)]
    [InlineData(32, 15)]
    [InlineData(32, 16)]
    [InlineData(32, 17)]
    [InlineData(24, 65536)]
    public void EachChunkComesBackAndNoChangeGoesUnnoticed(int keyLength, int length)
    {
        byte[] key = RandomNumberGenerator.GetBytes(keyLength);
        using var encrypting = AesOcb.ForEncryption(key);
        using var decrypting = AesOcb.ForDecryption(key);
        byte[] data = RandomNumberGenerator.GetBytes(length), original = [.. data];
        for (byte chunk = 0; chunk < 3; chunk++)
        {
            byte[] nonce = [.. new byte[14], chunk];
            byte[] tag = new byte[AesOcb.TagLength], found = new byte[length];
            original.CopyTo(data, 0);
            encrypting.Encrypt(nonce, [chunk], data, data, tag);

            Assert.True(decrypting.TryDecrypt(nonce, [chunk], data, tag, found));
            Assert.Equal(original, found);
            Assert.False(decrypting.TryDecrypt(nonce, [9], data, tag, found));
            tag[0] ^= 1;
            Assert.False(decrypting.TryDecrypt(nonce, [chunk], data, tag, found));
            Assert.False(found.AsSpan().ContainsAnyExcept((byte)0));
        }
    }
}
