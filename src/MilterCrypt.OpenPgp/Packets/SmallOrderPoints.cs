namespace MilterCrypt.OpenPgp.Packets;

/// <summary>The points of X25519 and X448 with which every secret comes out the same (RFC 7748 §6, §7): no honest key
/// is one, and what is encrypted to one anybody can read.</summary>
internal static class SmallOrderPoints
{
    // Little-endian, as on the wire: 0, 1, the two of order 8, and the field's prime less one, itself, and more one.
    private static readonly byte[][] OfX25519 =
    [
        new byte[32],
        [1, .. new byte[31]],
        Convert.FromHexString("E0EB7A7C3B41B8AE1656E3FAF19FC46ADA098DEB9C32B1FD866205165F49B800"),
        Convert.FromHexString("5F9C95BCA3508C24B1D0B1559C83EF5B04445CC4581C8E86D8224EDDD09F1157"),
        [0xEC, .. Filled(0xFF, 30), 0x7F],
        [0xED, .. Filled(0xFF, 30), 0x7F],
        [0xEE, .. Filled(0xFF, 30), 0x7F],
    ];

    private static readonly byte[][] OfX448 =
    [
        new byte[56],
        [1, .. new byte[55]],
        [0xFE, .. Filled(0xFF, 27), 0xFE, .. Filled(0xFF, 27)],
        [.. Filled(0xFF, 28), 0xFE, .. Filled(0xFF, 27)],
        [.. new byte[28], .. Filled(0xFF, 28)],
    ];

    /// <summary>Whether these 32 octets are one; their highest bit does not count (RFC 7748 §5).</summary>
    public static bool AreX25519(ReadOnlySpan<byte> point)
    {
        Span<byte> masked = stackalloc byte[32];
        point.CopyTo(masked);
        masked[31] &= 0x7F;
        return Contains(OfX25519, masked);
    }

    /// <summary>Whether these 56 octets are one.</summary>
    public static bool AreX448(ReadOnlySpan<byte> point) => Contains(OfX448, point);

    private static bool Contains(byte[][] points, ReadOnlySpan<byte> point)
    {
        foreach (byte[] candidate in points)
        {
            if (point.SequenceEqual(candidate))
                return true;
        }

        return false;
    }

    private static byte[] Filled(byte value, int length)
    {
        byte[] octets = new byte[length];
        octets.AsSpan().Fill(value);
        return octets;
    }
}
