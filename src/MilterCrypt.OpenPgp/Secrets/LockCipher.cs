using System.Security.Cryptography;
using MilterCrypt.Native.LibCrypto;
using MilterCrypt.OpenPgp.Packets;
using SymmetricAlgorithm = MilterCrypt.OpenPgp.Packets.SymmetricAlgorithm;

namespace MilterCrypt.OpenPgp.Secrets;

/// <summary>Decrypts the little that a passphrase locks: secret numbers, session keys.</summary>
internal static class LockCipher
{
    private const int MaxKeyLength = 32;

    /// <summary>Decrypts CFB in place; false where this system has no such cipher.</summary>
    internal static bool TryDecryptCfb(SymmetricAlgorithm cipher, ReadOnlySpan<byte> key, ReadOnlySpan<byte> iv, Span<byte> data)
    {
        if (cipher is not (SymmetricAlgorithm.Aes128 or SymmetricAlgorithm.Aes192 or SymmetricAlgorithm.Aes256))
            return false;
        byte[] padded = GC.AllocateArray<byte>((data.Length + 15) / 16 * 16, pinned: true);
        data.CopyTo(padded);
        using var aes = Aes.Create();
        aes.SetKey(key);
        aes.DecryptCfb(padded, iv, padded, PaddingMode.None, 128);
        padded.AsSpan(0, data.Length).CopyTo(data);
        CryptographicOperations.ZeroMemory(padded);
        return true;
    }

    /// <summary>Decrypts AEAD in place, under the key that HKDF makes of <paramref name="derived"/> and
    /// <paramref name="info"/> (RFC 9580 §5.5.3, §5.3.2); the tag comes last.</summary>
    /// <returns>False where the tag is wrong; null where this system has no such cipher.</returns>
    internal static bool? TryDecryptAead(
        AeadAlgorithm mode, SymmetricAlgorithm cipher, ReadOnlySpan<byte> derived, ReadOnlySpan<byte> info,
        ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> associated, Span<byte> data)
    {
        if (mode != AeadAlgorithm.Ocb)
            return null;
        Span<byte> key = stackalloc byte[MaxKeyLength];
        key = key[..cipher.KeyLength()];
        try
        {
            HKDF.DeriveKey(HashAlgorithmName.SHA256, derived, key, salt: [], info);
            using var ocb = AesOcb.ForDecryption(key);
            var secret = data[..^AesOcb.TagLength];
            return ocb.TryDecrypt(nonce, associated, secret, data[^AesOcb.TagLength..], secret);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }
}
