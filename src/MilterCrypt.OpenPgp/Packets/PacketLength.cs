using System.Buffers.Binary;
using System.Numerics;

namespace MilterCrypt.OpenPgp.Packets;

/// <summary>The octets that say how long a packet's body is, or a piece of it (RFC 9580 §4.2).</summary>
internal static class PacketLength
{
    /// <summary>Octets of the longest definite length.</summary>
    internal const int MaxOctets = 5;

    /// <summary>The first piece of a body has so many octets at least (RFC 9580 §4.2.1.4).</summary>
    internal const int MinFirstPiece = 512;

    /// <summary>How many octets a length in the OpenPGP format has, by its first.</summary>
    internal static int Size(byte first) => first switch
    {
        < 192 => 1,
        < 224 => 2,
        255 => 5,
        _ => 1,
    };

    /// <summary>How many octets a length in the legacy format has, by the two lowest bits of the packet's first octet; 3
    /// stands for an indeterminate length, which has none (RFC 9580 §4.2.2).</summary>
    internal static int LegacySize(int lengthType) => lengthType == 3 ? 0 : 1 << lengthType;

    /// <summary>Whether a length in the OpenPGP format is that of a piece, after which another length follows.</summary>
    internal static bool IsPartial(byte first) => first is >= 224 and < 255;

    /// <summary>Reads a length in the OpenPGP format, of all its octets.</summary>
    internal static uint Read(ReadOnlySpan<byte> octets) => Size(octets[0]) switch
    {
        1 => IsPartial(octets[0]) ? 1u << (octets[0] & 0x1F) : octets[0],
        2 => (uint)(((octets[0] - 192) << 8) + octets[1] + 192),
        _ => BinaryPrimitives.ReadUInt32BigEndian(octets[1..]),
    };

    /// <summary>Reads a length in the legacy format, of all its 1, 2 or 4 octets.</summary>
    internal static uint ReadLegacy(ReadOnlySpan<byte> octets) => octets.Length switch
    {
        1 => octets[0],
        2 => BinaryPrimitives.ReadUInt16BigEndian(octets),
        _ => BinaryPrimitives.ReadUInt32BigEndian(octets),
    };

    /// <summary>Writes the shortest definite length; returns its octets.</summary>
    internal static int Write(Span<byte> destination, int length)
    {
        if (length < 192)
        {
            destination[0] = (byte)length;
            return 1;
        }

        if (length < 8384)
        {
            BinaryPrimitives.WriteUInt16BigEndian(destination, (ushort)(length - 192 + 0xC000));
            return 2;
        }

        destination[0] = 0xFF;
        BinaryPrimitives.WriteInt32BigEndian(destination[1..], length);
        return MaxOctets;
    }

    /// <summary>The octet that announces a piece; its length is a power of two.</summary>
    internal static byte OfPiece(int length) => (byte)(0xE0 | BitOperations.Log2((uint)length));
}
