using System.Buffers;
using System.Buffers.Binary;

namespace MilterCrypt.OpenPgp.Packets;

/// <summary>Frames whole packets in the new format with the shortest length (RFC 9580 §4.2.1).</summary>
internal static class PacketWriter
{
    /// <summary>Writes one packet.</summary>
    public static void Write(IBufferWriter<byte> output, PacketTag tag, ReadOnlySpan<byte> body)
    {
        Span<byte> header = stackalloc byte[6];
        header[0] = (byte)(0xC0 | (int)tag);
        int length = 1 + WriteLength(header[1..], body.Length);
        output.Write(header[..length]);
        output.Write(body);
    }

    private static int WriteLength(Span<byte> octets, int length)
    {
        if (length < 192)
        {
            octets[0] = (byte)length;
            return 1;
        }

        if (length < 8384)
        {
            octets[0] = (byte)(((length - 192) >> 8) + 192);
            octets[1] = (byte)(length - 192);
            return 2;
        }

        octets[0] = 0xFF;
        BinaryPrimitives.WriteInt32BigEndian(octets[1..], length);
        return 5;
    }
}
