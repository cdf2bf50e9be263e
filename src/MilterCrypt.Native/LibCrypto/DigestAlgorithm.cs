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

/// <summary>What is known of hash functions beside their names.</summary>
public static class DigestAlgorithmFacts
{
    /// <summary>Octets of a digest.</summary>
    public static int Length(this DigestAlgorithm algorithm) => algorithm switch
    {
        DigestAlgorithm.Md5 => 16,
        DigestAlgorithm.Sha1 or DigestAlgorithm.RipeMd160 => 20,
        DigestAlgorithm.Sha224 => 28,
        DigestAlgorithm.Sha256 or DigestAlgorithm.Sha3_256 => 32,
        DigestAlgorithm.Sha384 => 48,
        DigestAlgorithm.Sha512 or DigestAlgorithm.Sha3_512 => 64,
        _ => throw new ArgumentOutOfRangeException(nameof(algorithm)),
    };

    /// <summary>What stands before a digest in an RSA signature: the DER of its name (RFC 8017 §9.2, RFC 9580 §5.2.3.1).</summary>
    internal static ReadOnlySpan<byte> DigestInfoPrefix(this DigestAlgorithm algorithm) => algorithm switch
    {
        DigestAlgorithm.Md5 => [0x30, 0x20, 0x30, 0x0C, 0x06, 0x08, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x02, 0x05, 0x05, 0x00, 0x04, 0x10],
        DigestAlgorithm.Sha1 => [0x30, 0x21, 0x30, 0x09, 0x06, 0x05, 0x2B, 0x0E, 0x03, 0x02, 0x1A, 0x05, 0x00, 0x04, 0x14],
        DigestAlgorithm.RipeMd160 => [0x30, 0x21, 0x30, 0x09, 0x06, 0x05, 0x2B, 0x24, 0x03, 0x02, 0x01, 0x05, 0x00, 0x04, 0x14],
        DigestAlgorithm.Sha224 => [0x30, 0x2D, 0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x04, 0x05, 0x00, 0x04, 0x1C],
        DigestAlgorithm.Sha256 => [0x30, 0x31, 0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20],
        DigestAlgorithm.Sha384 => [0x30, 0x41, 0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02, 0x05, 0x00, 0x04, 0x30],
        DigestAlgorithm.Sha512 => [0x30, 0x51, 0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x03, 0x05, 0x00, 0x04, 0x40],
        DigestAlgorithm.Sha3_256 => [0x30, 0x31, 0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x08, 0x05, 0x00, 0x04, 0x20],
        DigestAlgorithm.Sha3_512 => [0x30, 0x51, 0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x0A, 0x05, 0x00, 0x04, 0x40],
        _ => throw new ArgumentOutOfRangeException(nameof(algorithm)),
    };

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
