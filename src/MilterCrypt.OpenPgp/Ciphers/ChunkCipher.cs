using System.Security.Cryptography;
using MilterCrypt.Native.LibCrypto;
using MilterCrypt.OpenPgp.Packets;
using SymmetricAlgorithm = MilterCrypt.OpenPgp.Packets.SymmetricAlgorithm;

namespace MilterCrypt.OpenPgp.Ciphers;

/// <summary>Chooses what encrypts and decrypts in an AEAD mode: AES in all three, and no other cipher, since no library has
/// one and nobody sends it.</summary>
internal static class ChunkCipher
{
    /// <summary>Octets of a tag in each mode (RFC 9580 §9.6).</summary>
    internal const int TagLength = 16;

    /// <summary>Makes one that encrypts; null for an unknown mode and for a cipher other than AES.</summary>
    /// <param name="mode">Known or not.</param>
    /// <param name="cipher">Known or not.</param>
    /// <param name="key">As many octets as the cipher wants.</param>
    internal static IChunkCipher? ForEncryption(AeadAlgorithm mode, SymmetricAlgorithm cipher, ReadOnlySpan<byte> key) =>
        Create(mode, cipher, key, encrypts: true);

    /// <summary>Whether this machine has a mode: a system under strict rules may have no OCB.</summary>
    internal static bool IsAvailable(AeadAlgorithm mode)
    {
        try
        {
            using var probe = ForDecryption(mode, SymmetricAlgorithm.Aes128, stackalloc byte[SymmetricAlgorithm.Aes128.KeyLength()]);
            return probe is not null;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    /// <summary>Makes one that decrypts; null for an unknown mode and for a cipher other than AES.</summary>
    /// <inheritdoc cref="ForEncryption"/>
    internal static IChunkCipher? ForDecryption(AeadAlgorithm mode, SymmetricAlgorithm cipher, ReadOnlySpan<byte> key) =>
        Create(mode, cipher, key, encrypts: false);

    private static IChunkCipher? Create(AeadAlgorithm mode, SymmetricAlgorithm cipher, ReadOnlySpan<byte> key, bool encrypts)
    {
        if (!cipher.IsAes())
            return null;

        ArgumentOutOfRangeException.ThrowIfNotEqual(key.Length, cipher.KeyLength(), nameof(key));
        return mode switch
        {
            AeadAlgorithm.Eax => new EaxChunkCipher(key),
            AeadAlgorithm.Ocb => new OcbChunkCipher(encrypts ? AesOcb.ForEncryption(key) : AesOcb.ForDecryption(key)),
            AeadAlgorithm.Gcm => new GcmChunkCipher(key),
            _ => null,
        };
    }
}
