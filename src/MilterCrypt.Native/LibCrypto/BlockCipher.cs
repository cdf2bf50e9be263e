namespace MilterCrypt.Native.LibCrypto;

/// <summary>Block ciphers of libcrypto that .NET lacks, or offers with other feedback than OpenPGP wants.</summary>
public enum BlockCipher
{
    /// <summary>Triple-DES with three keys: 24 octets.</summary>
    TripleDes,

    /// <summary>CAST-128 (RFC 2144): 16 octets.</summary>
    Cast5,

    /// <summary>Blowfish: 16 octets.</summary>
    Blowfish,

    /// <summary>IDEA: 16 octets. Debian and Fedora build libcrypto without it.</summary>
    Idea,

    /// <summary>Camellia (RFC 3713): 16 octets.</summary>
    Camellia128,

    /// <summary>Camellia: 24 octets.</summary>
    Camellia192,

    /// <summary>Camellia: 32 octets.</summary>
    Camellia256,
}

internal static class BlockCipherFacts
{
    internal static int KeyLength(this BlockCipher cipher) => cipher switch
    {
        BlockCipher.TripleDes or BlockCipher.Camellia192 => 24,
        BlockCipher.Camellia256 => 32,
        _ => 16,
    };

    /// <summary>Whether OpenSSL 3 has moved it out of its default provider.</summary>
    internal static bool IsLegacy(this BlockCipher cipher) => cipher is BlockCipher.Cast5 or BlockCipher.Blowfish or BlockCipher.Idea;

    /// <summary>The name of its CFB mode, with a whole block of feedback.</summary>
    internal static string CfbName(this BlockCipher cipher) => cipher switch
    {
        BlockCipher.TripleDes => "DES-EDE3-CFB",
        BlockCipher.Cast5 => "CAST5-CFB",
        BlockCipher.Blowfish => "BF-CFB",
        BlockCipher.Idea => "IDEA-CFB",
        BlockCipher.Camellia128 => "CAMELLIA-128-CFB",
        BlockCipher.Camellia192 => "CAMELLIA-192-CFB",
        BlockCipher.Camellia256 => "CAMELLIA-256-CFB",
        _ => throw new ArgumentOutOfRangeException(nameof(cipher)),
    };
}
