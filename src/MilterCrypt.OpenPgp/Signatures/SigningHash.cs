using MilterCrypt.OpenPgp.Packets;

namespace MilterCrypt.OpenPgp.Signatures;

/// <summary>Which hash function a key signs data with: never weaker than the key, and what every reader has.</summary>
internal static class SigningHash
{
    /// <summary>The hash function; null where the key can't sign.</summary>
    public static HashAlgorithm? For(PublicKey key) => key.Material switch
    {
        _ when key.Algorithm == PublicKeyAlgorithm.RsaEncryptOnly => null,

        // RFC 9580 §9.2 has a least hash for each curve. The salt of version 6 is made for SHA-512 as well as for any.
        PublicKeyMaterial.Ecdsa { Curve.Bits: > 384 } or PublicKeyMaterial.Ed448 => HashAlgorithm.Sha512,
        PublicKeyMaterial.Ecdsa { Curve.Bits: > 256 } when key.Version == 4 => HashAlgorithm.Sha384,
        PublicKeyMaterial.Ecdsa or PublicKeyMaterial.Dsa when key.Version == 4 => HashAlgorithm.Sha256,
        PublicKeyMaterial.Rsa { Bits: < 3072 } when key.Version == 4 => HashAlgorithm.Sha256,
        PublicKeyMaterial.Rsa or PublicKeyMaterial.Dsa or PublicKeyMaterial.Ecdsa => HashAlgorithm.Sha512,
        PublicKeyMaterial.EdDsaLegacy or PublicKeyMaterial.Ed25519 => HashAlgorithm.Sha512,
        _ => null,
    };
}
