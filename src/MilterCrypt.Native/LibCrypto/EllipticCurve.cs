namespace MilterCrypt.Native.LibCrypto;

/// <summary>Curves whose points are written uncompressed (SEC 1 §2.3.3): a 4, then both coordinates.</summary>
public enum EllipticCurve
{
    /// <summary>NIST P-256.</summary>
    NistP256,

    /// <summary>NIST P-384.</summary>
    NistP384,

    /// <summary>NIST P-521.</summary>
    NistP521,

    /// <summary>brainpoolP256r1 (RFC 5639).</summary>
    BrainpoolP256,

    /// <summary>brainpoolP384r1 (RFC 5639).</summary>
    BrainpoolP384,

    /// <summary>brainpoolP512r1 (RFC 5639).</summary>
    BrainpoolP512,
}

internal static class EllipticCurveFacts
{
    /// <summary>The name under which libcrypto knows the curve.</summary>
    internal static string OpenSslName(this EllipticCurve curve) => curve switch
    {
        EllipticCurve.NistP256 => "P-256",
        EllipticCurve.NistP384 => "P-384",
        EllipticCurve.NistP521 => "P-521",
        EllipticCurve.BrainpoolP256 => "brainpoolP256r1",
        EllipticCurve.BrainpoolP384 => "brainpoolP384r1",
        EllipticCurve.BrainpoolP512 => "brainpoolP512r1",
        _ => throw new ArgumentOutOfRangeException(nameof(curve)),
    };

    /// <summary>Octets of one coordinate.</summary>
    internal static int FieldLength(this EllipticCurve curve) => curve switch
    {
        EllipticCurve.NistP256 or EllipticCurve.BrainpoolP256 => 32,
        EllipticCurve.NistP384 or EllipticCurve.BrainpoolP384 => 48,
        EllipticCurve.BrainpoolP512 => 64,
        EllipticCurve.NistP521 => 66,
        _ => throw new ArgumentOutOfRangeException(nameof(curve)),
    };
}
