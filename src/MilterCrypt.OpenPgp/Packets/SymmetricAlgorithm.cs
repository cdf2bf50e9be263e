namespace MilterCrypt.OpenPgp.Packets;

/// <summary>Symmetric ciphers by their wire numbers (RFC 9580 §9.3).</summary>
public enum SymmetricAlgorithm
{
    /// <summary>IDEA (never written; read where the system has it).</summary>
    Idea = 1,

    /// <summary>Triple-DES (never written).</summary>
    TripleDes = 2,

    /// <summary>CAST5 (never written).</summary>
    Cast5 = 3,

    /// <summary>Blowfish (never written).</summary>
    Blowfish = 4,

    /// <summary>AES with a 128-bit key.</summary>
    Aes128 = 7,

    /// <summary>AES with a 192-bit key.</summary>
    Aes192 = 8,

    /// <summary>AES with a 256-bit key.</summary>
    Aes256 = 9,

    /// <summary>Twofish (not implemented).</summary>
    Twofish = 10,

    /// <summary>Camellia with a 128-bit key (never written).</summary>
    Camellia128 = 11,

    /// <summary>Camellia with a 192-bit key (never written).</summary>
    Camellia192 = 12,

    /// <summary>Camellia with a 256-bit key (never written).</summary>
    Camellia256 = 13,
}
