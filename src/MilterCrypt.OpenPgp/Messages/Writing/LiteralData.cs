using MilterCrypt.OpenPgp.Packets;

namespace MilterCrypt.OpenPgp.Messages.Writing;

/// <summary>The packet that holds what a message says (RFC 9580 §5.9).</summary>
internal static class LiteralData
{
    /// <summary>Begins it: binary, no file name, no date.</summary>
    /// <param name="next">Where the packet goes.</param>
    /// <param name="held">Memory for <see cref="PartialBodyWriter.SmallestPiece"/> octets, whose owner clears it.</param>
    public static PartialBodyWriter Begin(IOctetSink next, Memory<byte> held)
    {
        var body = new PartialBodyWriter(next, PacketTag.LiteralData, held);
        body.Write([(byte)'b', 0, 0, 0, 0, 0]);
        return body;
    }
}
