namespace MilterCrypt.Native.LibCrypto;

/// <summary>The numbers that RSA keys and keys on curves of points are made of. OpenPGP's p is libcrypto's second factor, so that
/// its u is libcrypto's coefficient (RFC 9580 §5.5.5.1).</summary>
public enum PrivateKeyNumber
{
    /// <summary>RSA's n, public.</summary>
    Modulus,

    /// <summary>RSA's e, public.</summary>
    Exponent,

    /// <summary>RSA's d.</summary>
    PrivateExponent,

    /// <summary>RSA's p.</summary>
    P,

    /// <summary>RSA's q.</summary>
    Q,

    /// <summary>RSA's u, the inverse of p modulo q.</summary>
    InverseOfP,

    /// <summary>The secret of a key on a curve of points.</summary>
    CurveSecret,
}

internal static class PrivateKeyNumberFacts
{
    /// <summary>The name under which libcrypto knows the number, ended by a NUL.</summary>
    internal static ReadOnlySpan<byte> OpenSslName(this PrivateKeyNumber number) => number switch
    {
        PrivateKeyNumber.Modulus => "n\0"u8,
        PrivateKeyNumber.Exponent => "e\0"u8,
        PrivateKeyNumber.PrivateExponent => "d\0"u8,
        PrivateKeyNumber.P => "rsa-factor2\0"u8,
        PrivateKeyNumber.Q => "rsa-factor1\0"u8,
        PrivateKeyNumber.InverseOfP => "rsa-coefficient1\0"u8,
        PrivateKeyNumber.CurveSecret => "priv\0"u8,
        _ => throw new ArgumentOutOfRangeException(nameof(number)),
    };
}
