namespace MilterCrypt.OpenPgp.Packets;

/// <summary>Public-key algorithms by their wire numbers (RFC 9580 §9.1).</summary>
public enum PublicKeyAlgorithm
{
    /// <summary>RSA, to encrypt and to sign.</summary>
    Rsa = 1,

    /// <summary>RSA, to encrypt only (deprecated).</summary>
    RsaEncryptOnly = 2,

    /// <summary>RSA, to sign only (deprecated).</summary>
    RsaSignOnly = 3,

    /// <summary>ElGamal, to encrypt only (deprecated).</summary>
    ElGamal = 16,

    /// <summary>DSA (deprecated).</summary>
    Dsa = 17,

    /// <summary>ECDH over a curve named by OID.</summary>
    Ecdh = 18,

    /// <summary>ECDSA over a curve named by OID.</summary>
    Ecdsa = 19,

    /// <summary>EdDSA in its first encoding, with a curve OID (deprecated by RFC 9580, common in v4 keys).</summary>
    EdDsaLegacy = 22,

    /// <summary>X25519 with a fixed-length encoding.</summary>
    X25519 = 25,

    /// <summary>X448 with a fixed-length encoding.</summary>
    X448 = 26,

    /// <summary>Ed25519 with a fixed-length encoding.</summary>
    Ed25519 = 27,

    /// <summary>Ed448 with a fixed-length encoding.</summary>
    Ed448 = 28,
}
