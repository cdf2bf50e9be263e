using System.Runtime.InteropServices;

namespace MilterCrypt.Native.LibCrypto;

/// <summary>What is used of libcrypto's arithmetic, under its own names; every caller checks what comes back.</summary>
internal static partial class BigNumberImports
{
    private const string Library = NativeLibraries.LibCrypto;

    [LibraryImport(Library)]
    internal static partial BigNumberHandle BN_new();

    [LibraryImport(Library)]
    internal static partial void BN_clear_free(nint number);

    [LibraryImport(Library)]
    internal static partial BigNumberContextHandle BN_CTX_new();

    [LibraryImport(Library)]
    internal static partial void BN_CTX_free(nint context);

    [LibraryImport(Library)]
    internal static partial MontgomeryContextHandle BN_MONT_CTX_new();

    [LibraryImport(Library)]
    internal static partial void BN_MONT_CTX_free(nint context);

    [LibraryImport(Library)]
    internal static partial int BN_MONT_CTX_set(
        MontgomeryContextHandle montgomery, BigNumberHandle modulus, BigNumberContextHandle context);

    /// <summary>Returns the number that it was given, or null.</summary>
    [LibraryImport(Library)]
    internal static partial nint BN_bin2bn(ReadOnlySpan<byte> octets, int length, BigNumberHandle number);

    [LibraryImport(Library)]
    internal static partial int BN_bn2binpad(BigNumberHandle number, Span<byte> octets, int length);

    [LibraryImport(Library)]
    internal static partial void BN_set_flags(BigNumberHandle number, int flags);

    [LibraryImport(Library)]
    internal static partial int BN_cmp(BigNumberHandle a, BigNumberHandle b);

    [LibraryImport(Library)]
    internal static partial int BN_is_one(BigNumberHandle number);

    [LibraryImport(Library)]
    internal static partial int BN_sub_word(BigNumberHandle number, nuint word);

    [LibraryImport(Library)]
    internal static partial int BN_sub(BigNumberHandle result, BigNumberHandle a, BigNumberHandle b);

    [LibraryImport(Library)]
    internal static partial int BN_mul(BigNumberHandle result, BigNumberHandle a, BigNumberHandle b, BigNumberContextHandle context);

    [LibraryImport(Library)]
    internal static partial int BN_nnmod(
        BigNumberHandle result, BigNumberHandle number, BigNumberHandle modulus, BigNumberContextHandle context);

    [LibraryImport(Library)]
    internal static partial int BN_mod_mul(
        BigNumberHandle result, BigNumberHandle a, BigNumberHandle b, BigNumberHandle modulus, BigNumberContextHandle context);

    [LibraryImport(Library)]
    internal static partial int BN_to_montgomery(
        BigNumberHandle result, BigNumberHandle number, MontgomeryContextHandle montgomery, BigNumberContextHandle context);

    [LibraryImport(Library)]
    internal static partial int BN_mod_mul_montgomery(
        BigNumberHandle result, BigNumberHandle a, BigNumberHandle b, MontgomeryContextHandle montgomery,
        BigNumberContextHandle context);

    /// <summary>Takes the same time whatever the exponent is, of a given length.</summary>
    [LibraryImport(Library)]
    internal static partial int BN_mod_exp_mont_consttime(
        BigNumberHandle result, BigNumberHandle number, BigNumberHandle exponent, BigNumberHandle modulus,
        BigNumberContextHandle context, MontgomeryContextHandle montgomery);
}
