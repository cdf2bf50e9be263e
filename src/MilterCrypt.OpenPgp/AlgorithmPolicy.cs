using System.Globalization;
using MilterCrypt.OpenPgp.Packets;

namespace MilterCrypt.OpenPgp;

/// <summary>The one place that says which algorithms are good enough. Immutable; owned by the configuration.</summary>
public sealed record AlgorithmPolicy
{
    /// <summary>What is right without a reason to differ.</summary>
    public static AlgorithmPolicy Default { get; } = new();

    /// <summary>Self-signatures over SHA-1 or RIPEMD-160 count if they say that they were made before this day. An
    /// old certificate stays usable, and a collision made today is of no use.</summary>
    public DateTimeOffset WeakHashesAcceptedBefore { get; init; } = new(2023, 2, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The smallest RSA modulus and DSA prime, in bits.</summary>
    public int MinimumBits { get; init; } = 2048;

    /// <summary>What RSA moduli and DSA primes are weak below, in bits, though they are used: NIST SP 800-57 has 2048 bits end
    /// with 2030.</summary>
    public int RecommendedBits { get; init; } = 3072;

    /// <summary>Why nothing may be encrypted to a key, or null where it may.</summary>
    public string? RefusalToEncrypt(PublicKey key) => key.Material switch
    {
        PublicKeyMaterial.Unusable unusable => unusable.Reason,
        PublicKeyMaterial.Rsa when key.Algorithm == PublicKeyAlgorithm.RsaSignOnly => "only for signing",
        PublicKeyMaterial.Rsa rsa => TooWeak("RSA", rsa.Bits),
        PublicKeyMaterial.Ecdh or PublicKeyMaterial.X25519 or PublicKeyMaterial.X448 => null,
        PublicKeyMaterial.ElGamal => "ElGamal is not safe to encrypt with",
        _ => "only for signing",
    };

    /// <summary>Why a key's signatures count for nothing, or null where they count.</summary>
    public string? RefusalToSign(PublicKey key) => key.Material switch
    {
        PublicKeyMaterial.Unusable unusable => unusable.Reason,
        PublicKeyMaterial.Rsa when key.Algorithm == PublicKeyAlgorithm.RsaEncryptOnly => "only for encryption",
        PublicKeyMaterial.Rsa rsa => TooWeak("RSA", rsa.Bits),
        PublicKeyMaterial.Dsa dsa => TooWeak("DSA", dsa.Bits),
        PublicKeyMaterial.Ecdsa or PublicKeyMaterial.EdDsaLegacy or PublicKeyMaterial.Ed25519 or PublicKeyMaterial.Ed448 => null,
        _ => "only for encryption",
    };

    /// <summary>Why a self-signature, binding or back signature is not believed, or null where it is. Revocations are
    /// not asked about: one over a weak hash still revokes.</summary>
    /// <param name="hash">Its hash function.</param>
    /// <param name="createdAt">When it says it was made.</param>
    public string? RefusalOfSelfSignature(HashAlgorithm hash, DateTimeOffset createdAt) => hash switch
    {
        HashAlgorithm.Sha224 or HashAlgorithm.Sha256 or HashAlgorithm.Sha384 or HashAlgorithm.Sha512
            or HashAlgorithm.Sha3_256 or HashAlgorithm.Sha3_512 => null,
        HashAlgorithm.Sha1 or HashAlgorithm.RipeMd160 => createdAt < WeakHashesAcceptedBefore
            ? null
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{Name(hash)} signature made after {WeakHashesAcceptedBefore:yyyy-MM-dd}"),
        HashAlgorithm.Md5 => "MD5 signature",
        _ => $"signature over unknown hash function {(int)hash}",
    };

    /// <summary>Why a signature over data is not believed, or null where it is. A hash that collisions are made of is
    /// never good enough here, whenever the signature says it was made.</summary>
    /// <param name="hash">Its hash function.</param>
    /// <param name="key">The key that made it, where that is known.</param>
    public string? RefusalOfDataSignature(HashAlgorithm hash, PublicKey? key) => hash switch
    {
        HashAlgorithm.Sha224 or HashAlgorithm.Sha256 or HashAlgorithm.Sha384 or HashAlgorithm.Sha512
            or HashAlgorithm.Sha3_256 or HashAlgorithm.Sha3_512 => key is null ? null : RefusalToSign(key) ?? TooShort(hash, key),
        HashAlgorithm.Sha1 or HashAlgorithm.RipeMd160 => $"{Name(hash)} signature",
        HashAlgorithm.Md5 => "MD5 signature",
        _ => $"signature over unknown hash function {(int)hash}",
    };

    // RFC 9580 §5.2.3.3 to §5.2.3.5 has EdDSA signatures over shorter hashes rejected. ECDSA's should be as long as the curve
    // (§5.2.3.2), but there are honest ones on P-384 over SHA-256, and that is strong enough.
    private static string? TooShort(HashAlgorithm hash, PublicKey key)
    {
        int needed = key.Material switch
        {
            PublicKeyMaterial.Ecdsa or PublicKeyMaterial.EdDsaLegacy or PublicKeyMaterial.Ed25519 => 32,
            PublicKeyMaterial.Ed448 => 64,
            _ => 0,
        };
        int length = hash.DigestLength();
        return length < needed ? $"a hash of {8 * length} bits is too short for its key" : null;
    }

    /// <summary>What is weak about a key that is used all the same, such as "RSA with 2048 bits", or null.</summary>
    public string? WeaknessOf(PublicKey key) => key.Material switch
    {
        PublicKeyMaterial.Rsa rsa when rsa.Bits < RecommendedBits => string.Create(CultureInfo.InvariantCulture, $"RSA with {rsa.Bits} bits"),
        PublicKeyMaterial.Dsa dsa => string.Create(CultureInfo.InvariantCulture, $"DSA with {dsa.Bits} bits"),
        _ => null,
    };

    /// <summary>Whether a self-signature over such a hash counts, if it does, only because it says that it is old, and would not
    /// today.</summary>
    public bool IsWeak(HashAlgorithm hash) => RefusalOfSelfSignature(hash, DateTimeOffset.MaxValue) is not null;

    private static string Name(HashAlgorithm hash) => hash == HashAlgorithm.Sha1 ? "SHA-1" : "RIPEMD-160";

    private string? TooWeak(string algorithm, int bits) =>
        bits < MinimumBits ? $"{algorithm} with {bits} bits is too weak" : null;
}
