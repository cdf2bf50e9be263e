using System.Security.Cryptography;
using static MilterCrypt.Native.LibCrypto.BigNumberImports;

namespace MilterCrypt.Native.LibCrypto;

/// <summary>An ElGamal private key, only ever used to decrypt: libcrypto knows no such keys, but has the arithmetic.
/// Owned by its maker, usable from several threads; disposal clears it.</summary>
public sealed class ElGamalPrivateKey : IDisposable
{
    // OpenPGP's longest numbers; checked before anything is calculated.
    private const int MaxLength = 16384 / 8;

    private readonly BigNumberHandle modulus;
    private readonly BigNumberHandle negatedExponent;
    private readonly MontgomeryContextHandle montgomery;

    private ElGamalPrivateKey(
        BigNumberHandle modulus, BigNumberHandle negatedExponent, MontgomeryContextHandle montgomery, int modulusLength)
    {
        this.modulus = modulus;
        this.negatedExponent = negatedExponent;
        this.montgomery = montgomery;
        ModulusLength = modulusLength;
    }

    /// <summary>Octets of the prime, and so of what <see cref="TryDecrypt"/> writes.</summary>
    public int ModulusLength { get; }

    /// <summary>Imports a key; null where <paramref name="y"/> is not <paramref name="g"/> to the power of
    /// <paramref name="x"/>. Numbers are big-endian.</summary>
    /// <param name="p">The prime.</param>
    /// <param name="g">The base.</param>
    /// <param name="y">The public number.</param>
    /// <param name="x">The secret.</param>
    public static ElGamalPrivateKey? Import(ReadOnlySpan<byte> p, ReadOnlySpan<byte> g, ReadOnlySpan<byte> y, ReadOnlySpan<byte> x)
    {
        p = p.TrimStart((byte)0);
        x = x.TrimStart((byte)0);
        bool sane = p.Length is > 1 and <= MaxLength && (p[^1] & 1) == 1 && g.Length <= p.Length && y.Length <= p.Length
            && x.Length > 0 && x.Length <= p.Length;
        if (!sane)
            return null;

        BigNumberHandle? modulus = null, exponent = null;
        MontgomeryContextHandle? montgomery = null;
        bool kept = false;
        try
        {
            using var context = BigNumberContextHandle.Make();
            using var order = BigNumberHandle.LessOne(p);
            modulus = BigNumberHandle.Of(p);
            exponent = BigNumberHandle.Of(x);
            montgomery = MontgomeryContextHandle.Make();
            OpenSslError.ThrowUnlessOne(BN_MONT_CTX_set(montgomery, modulus, context), "BN_MONT_CTX_set");
            if (BN_cmp(exponent, order) >= 0 || !IsPower(modulus, montgomery, g, exponent, y, context))
                return null;

            // 1/s = c1^(p-1-x): one power does for the inverse too.
            OpenSslError.ThrowUnlessOne(BN_sub(exponent, order, exponent), "BN_sub");
            kept = true;
            return new ElGamalPrivateKey(modulus, exponent, montgomery, p.Length);
        }
        finally
        {
            if (!kept)
            {
                modulus?.Dispose();
                exponent?.Dispose();
                montgomery?.Dispose();
            }
        }
    }

    /// <summary>Writes the secret: p - 1 less what is kept.</summary>
    /// <param name="number">Receives it, big-endian, <see cref="ModulusLength"/> octets; the caller clears them.</param>
    public void ExportSecret(Span<byte> number)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(number.Length, ModulusLength);
        using var secret = BigNumberHandle.Make();
        OpenSslError.ThrowUnlessOne(BN_sub(secret, modulus, negatedExponent), "BN_sub");
        OpenSslError.ThrowUnlessOne(BN_sub_word(secret, 1), "BN_sub_word");
        secret.CopyTo(number);
    }

    /// <summary>The private operation without unpadding, in the same time whatever comes out.</summary>
    /// <param name="c1">g to the power of the sender's random number, big-endian.</param>
    /// <param name="c2">The padded message times the shared secret, big-endian.</param>
    /// <param name="block">Receives <see cref="ModulusLength"/> octets; the caller clears them.</param>
    /// <returns>False where the numbers are not between 0 and the prime, which everybody can see.</returns>
    /// <exception cref="CryptographicException">libcrypto failed.</exception>
    public bool TryDecrypt(ReadOnlySpan<byte> c1, ReadOnlySpan<byte> c2, Span<byte> block)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(block.Length, ModulusLength);
        if (!IsInRange(c1) || !IsInRange(c2))
            return false;

        using var context = BigNumberContextHandle.Make();
        using var first = BigNumberHandle.Of(c1);
        using var second = BigNumberHandle.Of(c2);
        if (BN_cmp(first, modulus) >= 0 || BN_cmp(second, modulus) >= 0)
            return false;

        using var inverse = BigNumberHandle.Make();
        OpenSslError.ThrowUnlessOne(
            BN_mod_exp_mont_consttime(inverse, first, negatedExponent, modulus, context, montgomery), "BN_mod_exp_mont_consttime");
        OpenSslError.ThrowUnlessOne(BN_to_montgomery(second, second, montgomery, context), "BN_to_montgomery");
        OpenSslError.ThrowUnlessOne(
            BN_mod_mul_montgomery(second, second, inverse, montgomery, context), "BN_mod_mul_montgomery");
        second.CopyTo(block);
        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        modulus.Dispose();
        negatedExponent.Dispose();
        montgomery.Dispose();
    }

    private static bool IsPower(
        BigNumberHandle modulus, MontgomeryContextHandle montgomery, ReadOnlySpan<byte> g, BigNumberHandle exponent,
        ReadOnlySpan<byte> y, BigNumberContextHandle context)
    {
        using var number = BigNumberHandle.Of(g);
        using var expected = BigNumberHandle.Of(y);
        using var power = BigNumberHandle.Make();
        if (BN_cmp(number, modulus) >= 0)
            return false;
        OpenSslError.ThrowUnlessOne(
            BN_mod_exp_mont_consttime(power, number, exponent, modulus, context, montgomery), "BN_mod_exp_mont_consttime");
        return BN_cmp(power, expected) == 0;
    }

    private bool IsInRange(ReadOnlySpan<byte> number) =>
        number.ContainsAnyExcept((byte)0) && number.TrimStart((byte)0).Length <= ModulusLength;
}
