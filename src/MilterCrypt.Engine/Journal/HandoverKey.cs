using System.Buffers.Binary;

namespace MilterCrypt.Engine.Journal;

/// <summary>Names one recipient's copy of one message from one client, and tells nothing of them to who lacks the journal's
/// secret (<see cref="HandoverKeys"/>).</summary>
/// <param name="Value">The first 16 octets of an HMAC (RFC 2104 §5 allows that many at the least).</param>
public readonly record struct HandoverKey(UInt128 Value)
{
    internal const int Length = 16;

    internal static HandoverKey Read(ReadOnlySpan<byte> octets) => new(BinaryPrimitives.ReadUInt128BigEndian(octets));

    internal byte[] ToArray()
    {
        byte[] octets = new byte[Length];
        BinaryPrimitives.WriteUInt128BigEndian(octets, Value);
        return octets;
    }
}
