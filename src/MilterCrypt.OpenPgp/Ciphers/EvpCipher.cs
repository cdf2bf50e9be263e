using MilterCrypt.Native.LibCrypto;
using MilterCrypt.OpenPgp.Packets;

namespace MilterCrypt.OpenPgp.Ciphers;

/// <summary>CFB by libcrypto, for the ciphers that are only read: slower than AES, and nobody minds.</summary>
internal sealed class EvpCipher(EvpCfb cipher) : ICfbEncryptor, ICfbDecryptor
{
    /// <summary>libcrypto's name for a cipher; null for Twofish, which it lacks, and for AES, which is better served elsewhere.</summary>
    internal static BlockCipher? Find(SymmetricAlgorithm cipher) => cipher switch
    {
        SymmetricAlgorithm.Idea => BlockCipher.Idea,
        SymmetricAlgorithm.TripleDes => BlockCipher.TripleDes,
        SymmetricAlgorithm.Cast5 => BlockCipher.Cast5,
        SymmetricAlgorithm.Blowfish => BlockCipher.Blowfish,
        SymmetricAlgorithm.Camellia128 => BlockCipher.Camellia128,
        SymmetricAlgorithm.Camellia192 => BlockCipher.Camellia192,
        SymmetricAlgorithm.Camellia256 => BlockCipher.Camellia256,
        _ => null,
    };

    public void Encrypt(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        source.CopyTo(destination);
        cipher.Process(destination[..source.Length]);
    }

    public void Decrypt(Span<byte> data) => cipher.Process(data);

    public void Dispose() => cipher.Dispose();
}
