using System.Buffers;

namespace MilterCrypt.OpenPgp.Packets;

/// <summary>Writes what a key made of a digest as the octets at the end of a signature packet (RFC 9580 §5.2.3).</summary>
internal static class SignatureNumbers
{
    private const int EdDsaHalf = 32;

    /// <summary>RSA's one number.</summary>
    /// <returns>Null where that is not what the key makes, or is longer than any.</returns>
    internal static byte[]? Write(PublicKeyMaterial material, ReadOnlySpan<byte> number) =>
        material is PublicKeyMaterial.Rsa ? Numbers(number) : null;

    /// <summary>The two numbers of DSA and ECDSA, the two halves of Ed25519 in either form.</summary>
    /// <returns>Null where that is not what the key makes, or they are longer than any.</returns>
    internal static byte[]? Write(PublicKeyMaterial material, ReadOnlySpan<byte> r, ReadOnlySpan<byte> s) => material switch
    {
        PublicKeyMaterial.Dsa or PublicKeyMaterial.Ecdsa => Numbers(r, s),
        PublicKeyMaterial.EdDsaLegacy when r.Length == EdDsaHalf && s.Length == EdDsaHalf => Numbers(r, s),
        PublicKeyMaterial.Ed25519 when r.Length == EdDsaHalf && s.Length == EdDsaHalf => [.. r, .. s],
        _ => null,
    };

    private static byte[]? Numbers(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second = default)
    {
        if (first.Length > Mpi.MaxBits / 8 || second.Length > Mpi.MaxBits / 8)
            return null;
        var output = new ArrayBufferWriter<byte>(4 + first.Length + second.Length);
        output.WriteNumber(first);
        if (!second.IsEmpty)
            output.WriteNumber(second);
        return output.WrittenSpan.ToArray();
    }
}
