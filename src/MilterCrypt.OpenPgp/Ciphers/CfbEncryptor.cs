using MilterCrypt.Native.LibCrypto;
using MilterCrypt.OpenPgp.Packets;

namespace MilterCrypt.OpenPgp.Ciphers;

/// <summary>Chooses what encrypts in CFB mode.</summary>
internal static class CfbEncryptor
{
    /// <summary>The fastest that this machine has for a cipher; null where it has none.</summary>
    /// <param name="cipher">Known or not.</param>
    /// <param name="key">As many octets as the cipher wants.</param>
    internal static ICfbEncryptor? Create(SymmetricAlgorithm cipher, ReadOnlySpan<byte> key)
    {
        if (!cipher.IsAes())
            return EvpCipher.Find(cipher) is { } found && EvpCfb.ForEncryption(found, key) is { } evp ? new EvpCipher(evp) : null;

        ArgumentOutOfRangeException.ThrowIfNotEqual(key.Length, cipher.KeyLength(), nameof(key));
        return AesNiCfbEncryptor.Supports(key.Length) ? new AesNiCfbEncryptor(key) : new PortableCfbEncryptor(key);
    }
}
