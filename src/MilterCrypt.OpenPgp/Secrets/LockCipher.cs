using System.Security.Cryptography;
using MilterCrypt.OpenPgp.Ciphers;
using MilterCrypt.OpenPgp.Packets;
using SymmetricAlgorithm = MilterCrypt.OpenPgp.Packets.SymmetricAlgorithm;

namespace MilterCrypt.OpenPgp.Secrets;

/// <summary>Decrypts the little that a passphrase locks: secret numbers, session keys.</summary>
internal static class LockCipher
{
    private const int MaxKeyLength = 32;
    private const int MaxBlockLength = 16;

    /// <summary>Decrypts CFB in place; false where this system has no such cipher.</summary>
    internal static bool TryDecryptCfb(SymmetricAlgorithm cipher, ReadOnlySpan<byte> key, ReadOnlySpan<byte> iv, Span<byte> data)
    {
        using var cfb = CfbDecryptor.Create(cipher, key);
        if (cfb is null)
            return false;

        // An initial value is what a block of ciphertext before the first would be.
        Span<byte> before = stackalloc byte[MaxBlockLength];
        iv.CopyTo(before);
        cfb.Decrypt(before[..iv.Length]);
        cfb.Decrypt(data);
        return true;
    }

    /// <summary>Decrypts AEAD in place, under the key that HKDF makes of <paramref name="derived"/> and
    /// <paramref name="info"/> (RFC 9580 §5.5.3, §5.3.2); the tag comes last.</summary>
    /// <returns>False where the tag is wrong; null where this system has no such cipher.</returns>
    internal static bool? TryDecryptAead(
        AeadAlgorithm mode, SymmetricAlgorithm cipher, ReadOnlySpan<byte> derived, ReadOnlySpan<byte> info,
        ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> associated, Span<byte> data)
    {
        Span<byte> key = stackalloc byte[MaxKeyLength];
        key = key[..cipher.KeyLength()];
        try
        {
            HKDF.DeriveKey(HashAlgorithmName.SHA256, derived, key, salt: [], info);
            using var aead = ChunkCipher.ForDecryption(mode, cipher, key);
            var secret = data[..^ChunkCipher.TagLength];
            return aead?.TryDecrypt(nonce, associated, secret, data[^ChunkCipher.TagLength..], secret);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }
}
