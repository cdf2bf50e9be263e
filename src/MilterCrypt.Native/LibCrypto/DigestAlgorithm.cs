namespace MilterCrypt.Native.LibCrypto;

/// <summary>Hash functions of libcrypto that a signature may be made over. Whether one is still good enough is the
/// caller's policy; whether the system allows it at all is the system's.</summary>
public enum DigestAlgorithm
{
    /// <summary>MD5, 16 octets.</summary>
    Md5,

    /// <summary>SHA-1, 20 octets.</summary>
    Sha1,

    /// <summary>RIPEMD-160, 20 octets.</summary>
    RipeMd160,

    /// <summary>SHA-224, 28 octets.</summary>
    Sha224,

    /// <summary>SHA-256, 32 octets.</summary>
    Sha256,

    /// <summary>SHA-384, 48 octets.</summary>
    Sha384,

    /// <summary>SHA-512, 64 octets.</summary>
    Sha512,

    /// <summary>SHA3-256, 32 octets.</summary>
    Sha3_256,

    /// <summary>SHA3-512, 64 octets.</summary>
    Sha3_512,
}

internal static class DigestAlgorithmNames
{
    /// <summary>The name under which libcrypto's providers know it.</summary>
    internal static string OpenSslName(this DigestAlgorithm algorithm) => algorithm switch
    {
        DigestAlgorithm.Md5 => "MD5",
        DigestAlgorithm.Sha1 => "SHA1",
        DigestAlgorithm.RipeMd160 => "RIPEMD160",
        DigestAlgorithm.Sha224 => "SHA224",
        DigestAlgorithm.Sha256 => "SHA256",
        DigestAlgorithm.Sha384 => "SHA384",
        DigestAlgorithm.Sha512 => "SHA512",
        DigestAlgorithm.Sha3_256 => "SHA3-256",
        DigestAlgorithm.Sha3_512 => "SHA3-512",
        _ => throw new ArgumentOutOfRangeException(nameof(algorithm)),
    };
}
