using System.Runtime.CompilerServices;

namespace MilterCrypt.OpenPgp.SessionKeys;

/// <summary>Comparisons and choices whose time does not show their outcome. Masks are all ones for yes, and zero for no.</summary>
internal static class ConstantTime
{
    /// <summary>The mask for yes.</summary>
    internal const uint Yes = 0xFFFFFFFF;

    /// <summary>Whether two numbers are equal.</summary>
    // Kept out of its callers: the compiler must not see what becomes of the mask, and turn it into a branch.
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static uint Equal(uint a, uint b)
    {
        uint difference = a ^ b;
        return ((difference | (0 - difference)) >> 31) - 1;
    }

    /// <summary>The first number where the mask says yes, else the second.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static byte Select(uint mask, byte yes, byte no) => (byte)((yes & mask) | (no & ~mask));
}
