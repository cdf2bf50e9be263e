using System.Buffers;
using System.Buffers.Binary;
using MilterCrypt.OpenPgp.Packets;

namespace MilterCrypt.OpenPgp.Signatures;

/// <summary>One subpacket of a signature (RFC 9580 §5.2.3.7).</summary>
/// <param name="Type">Its type, which may be unknown here.</param>
/// <param name="IsCritical">Whether who does not understand it must not trust the signature.</param>
/// <param name="Content">What follows the type octet.</param>
internal readonly record struct Subpacket(SubpacketType Type, bool IsCritical, ReadOnlyMemory<byte> Content)
{
    private const int Critical = 0x80;

    /// <summary>Takes one subpacket off the front of <paramref name="area"/>; false where it is cut short or empty.</summary>
    public static bool TryRead(ref ReadOnlyMemory<byte> area, out Subpacket subpacket)
    {
        subpacket = default;
        var octets = area.Span;
        int size = octets switch
        {
            [] => 0,
            [< 192, ..] => 1,
            [255, ..] => 5,
            _ => 2,
        };
        if (size == 0 || octets.Length < size)
            return false;

        uint length = size switch
        {
            1 => octets[0],
            2 => (uint)(((octets[0] - 192) << 8) + octets[1] + 192),
            _ => BinaryPrimitives.ReadUInt32BigEndian(octets[1..]),
        };
        if (length == 0 || length > (uint)(octets.Length - size))
            return false;

        byte type = octets[size];
        subpacket = new Subpacket((SubpacketType)(type & 0x7F), (type & Critical) != 0, area.Slice(size + 1, (int)length - 1));
        area = area[(size + (int)length)..];
        return true;
    }

    /// <summary>Writes it with the shortest length.</summary>
    public void Write(IBufferWriter<byte> area)
    {
        Span<byte> length = stackalloc byte[PacketLength.MaxOctets];
        area.Write(length[..PacketLength.Write(length, 1 + Content.Length)]);
        area.WriteOctets((byte)((int)Type | (IsCritical ? Critical : 0)));
        area.Write(Content.Span);
    }
}
