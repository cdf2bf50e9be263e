namespace MilterCrypt.TestSupport.Peers;

/// <summary>What is said of kinds of key in several places.</summary>
public static class KeyKinds
{
    /// <summary>Why a program of before RFC 9580 has nothing to do with a kind, or null where it is old enough.</summary>
    public static string? NewerThanRfc4880(KeyKind kind) =>
        kind >= KeyKind.V4Curve25519 ? "knows no keys of RFC 9580" : null;

    /// <summary>Why Sequoia's programs can't do something; null where they can.</summary>
    public static string? NotInSequoia(KeyUse use, KeyKind kind) => (use, kind) switch
    {
        (_, KeyKind.BrainpoolP256) => "is built on Nettle, which has no brainpool curves",
        (KeyUse.Encrypt, KeyKind.DsaElGamal) => "encrypts nothing to ElGamal keys",
        _ => null,
    };

    /// <summary>The kind as people call it.</summary>
    public static string Title(this KeyKind kind) => kind switch
    {
        KeyKind.Rsa => "v4 RSA",
        KeyKind.Cv25519 => "v4 EdDSALegacy, ECDH (Curve25519)",
        KeyKind.NistP256 => "v4 NIST P-256",
        KeyKind.NistP384 => "v4 NIST P-384",
        KeyKind.NistP521 => "v4 NIST P-521",
        KeyKind.BrainpoolP256 => "v4 brainpoolP256r1",
        KeyKind.DsaElGamal => "v4 DSA, ElGamal 2048",
        KeyKind.V4Curve25519 => "v4 Ed25519, X25519",
        KeyKind.V6Curve25519 => "v6 Ed25519, X25519",
        KeyKind.V6Curve448 => "v6 Ed448, X448",
        KeyKind.V6Rsa => "v6 RSA",
        KeyKind.V6NistP256 => "v6 NIST P-256",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "no such kind"),
    };
}
