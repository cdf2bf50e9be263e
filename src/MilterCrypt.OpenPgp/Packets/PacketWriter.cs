using System.Buffers;

namespace MilterCrypt.OpenPgp.Packets;

/// <summary>Frames packets in the OpenPGP format with the shortest length (RFC 9580 §4.2.1).</summary>
internal static class PacketWriter
{
    /// <summary>The octet that begins a packet.</summary>
    internal static byte TagOctet(PacketTag tag) => (byte)(0xC0 | (int)tag);

    /// <summary>Writes a whole packet.</summary>
    internal static void Write(IBufferWriter<byte> output, PacketTag tag, ReadOnlySpan<byte> body)
    {
        Span<byte> header = stackalloc byte[1 + PacketLength.MaxOctets];
        header[0] = TagOctet(tag);
        int length = 1 + PacketLength.Write(header[1..], body.Length);
        output.Write(header[..length]);
        output.Write(body);
    }
}
