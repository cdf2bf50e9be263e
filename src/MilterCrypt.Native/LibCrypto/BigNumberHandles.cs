using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace MilterCrypt.Native.LibCrypto;

/// <summary>A BIGNUM, cleared when it is freed. Numbers here are secret unless they are called public: libcrypto is told
/// so, and then does without what would show them in its timing.</summary>
internal sealed class BigNumberHandle() : SafeHandle(0, ownsHandle: true)
{
    private const int ConstantTime = 0x04; // BN_FLG_CONSTTIME

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <summary>Takes over one that libcrypto made.</summary>
    internal static BigNumberHandle Own(nint number)
    {
        var made = new BigNumberHandle();
        made.SetHandle(number);
        return made;
    }

    /// <summary>Makes one of value zero.</summary>
    internal static BigNumberHandle Make()
    {
        BigNumberHandle made = OpenSslError.Checked(BigNumberImports.BN_new(), "BN_new");
        BigNumberImports.BN_set_flags(made, ConstantTime);
        return made;
    }

    /// <summary>Makes one of a big-endian number.</summary>
    internal static BigNumberHandle Of(ReadOnlySpan<byte> bigEndian)
    {
        BigNumberHandle made = Make();
        if (BigNumberImports.BN_bin2bn(bigEndian, bigEndian.Length, made) != 0)
            return made;

        made.Dispose();
        throw OpenSslError.Make("BN_bin2bn");
    }

    /// <summary>Makes one that is less by one, of one that is not zero.</summary>
    internal static BigNumberHandle LessOne(ReadOnlySpan<byte> bigEndian)
    {
        BigNumberHandle made = Of(bigEndian);
        if (BigNumberImports.BN_sub_word(made, 1) == 1)
            return made;

        made.Dispose();
        throw OpenSslError.Make("BN_sub_word");
    }

    /// <summary>Writes the number, big-endian, filling <paramref name="destination"/> with zeros in front.</summary>
    /// <exception cref="CryptographicException">It has no room.</exception>
    internal void CopyTo(Span<byte> destination)
    {
        if (BigNumberImports.BN_bn2binpad(this, destination, destination.Length) != destination.Length)
            throw OpenSslError.Make("BN_bn2binpad");
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        BigNumberImports.BN_clear_free(handle);
        return true;
    }
}

/// <summary>A BN_CTX: numbers that calculations need on their way, cleared at the end; belongs to one thread.</summary>
internal sealed class BigNumberContextHandle() : SafeHandle(0, ownsHandle: true)
{
    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    internal static BigNumberContextHandle Make() => OpenSslError.Checked(BigNumberImports.BN_CTX_new(), "BN_CTX_new");

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        BigNumberImports.BN_CTX_free(handle);
        return true;
    }
}

/// <summary>A BN_MONT_CTX: a modulus, prepared for many multiplications; only read after it is set.</summary>
internal sealed class MontgomeryContextHandle() : SafeHandle(0, ownsHandle: true)
{
    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    internal static MontgomeryContextHandle Make() =>
        OpenSslError.Checked(BigNumberImports.BN_MONT_CTX_new(), "BN_MONT_CTX_new");

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        BigNumberImports.BN_MONT_CTX_free(handle);
        return true;
    }
}
