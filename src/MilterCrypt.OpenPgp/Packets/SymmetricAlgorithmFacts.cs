namespace MilterCrypt.OpenPgp.Packets;

/// <summary>What the ciphers' numbers stand for (RFC 9580 §9.3).</summary>
internal static class SymmetricAlgorithmFacts
{
    /// <summary>Octets of the longest key.</summary>
    internal const int MaxKeyLength = 32;

    /// <summary>Octets of a key; 0 for a number that is unknown.</summary>
    internal static int KeyLength(this SymmetricAlgorithm cipher) => cipher switch
    {
        SymmetricAlgorithm.Idea or SymmetricAlgorithm.Cast5 or SymmetricAlgorithm.Blowfish => 16,
        SymmetricAlgorithm.Aes128 or SymmetricAlgorithm.Camellia128 => 16,
        SymmetricAlgorithm.TripleDes or SymmetricAlgorithm.Aes192 or SymmetricAlgorithm.Camellia192 => 24,
        SymmetricAlgorithm.Aes256 or SymmetricAlgorithm.Twofish or SymmetricAlgorithm.Camellia256 => 32,
        _ => 0,
    };

    /// <summary>Whether it is AES, with a key of any length.</summary>
    internal static bool IsAes(this SymmetricAlgorithm cipher) =>
        cipher is SymmetricAlgorithm.Aes128 or SymmetricAlgorithm.Aes192 or SymmetricAlgorithm.Aes256;

    /// <summary>Octets of a block; 0 for a number that is unknown.</summary>
    internal static int BlockLength(this SymmetricAlgorithm cipher) => cipher switch
    {
        SymmetricAlgorithm.Idea or SymmetricAlgorithm.TripleDes or SymmetricAlgorithm.Cast5 or SymmetricAlgorithm.Blowfish => 8,
        _ when cipher.KeyLength() > 0 => 16,
        _ => 0,
    };
}
