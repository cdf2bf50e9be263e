using MilterCrypt.Native.LibCrypto;

namespace MilterCrypt.OpenPgp.Packets;

/// <summary>What the hash functions' numbers stand for (RFC 9580 §9.5).</summary>
public static class HashAlgorithmFacts
{
    /// <summary>libcrypto's name for it, or null where the number is unknown.</summary>
    internal static DigestAlgorithm? Native(this HashAlgorithm algorithm) => algorithm switch
    {
        HashAlgorithm.Md5 => DigestAlgorithm.Md5,
        HashAlgorithm.Sha1 => DigestAlgorithm.Sha1,
        HashAlgorithm.RipeMd160 => DigestAlgorithm.RipeMd160,
        HashAlgorithm.Sha224 => DigestAlgorithm.Sha224,
        HashAlgorithm.Sha256 => DigestAlgorithm.Sha256,
        HashAlgorithm.Sha384 => DigestAlgorithm.Sha384,
        HashAlgorithm.Sha512 => DigestAlgorithm.Sha512,
        HashAlgorithm.Sha3_256 => DigestAlgorithm.Sha3_256,
        HashAlgorithm.Sha3_512 => DigestAlgorithm.Sha3_512,
        _ => null,
    };

    /// <summary>Octets of a digest; 0 for a number that is unknown.</summary>
    public static int DigestLength(this HashAlgorithm algorithm) => algorithm.Native()?.Length() ?? 0;
}
