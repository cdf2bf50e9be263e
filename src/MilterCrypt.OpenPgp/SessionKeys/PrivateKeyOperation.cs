using MilterCrypt.OpenPgp.Packets;

namespace MilterCrypt.OpenPgp.SessionKeys;

/// <summary>What a message wants of a secret key: one operation on numbers that the message carries. Whoever has the key, on a
/// card or in another process, needs to know nothing else. Numbers are big-endian without leading zeros.</summary>
/// <param name="Key">The key that is to do it.</param>
public abstract record PrivateKeyOperation(PublicKey Key)
{
    /// <summary>Octets of the result as it is wanted: of the modulus, or of the shared secret.</summary>
    public abstract int ResultLength { get; }

    /// <summary>RSA's (RFC 8017 §5.1.2). The result is the block with its padding on it, as many octets as the modulus has.</summary>
    /// <param name="Key">The key that is to do it.</param>
    /// <param name="Number">What is encrypted; below the modulus.</param>
    public sealed record Rsa(PublicKey Key, ReadOnlyMemory<byte> Number) : PrivateKeyOperation(Key)
    {
        /// <inheritdoc/>
        public override int ResultLength => ((PublicKeyMaterial.Rsa)Key.Material).Modulus.Length;
    }

    /// <summary>ElGamal's: the second number divided by the first to the power of the secret, modulo the prime. The result is the
    /// block with its padding on it, as many octets as the prime has.</summary>
    /// <param name="Key">The key that is to do it.</param>
    /// <param name="First">The base to the power of the sender's random number; above 0, below the prime.</param>
    /// <param name="Second">The block times the shared secret; above 0, below the prime.</param>
    public sealed record ElGamal(PublicKey Key, ReadOnlyMemory<byte> First, ReadOnlyMemory<byte> Second) : PrivateKeyOperation(Key)
    {
        /// <inheritdoc/>
        public override int ResultLength => ((PublicKeyMaterial.ElGamal)Key.Material).P.Length;
    }

    /// <summary>A Diffie-Hellman agreement on a curve (RFC 7748 §6, SEC 1 §3.3.1). The result is the shared secret: the native
    /// octets of Curve25519 and Curve448, or the first coordinate, as many octets as the curve's field has.</summary>
    /// <param name="Key">The key that is to do it.</param>
    /// <param name="Point">The sender's ephemeral key: an uncompressed SEC 1 point that lies on the curve; of Curve25519 and
    /// Curve448 the native octets, without the 0x40 that precedes them in some packets.</param>
    public sealed record Agreement(PublicKey Key, ReadOnlyMemory<byte> Point) : PrivateKeyOperation(Key)
    {
        /// <inheritdoc/>
        public override int ResultLength => Key.Material is PublicKeyMaterial.Ecdh { Curve: var curve } ? curve.FieldLength : Point.Length;
    }
}
