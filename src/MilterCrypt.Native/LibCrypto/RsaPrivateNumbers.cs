using static MilterCrypt.Native.LibCrypto.BigNumberImports;

namespace MilterCrypt.Native.LibCrypto;

/// <summary>The numbers of an RSA private key as OpenPGP has them (RFC 9580 §5.5.5.1), views of memory that is the
/// caller's to clear: big-endian, without leading zeros.</summary>
public readonly ref struct RsaPrivateNumbers
{
    // What an honest key never exceeds, and libcrypto itself refuses later; checked before numbers are copied.
    private const int MaxModulusLength = 16384 / 8;
    private const int MaxExponentLength = 8;

    /// <summary>n, public.</summary>
    public required ReadOnlySpan<byte> Modulus { get; init; }

    /// <summary>e, public.</summary>
    public required ReadOnlySpan<byte> Exponent { get; init; }

    /// <summary>d.</summary>
    public required ReadOnlySpan<byte> PrivateExponent { get; init; }

    /// <summary>The first prime.</summary>
    public required ReadOnlySpan<byte> P { get; init; }

    /// <summary>The second prime.</summary>
    public required ReadOnlySpan<byte> Q { get; init; }

    /// <summary>u, the inverse of <see cref="P"/> modulo <see cref="Q"/>.</summary>
    public required ReadOnlySpan<byte> InverseOfP { get; init; }

    /// <summary>Whether the lengths can be right, so that nothing costs more than an honest key does.</summary>
    internal bool AreSane =>
        Modulus.Length is > 0 and <= MaxModulusLength && Exponent.Length is > 0 and <= MaxExponentLength
        && PrivateExponent.Length > 0 && PrivateExponent.Length <= Modulus.Length && IsFactor(P) && IsFactor(Q)
        && InverseOfP.Length > 0 && InverseOfP.Length <= Q.Length;

    /// <summary>Whether the secret numbers belong to the public ones and to each other: p·q = n, e·d = 1 modulo p-1 and
    /// q-1, u·p = 1 modulo q. Calculating with numbers that an attacker changed would hand him the key.</summary>
    /// <param name="exponentOfP">Receives d modulo p-1, as long as p.</param>
    /// <param name="exponentOfQ">Receives d modulo q-1, as long as q.</param>
    internal bool TryComplete(Span<byte> exponentOfP, Span<byte> exponentOfQ)
    {
        using var context = BigNumberContextHandle.Make();
        using var n = BigNumberHandle.Of(Modulus);
        using var p = BigNumberHandle.Of(P);
        using var q = BigNumberHandle.Of(Q);
        using var u = BigNumberHandle.Of(InverseOfP);
        using var product = BigNumberHandle.Make();
        OpenSslError.ThrowUnlessOne(BN_mul(product, p, q, context), "BN_mul");
        if (BN_cmp(product, n) != 0)
            return false;

        OpenSslError.ThrowUnlessOne(BN_mod_mul(product, u, p, q, context), "BN_mod_mul");
        return BN_is_one(product) == 1
            && TryReduceExponent(P, exponentOfP, context)
            && TryReduceExponent(Q, exponentOfQ, context);
    }

    private static bool IsFactor(ReadOnlySpan<byte> number) => number.Length > 1 && (number[^1] & 1) == 1;

    private bool TryReduceExponent(ReadOnlySpan<byte> prime, Span<byte> reduced, BigNumberContextHandle context)
    {
        using var order = BigNumberHandle.LessOne(prime);
        using var d = BigNumberHandle.Of(PrivateExponent);
        using var e = BigNumberHandle.Of(Exponent);
        using var result = BigNumberHandle.Make();
        OpenSslError.ThrowUnlessOne(BN_nnmod(result, d, order, context), "BN_nnmod");
        result.CopyTo(reduced);
        OpenSslError.ThrowUnlessOne(BN_mod_mul(result, d, e, order, context), "BN_mod_mul");
        return BN_is_one(result) == 1;
    }
}
