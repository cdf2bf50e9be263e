using MilterCrypt.Native.LibCrypto;
using MilterCrypt.OpenPgp.Packets;

namespace MilterCrypt.OpenPgp.Ciphers;

/// <summary>Chooses what decrypts in CFB mode.</summary>
internal static class CfbDecryptor
{
    /// <summary>The fastest that this machine has for a cipher; null where it has none.</summary>
    /// <param name="cipher">Known or not.</param>
    /// <param name="key">As many octets as the cipher wants.</param>
    internal static ICfbDecryptor? Create(SymmetricAlgorithm cipher, ReadOnlySpan<byte> key)
    {
        if (!cipher.IsAes())
            return EvpCipher.Find(cipher) is { } found && EvpCfb.ForDecryption(found, key) is { } evp ? new EvpCipher(evp) : null;

        ArgumentOutOfRangeException.ThrowIfNotEqual(key.Length, cipher.KeyLength(), nameof(key));
        return new AesCfbDecryptor(key);
    }
}
