using System.Buffers.Binary;
using System.Numerics;

namespace MilterCrypt.OpenPgp.Packets;

/// <summary>Multiprecision integers (RFC 9580 §3.2): a count of bits in two octets, then the number, big-endian.</summary>
internal static class Mpi
{
    /// <summary>The largest number read, in bits: twice what any key in use has, little enough to cost nothing.</summary>
    public const int MaxBits = 16384;

    /// <summary>Takes a number off the front of <paramref name="rest"/>. Old software wrote counts that are too high;
    /// they are taken except where <paramref name="strict"/>, as version 6 packets demand (RFC 9580 §3.2).</summary>
    /// <param name="rest">What is left to read.</param>
    /// <param name="strict">Whether the count must be exact.</param>
    /// <param name="value">The number without leading zeros; empty for zero.</param>
    /// <returns>False where it is cut short, over <see cref="MaxBits"/>, or its count is wrong.</returns>
    public static bool TryRead(ref ReadOnlyMemory<byte> rest, bool strict, out ReadOnlyMemory<byte> value)
    {
        value = default;
        if (rest.Length < 2)
            return false;

        int bits = BinaryPrimitives.ReadUInt16BigEndian(rest.Span);
        int length = (bits + 7) / 8;
        if (bits > MaxBits || rest.Length - 2 < length)
            return false;

        value = WithoutLeadingZeros(rest.Slice(2, length));
        int actual = BitLength(value.Span);
        if (actual > bits || (strict && actual != bits))
            return false;

        rest = rest[(2 + length)..];
        return true;
    }

    /// <summary>The bits that a big-endian number needs.</summary>
    public static int BitLength(ReadOnlySpan<byte> number)
    {
        int zeros = number.IndexOfAnyExcept((byte)0);
        if (zeros < 0)
            return 0;
        return (8 * (number.Length - zeros)) - (BitOperations.LeadingZeroCount(number[zeros]) - 24);
    }

    private static ReadOnlyMemory<byte> WithoutLeadingZeros(ReadOnlyMemory<byte> number)
    {
        int zeros = number.Span.IndexOfAnyExcept((byte)0);
        return zeros < 0 ? default : number[zeros..];
    }
}
