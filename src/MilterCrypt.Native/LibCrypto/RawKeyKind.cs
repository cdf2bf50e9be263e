namespace MilterCrypt.Native.LibCrypto;

/// <summary>Key kinds whose keys are plain octets of a fixed length (RFC 7748, RFC 8032).</summary>
public enum RawKeyKind
{
    /// <summary>X25519, 32 octets.</summary>
    X25519,

    /// <summary>X448, 56 octets.</summary>
    X448,

    /// <summary>Ed25519, 32 octets.</summary>
    Ed25519,

    /// <summary>Ed448, 57 octets.</summary>
    Ed448,
}

internal static class RawKeyKindFacts
{
    /// <summary>The name under which libcrypto knows the kind.</summary>
    internal static string OpenSslName(this RawKeyKind kind) => kind switch
    {
        RawKeyKind.X25519 => "X25519",
        RawKeyKind.X448 => "X448",
        RawKeyKind.Ed25519 => "ED25519",
        RawKeyKind.Ed448 => "ED448",
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    /// <summary>Octets of a key, public or private.</summary>
    internal static int KeyLength(this RawKeyKind kind) => kind switch
    {
        RawKeyKind.X25519 or RawKeyKind.Ed25519 => 32,
        RawKeyKind.X448 => 56,
        RawKeyKind.Ed448 => 57,
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    /// <summary>The last octet of its object identifier, 1.3.101.110 to 113 (RFC 8410 §3).</summary>
    internal static byte ObjectIdentifierEnd(this RawKeyKind kind) => kind switch
    {
        RawKeyKind.X25519 => 110,
        RawKeyKind.X448 => 111,
        RawKeyKind.Ed25519 => 112,
        RawKeyKind.Ed448 => 113,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };
}
