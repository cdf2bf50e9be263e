using System.Security.Cryptography;
using System.Text;
using MilterCrypt.OpenPgp.Packets;

namespace MilterCrypt.Engine.Custody.GpgAgent;

/// <summary>The name that gpg-agent has for a key: a SHA-1 of its numbers as libgcrypt writes them (gcry_pk_get_keygrip), so that
/// it does not depend on OpenPGP. That a grip is another key's too is no danger: what the agent makes is verified.</summary>
internal static class KeyGrip
{
    /// <summary>The grip, 40 hexadecimal digits; null for keys that gpg-agent knows nothing of, as all of version 6.</summary>
    internal static string? Of(PublicKey key) => key.Version != 4 ? null : key.Material switch
    {
        PublicKeyMaterial.Rsa rsa => Hash(Signed(rsa.Modulus)),
        PublicKeyMaterial.Dsa dsa => Named("pqgy", Signed(dsa.P), Signed(dsa.Q), Signed(dsa.G), Signed(dsa.Y)),
        PublicKeyMaterial.ElGamal elGamal => Named("pgy", Signed(elGamal.P), Signed(elGamal.G), Signed(elGamal.Y)),
        PublicKeyMaterial.EdDsaLegacy eddsa => OfCurve(EcCurve.Ed25519Legacy, eddsa.Point),
        PublicKeyMaterial.Ecdsa ecdsa => OfCurve(ecdsa.Curve, ecdsa.Point),
        PublicKeyMaterial.Ecdh ecdh => OfCurve(ecdh.Curve, ecdh.Point),
        _ => null,
    };

    private static string? OfCurve(EcCurve curve, ReadOnlyMemory<byte> point) =>
        CurveNumbers.Of(curve) is { } numbers ? Named("pabgnq", numbers.P, numbers.A, numbers.B, numbers.G, numbers.N, point.ToArray()) : null;

    private static string Named(string names, params ReadOnlySpan<byte[]> numbers)
    {
        using var hashed = new MemoryStream();
        for (int i = 0; i < numbers.Length; i++)
        {
            hashed.Write(Encoding.ASCII.GetBytes($"(1:{names[i]}{numbers[i].Length}:"));
            hashed.Write(numbers[i]);
            hashed.WriteByte((byte)')');
        }

        return Hash(hashed.ToArray());
    }

    private static string Hash(byte[] octets) => Convert.ToHexString(SHA1.HashData(octets));

    // As libgcrypt writes numbers: a zero precedes what would be negative.
    private static byte[] Signed(ReadOnlyMemory<byte> number) => number.Span is [>= 0x80, ..] ? [0, .. number.Span] : number.ToArray();
}
