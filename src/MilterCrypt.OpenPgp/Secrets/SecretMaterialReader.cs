using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using MilterCrypt.Native.LibCrypto;
using MilterCrypt.OpenPgp.Packets;

namespace MilterCrypt.OpenPgp.Secrets;

/// <summary>Makes private keys of the secret numbers in a packet (RFC 9580 §5.5.5), and refuses those that are not the
/// public key's own: whoever can change a public key beside a real secret would learn the secret from its use.</summary>
internal static class SecretMaterialReader
{
    private const int MaxNativeLength = 57;

    private const string Malformed = "malformed secret numbers";
    private const string Foreign = "the secret does not fit the public key";

    /// <summary>Why a key's secret is of no use here, whatever it is; null where it is.</summary>
    internal static string? RefusalOf(PublicKey key) => key.Material switch
    {
        PublicKeyMaterial.Unusable unusable => unusable.Reason,
        PublicKeyMaterial.Dsa => "DSA is only verified here, nothing is signed with it",
        PublicKeyMaterial.ElGamal => null,
        _ => key.GetNativeKey() is null ? "a key that this system can't use" : null,
    };

    /// <summary>Reads all of <paramref name="numbers"/>, which stay the caller's to clear.</summary>
    internal static bool TryRead(
        PublicKey key, ReadOnlyMemory<byte> numbers, [NotNullWhen(true)] out SecretMaterial? material,
        [NotNullWhen(false)] out string? reason)
    {
        material = null;
        reason = RefusalOf(key);
        if (reason is not null)
            return false;

        bool strict = key.Version >= 6;
        reason = Malformed;
        switch (key.Material)
        {
            case PublicKeyMaterial.Rsa rsa:
                if (!Mpi.TryRead(ref numbers, strict, out var d) || !Mpi.TryRead(ref numbers, strict, out var p)
                    || !Mpi.TryRead(ref numbers, strict, out var q) || !Mpi.TryRead(ref numbers, strict, out var u)
                    || !numbers.IsEmpty)
                    return false;
                return Keep(ImportRsa(rsa, d, p, q, u), null, out material, out reason);
            case PublicKeyMaterial.ElGamal elGamal:
                return TryReadOne(numbers, strict, out var x)
                    && Keep(null, ElGamalPrivateKey.Import(elGamal.P.Span, elGamal.G.Span, elGamal.Y.Span, x.Span), out material, out reason);
            case PublicKeyMaterial.Ecdsa ecdsa:
                return TryReadOne(numbers, strict, out x) && Keep(ImportPoint(ecdsa.Curve, ecdsa.Point, x), null, out material, out reason);
            case PublicKeyMaterial.Ecdh { Curve.IsWeierstrass: true } ecdh:
                return TryReadOne(numbers, strict, out x) && Keep(ImportPoint(ecdh.Curve, ecdh.Point, x), null, out material, out reason);
            case PublicKeyMaterial.Ecdh ecdh:
                return TryReadOne(numbers, strict, out x) && x.Length <= ecdh.Point.Length
                    && Keep(ImportLegacy(RawKeyKind.X25519, x, ecdh.Point, isReversed: true), null, out material, out reason);
            case PublicKeyMaterial.EdDsaLegacy eddsa:
                return TryReadOne(numbers, strict, out x) && x.Length <= eddsa.Point.Length
                    && Keep(ImportLegacy(RawKeyKind.Ed25519, x, eddsa.Point, isReversed: false), null, out material, out reason);
            case PublicKeyMaterial.X25519 native:
                return TryImport(RawKeyKind.X25519, numbers, native.Point, out material, out reason);
            case PublicKeyMaterial.X448 native:
                return TryImport(RawKeyKind.X448, numbers, native.Point, out material, out reason);
            case PublicKeyMaterial.Ed25519 native:
                return TryImport(RawKeyKind.Ed25519, numbers, native.Point, out material, out reason);
            case PublicKeyMaterial.Ed448 native:
                return TryImport(RawKeyKind.Ed448, numbers, native.Point, out material, out reason);
            default:
                return false;
        }
    }

    private static bool TryReadOne(ReadOnlyMemory<byte> numbers, bool strict, out ReadOnlyMemory<byte> number) =>
        Mpi.TryRead(ref numbers, strict, out number) && numbers.IsEmpty;

    private static EvpPrivateKey? ImportRsa(
        PublicKeyMaterial.Rsa rsa, ReadOnlyMemory<byte> d, ReadOnlyMemory<byte> p, ReadOnlyMemory<byte> q, ReadOnlyMemory<byte> u) =>
        EvpPrivateKey.ImportRsa(new RsaPrivateNumbers
        {
            Modulus = rsa.Modulus.Span,
            Exponent = rsa.Exponent.Span,
            PrivateExponent = d.Span,
            P = p.Span,
            Q = q.Span,
            InverseOfP = u.Span,
        });

    private static EvpPrivateKey? ImportPoint(EcCurve curve, ReadOnlyMemory<byte> point, ReadOnlyMemory<byte> number) =>
        EvpPrivateKey.ImportEllipticCurve(NativeKey.NativeCurve(curve), number.Span, point.Span);

    // The legacy encodings are numbers that lost their leading zeros; Curve25519's is the wrong way round besides
    // (RFC 9580 §5.5.5.5, §5.5.5.6).
    private static EvpPrivateKey? ImportLegacy(
        RawKeyKind kind, ReadOnlyMemory<byte> number, ReadOnlyMemory<byte> publicKey, bool isReversed)
    {
        Span<byte> key = stackalloc byte[MaxNativeLength];
        key = key[..publicKey.Length];
        key.Clear();
        try
        {
            number.Span.CopyTo(key[(key.Length - number.Length)..]);
            if (isReversed)
                key.Reverse();
            return EvpPrivateKey.ImportRaw(kind, key, publicKey.Span);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    private static bool TryImport(
        RawKeyKind kind, ReadOnlyMemory<byte> numbers, ReadOnlyMemory<byte> publicKey,
        [NotNullWhen(true)] out SecretMaterial? material, [NotNullWhen(false)] out string? reason)
    {
        material = null;
        reason = Malformed;
        return numbers.Length == publicKey.Length
            && Keep(EvpPrivateKey.ImportRaw(kind, numbers.Span, publicKey.Span), null, out material, out reason);
    }

    private static bool Keep(
        EvpPrivateKey? key, ElGamalPrivateKey? elGamal, [NotNullWhen(true)] out SecretMaterial? material,
        [NotNullWhen(false)] out string? reason)
    {
        bool fits = key is not null || elGamal is not null;
        material = fits ? new SecretMaterial(key, elGamal) : null;
        reason = fits ? null : Foreign;
        return fits;
    }
}
