namespace MilterCrypt.TestSupport.Peers;

/// <summary>Key pairs that programs make or use: a key that signs, and one that is encrypted to.</summary>
public enum KeyKind
{
    /// <summary>RSA with 2048 bits at least, version 4.</summary>
    Rsa,

    /// <summary>EdDSALegacy and ECDH on Curve25519, version 4: what most people have.</summary>
    Cv25519,

    /// <summary>ECDSA and ECDH on NIST P-256, version 4.</summary>
    NistP256,

    /// <summary>ECDSA and ECDH on NIST P-384, version 4.</summary>
    NistP384,

    /// <summary>ECDSA and ECDH on NIST P-521, version 4.</summary>
    NistP521,

    /// <summary>ECDSA and ECDH on brainpoolP256r1, version 4.</summary>
    BrainpoolP256,

    /// <summary>DSA and ElGamal with 2048 bits, version 4.</summary>
    DsaElGamal,

    /// <summary>Ed25519 and X25519 in RFC 9580's encoding, version 4.</summary>
    V4Curve25519,

    /// <summary>Ed25519 and X25519, version 6.</summary>
    V6Curve25519,

    /// <summary>Ed448 and X448, version 6.</summary>
    V6Curve448,

    /// <summary>RSA with 2048 bits at least, version 6.</summary>
    V6Rsa,

    /// <summary>ECDSA and ECDH on NIST P-256, version 6.</summary>
    V6NistP256,
}
