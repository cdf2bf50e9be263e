namespace MilterCrypt.OpenPgp.Packets;

/// <summary>Hash functions by their wire numbers (RFC 9580 §9.5).</summary>
public enum HashAlgorithm
{
    /// <summary>MD5 (never accepted in a signature).</summary>
    Md5 = 1,

    /// <summary>SHA-1 (accepted in old certificates only; see AlgorithmPolicy).</summary>
    Sha1 = 2,

    /// <summary>RIPEMD-160 (as SHA-1).</summary>
    RipeMd160 = 3,

    /// <summary>SHA-256.</summary>
    Sha256 = 8,

    /// <summary>SHA-384.</summary>
    Sha384 = 9,

    /// <summary>SHA-512.</summary>
    Sha512 = 10,

    /// <summary>SHA-224.</summary>
    Sha224 = 11,

    /// <summary>SHA3-256.</summary>
    Sha3_256 = 12,

    /// <summary>SHA3-512.</summary>
    Sha3_512 = 14,
}
