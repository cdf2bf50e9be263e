namespace MilterCrypt.OpenPgp.Packets;

/// <summary>One packet, taken out of its framing (RFC 9580 §4.2).</summary>
/// <param name="Tag">Its type, which may be a number that is unknown here.</param>
/// <param name="Body">Its body: a view of the input, or a copy where it came in partial lengths.</param>
internal readonly record struct Packet(PacketTag Tag, ReadOnlyMemory<byte> Body)
{
    /// <summary>Whether an unknown packet of this type may be skipped (RFC 9580 §4.3: 40 to 63).</summary>
    public bool IsCritical => (int)Tag < 40;
}
