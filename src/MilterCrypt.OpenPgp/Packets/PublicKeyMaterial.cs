namespace MilterCrypt.OpenPgp.Packets;

/// <summary>The numbers of a public key, as its algorithm defines them (RFC 9580 §5.5.5). Lengths are checked on
/// reading; whether a point is on its curve is checked when a native key is made of it. Numbers are big-endian
/// without leading zeros; the memory belongs to the key.</summary>
public abstract record PublicKeyMaterial
{
    private PublicKeyMaterial() { }

    /// <summary>RSA, of either usage.</summary>
    public sealed record Rsa(ReadOnlyMemory<byte> Modulus, ReadOnlyMemory<byte> Exponent) : PublicKeyMaterial
    {
        /// <summary>The modulus's size in bits.</summary>
        public int Bits => Mpi.BitLength(Modulus.Span);
    }

    /// <summary>DSA.</summary>
    public sealed record Dsa(
        ReadOnlyMemory<byte> P, ReadOnlyMemory<byte> Q, ReadOnlyMemory<byte> G, ReadOnlyMemory<byte> Y) : PublicKeyMaterial
    {
        /// <summary>The size of P in bits.</summary>
        public int Bits => Mpi.BitLength(P.Span);
    }

    /// <summary>ElGamal, for encryption.</summary>
    public sealed record ElGamal(
        ReadOnlyMemory<byte> P, ReadOnlyMemory<byte> G, ReadOnlyMemory<byte> Y) : PublicKeyMaterial;

    /// <summary>ECDH, with the parameters of its key derivation (RFC 9580 §11.5).</summary>
    /// <param name="Curve">The curve.</param>
    /// <param name="Point">The uncompressed SEC 1 point; for Curve25519Legacy the 32 native octets, without the 0x40
    /// that precedes them in a packet.</param>
    /// <param name="KdfHash">The hash of the key derivation.</param>
    /// <param name="KdfCipher">The cipher that wraps the session key.</param>
    public sealed record Ecdh(
        EcCurve Curve, ReadOnlyMemory<byte> Point, HashAlgorithm KdfHash, SymmetricAlgorithm KdfCipher) : PublicKeyMaterial;

    /// <summary>ECDSA; the point is an uncompressed SEC 1 point.</summary>
    public sealed record Ecdsa(EcCurve Curve, ReadOnlyMemory<byte> Point) : PublicKeyMaterial;

    /// <summary>EdDSA over Ed25519 in its first encoding; 32 native octets, without the 0x40.</summary>
    public sealed record EdDsaLegacy(ReadOnlyMemory<byte> Point) : PublicKeyMaterial;

    /// <summary>X25519: 32 octets.</summary>
    public sealed record X25519(ReadOnlyMemory<byte> Point) : PublicKeyMaterial;

    /// <summary>X448: 56 octets.</summary>
    public sealed record X448(ReadOnlyMemory<byte> Point) : PublicKeyMaterial;

    /// <summary>Ed25519: 32 octets.</summary>
    public sealed record Ed25519(ReadOnlyMemory<byte> Point) : PublicKeyMaterial;

    /// <summary>Ed448: 57 octets.</summary>
    public sealed record Ed448(ReadOnlyMemory<byte> Point) : PublicKeyMaterial;

    /// <summary>Nothing that can be used: an algorithm or curve that is unknown here, or numbers that can't be right.
    /// The key keeps its fingerprint, so that it can be named and its certificate keeps its other parts.</summary>
    /// <param name="Reason">In an administrator's words, such as "unknown algorithm 42".</param>
    public sealed record Unusable(string Reason) : PublicKeyMaterial;
}
