using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MilterCrypt.OpenPgp.Armor;

/// <summary>Shortens data to 16 octets of the same checksum. As polynomials over GF(2), a block that lies n bits before
/// another may be added to it once it is multiplied by x^n modulo the checksum's polynomial. (Gopal and others, "Fast
/// CRC Computation for Generic Polynomials Using PCLMULQDQ", 2009.)</summary>
internal static class Crc24Folding
{
    /// <summary>The polynomial without its highest term, x^24.</summary>
    internal const uint Polynomial = 0x864CFB;

    /// <summary>Less than this is not worth it.</summary>
    internal const int MinLength = 128;

    /// <summary>Octets that are left of what was folded.</summary>
    internal const int FoldedLength = 16;

    private const int Lanes = 4;
    private const int Stride = Lanes * FoldedLength;

    private static readonly Vector128<ulong> OverOneBlock = FactorsOver(FoldedLength);
    private static readonly Vector128<ulong> OverAllLanes = FactorsOver(Stride);

    /// <summary>Whether this processor has the instructions.</summary>
    internal static bool IsSupported => Pclmulqdq.IsSupported && Ssse3.IsSupported;

    /// <summary>Folds all whole strides of <paramref name="data"/> and returns the rest.</summary>
    /// <param name="data">At least <see cref="MinLength"/> octets.</param>
    /// <param name="register">The checksum so far, in the upper 24 bits of 32.</param>
    /// <param name="folded">Receives <see cref="FoldedLength"/> octets, which stand for all that was before the rest.</param>
    internal static ReadOnlySpan<byte> Fold(ReadOnlySpan<byte> data, uint register, scoped Span<byte> folded)
    {
        int whole = data.Length - (data.Length % Stride);
        ReadOnlySpan<Vector128<byte>> blocks = MemoryMarshal.Cast<byte, Vector128<byte>>(data[..whole]);

        // Four lanes, because a multiplication takes several cycles and four can be under way at once. The register is
        // what came before, so it belongs to the first octets.
        var lane0 = Load(blocks[0]) ^ Vector128.Create(0UL, (ulong)register << 32);
        var lane1 = Load(blocks[1]);
        var lane2 = Load(blocks[2]);
        var lane3 = Load(blocks[3]);
        var factors = OverAllLanes;
        for (int i = Lanes; i + Lanes <= blocks.Length; i += Lanes)
        {
            lane0 = Advance(lane0, factors) ^ Load(blocks[i]);
            lane1 = Advance(lane1, factors) ^ Load(blocks[i + 1]);
            lane2 = Advance(lane2, factors) ^ Load(blocks[i + 2]);
            lane3 = Advance(lane3, factors) ^ Load(blocks[i + 3]);
        }

        lane1 ^= Advance(lane0, OverOneBlock);
        lane2 ^= Advance(lane1, OverOneBlock);
        lane3 ^= Advance(lane2, OverOneBlock);
        Reverse(lane3.AsByte()).CopyTo(folded);
        return data[whole..];
    }

    private static Vector128<ulong> Advance(Vector128<ulong> block, Vector128<ulong> factors) =>
        Pclmulqdq.CarrylessMultiply(block, factors, 0x00) ^ Pclmulqdq.CarrylessMultiply(block, factors, 0x11);

    // The first octet holds the highest powers.
    private static Vector128<ulong> Load(Vector128<byte> block) => Reverse(block).AsUInt64();

    private static Vector128<byte> Reverse(Vector128<byte> octets) => Ssse3.Shuffle(
        octets, Vector128.Create((byte)15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0));

    /// <summary>What the two halves of a block are multiplied by to lie so many octets later.</summary>
    private static Vector128<ulong> FactorsOver(int octets) => Vector128.Create(PowerOfX(8 * octets), PowerOfX((8 * octets) + 64));

    private static ulong PowerOfX(int exponent)
    {
        uint value = 1;
        for (int i = 0; i < exponent; i++)
            value = (value & 0x800000) == 0 ? value << 1 : ((value << 1) & 0xFFFFFF) ^ Polynomial;
        return value;
    }
}
