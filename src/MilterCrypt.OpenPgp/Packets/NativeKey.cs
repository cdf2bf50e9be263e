using MilterCrypt.Native.LibCrypto;

namespace MilterCrypt.OpenPgp.Packets;

/// <summary>Makes libcrypto's form of a key.</summary>
internal static class NativeKey
{
    /// <summary>Imports what was read; null where there is nothing to use, a point is off its curve, or this system
    /// has no such curve.</summary>
    internal static EvpPublicKey? Import(PublicKeyMaterial material) => material switch
    {
        PublicKeyMaterial.Rsa rsa => EvpPublicKey.ImportRsa(rsa.Modulus.Span, rsa.Exponent.Span),
        PublicKeyMaterial.Dsa dsa => EvpPublicKey.ImportDsa(dsa.P.Span, dsa.Q.Span, dsa.G.Span, dsa.Y.Span),
        PublicKeyMaterial.Ecdsa ecdsa => EvpPublicKey.ImportEllipticCurve(NativeCurve(ecdsa.Curve), ecdsa.Point.Span),
        PublicKeyMaterial.Ecdh { Curve.IsWeierstrass: false } ecdh => EvpPublicKey.ImportRaw(RawKeyKind.X25519, ecdh.Point.Span),
        PublicKeyMaterial.Ecdh ecdh => EvpPublicKey.ImportEllipticCurve(NativeCurve(ecdh.Curve), ecdh.Point.Span),
        PublicKeyMaterial.EdDsaLegacy eddsa => EvpPublicKey.ImportRaw(RawKeyKind.Ed25519, eddsa.Point.Span),
        PublicKeyMaterial.X25519 x => EvpPublicKey.ImportRaw(RawKeyKind.X25519, x.Point.Span),
        PublicKeyMaterial.X448 x => EvpPublicKey.ImportRaw(RawKeyKind.X448, x.Point.Span),
        PublicKeyMaterial.Ed25519 ed => EvpPublicKey.ImportRaw(RawKeyKind.Ed25519, ed.Point.Span),
        PublicKeyMaterial.Ed448 ed => EvpPublicKey.ImportRaw(RawKeyKind.Ed448, ed.Point.Span),
        _ => null,
    };

    /// <summary>Libcrypto's name of a curve of points.</summary>
    internal static EllipticCurve NativeCurve(EcCurve curve) =>
        curve == EcCurve.NistP256 ? EllipticCurve.NistP256
        : curve == EcCurve.NistP384 ? EllipticCurve.NistP384
        : curve == EcCurve.NistP521 ? EllipticCurve.NistP521
        : curve == EcCurve.BrainpoolP256r1 ? EllipticCurve.BrainpoolP256
        : curve == EcCurve.BrainpoolP384r1 ? EllipticCurve.BrainpoolP384
        : curve == EcCurve.BrainpoolP512r1 ? EllipticCurve.BrainpoolP512
        : throw new ArgumentOutOfRangeException(nameof(curve), curve, "no curve of points");
}
