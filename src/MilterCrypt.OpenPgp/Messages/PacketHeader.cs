using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;

namespace MilterCrypt.OpenPgp.Messages;

/// <summary>Packet headers in the OpenPGP format (RFC 9580 §4.2).</summary>
internal static class PacketHeader
{
    /// <summary>Octets of the longest definite length.</summary>
    internal const int MaxLengthOctets = 5;

    /// <summary>The octet that begins a packet.</summary>
    internal static byte TagOctet(int tag) => (byte)(0xC0 | tag);

    /// <summary>The octet that announces a piece of a body; its length is a power of two.</summary>
    internal static byte PartialLengthOctet(int length) => (byte)(0xE0 | BitOperations.Log2((uint)length));

    /// <summary>Writes a definite length; returns its octets.</summary>
    internal static int WriteLength(Span<byte> destination, int length)
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
        return MaxLengthOctets;
    }

    /// <summary>Writes a whole packet.</summary>
    internal static void WritePacket(IBufferWriter<byte> output, int tag, ReadOnlySpan<byte> body)
    {
        Span<byte> header = stackalloc byte[1 + MaxLengthOctets];
        header[0] = TagOctet(tag);
        int length = 1 + WriteLength(header[1..], body.Length);
        output.Write(header[..length]);
        output.Write(body);
    }
}
