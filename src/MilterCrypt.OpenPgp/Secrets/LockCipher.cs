using System.Security.Cryptography;
using MilterCrypt.OpenPgp.Ciphers;
using MilterCrypt.OpenPgp.Packets;
using SymmetricAlgorithm = MilterCrypt.OpenPgp.Packets.SymmetricAlgorithm;

namespace MilterCrypt.OpenPgp.Secrets;

/// <summary>Encrypts and decrypts the little that a passphrase locks: secret numbers, session keys.</summary>
internal static class LockCipher
{
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

    /// <summary>Encrypts CFB in place, with AES.</summary>
    internal static void EncryptCfb(SymmetricAlgorithm cipher, ReadOnlySpan<byte> key, ReadOnlySpan<byte> iv, Span<byte> data)
    {
        // What comes out for zeros is the mask of the first block: with it, a block can be made that comes out as the initial
        // value, and what follows is encrypted as if it stood before.
        Span<byte> before = stackalloc byte[MaxBlockLength];
        before.Clear();
        using (var first = CfbEncryptor.Create(cipher, key)!)
            first.Encrypt(before, before);
        for (int i = 0; i < before.Length; i++)
            before[i] ^= iv[i];

        using var cfb = CfbEncryptor.Create(cipher, key)!;
        cfb.Encrypt(before, before);
        cfb.Encrypt(data, data);
    }

    /// <summary>Encrypts AEAD in place, with AES, as <see cref="TryDecryptAead"/> decrypts it.</summary>
    /// <param name="mode">The mode.</param>
    /// <param name="cipher">AES.</param>
    /// <param name="derived">What the passphrase became.</param>
    /// <param name="info">What the key is made for.</param>
    /// <param name="nonce">As long as the mode has it.</param>
    /// <param name="associated">What the tag covers besides.</param>
    /// <param name="data">The secret, and room for the tag.</param>
    internal static void EncryptAead(
        AeadAlgorithm mode, SymmetricAlgorithm cipher, ReadOnlySpan<byte> derived, ReadOnlySpan<byte> info,
        ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> associated, Span<byte> data)
    {
        Span<byte> key = stackalloc byte[SymmetricAlgorithmFacts.MaxKeyLength];
        key = key[..cipher.KeyLength()];
        try
        {
            HKDF.DeriveKey(HashAlgorithmName.SHA256, derived, key, salt: [], info);
            using var aead = ChunkCipher.ForEncryption(mode, cipher, key)!;
            var secret = data[..^ChunkCipher.TagLength];
            aead.Encrypt(nonce, associated, secret, secret, data[^ChunkCipher.TagLength..]);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    /// <summary>Decrypts AEAD in place, under the key that HKDF makes of <paramref name="derived"/> and
    /// <paramref name="info"/> (RFC 9580 §5.5.3, §5.3.2); the tag comes last.</summary>
    /// <returns>False where the tag is wrong; null where this system has no such cipher.</returns>
    internal static bool? TryDecryptAead(
        AeadAlgorithm mode, SymmetricAlgorithm cipher, ReadOnlySpan<byte> derived, ReadOnlySpan<byte> info,
        ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> associated, Span<byte> data)
    {
        Span<byte> key = stackalloc byte[SymmetricAlgorithmFacts.MaxKeyLength];
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
