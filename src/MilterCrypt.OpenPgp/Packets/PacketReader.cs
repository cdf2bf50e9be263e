using System.Buffers;

namespace MilterCrypt.OpenPgp.Packets;

/// <summary>Takes packets off the front of octets in memory, in both formats (RFC 9580 §4.2). Owned by one reading;
/// after a failure there is no way to find the next packet, so reading ends there.</summary>
/// <param name="octets">What to read; packets are views of it.</param>
internal sealed class PacketReader(ReadOnlyMemory<byte> octets)
{
    private ReadOnlyMemory<byte> rest = octets;

    /// <summary>Why reading ended before the end of the octets, or null.</summary>
    public string? Problem { get; private set; }

    /// <summary>Takes one packet.</summary>
    /// <returns>False at the end, and where the octets are no packet: then <see cref="Problem"/> says why.</returns>
    public bool TryRead(out Packet packet)
    {
        packet = default;
        if (rest.IsEmpty || Problem is not null)
            return false;

        byte first = rest.Span[0];
        if ((first & 0x80) == 0)
            return Fail("not an OpenPGP packet");

        bool isNewFormat = (first & 0x40) != 0;
        var tag = (PacketTag)(isNewFormat ? first & 0x3F : (first >> 2) & 0x0F);
        if (tag == PacketTag.Reserved)
            return Fail("a packet with the reserved type 0");

        rest = rest[1..];
        ReadOnlyMemory<byte> body;
        if (isNewFormat ? !TryReadNewBody(tag, out body) : !TryReadOldBody(tag, first & 3, out body))
            return false;

        packet = new Packet(tag, body);
        return true;
    }

    private bool TryReadNewBody(PacketTag tag, out ReadOnlyMemory<byte> body)
    {
        body = default;
        if (!TryReadNewLength(out uint length, out bool isPartial))
            return false;
        if (!isPartial)
            return TryTake(length, out body);
        if (!PacketFramer.IsData(tag))
            return Fail($"a partial length in a packet of type {(int)tag}");

        // This also bounds the number of allocations.
        if (length < PacketLength.MinFirstPiece)
            return Fail("a first partial length under 512 octets");

        var parts = new ArrayBufferWriter<byte>();
        while (true)
        {
            if (!TryTake(length, out var part))
                return false;
            parts.Write(part.Span);
            if (!isPartial)
                break;
            if (!TryReadNewLength(out length, out isPartial))
                return false;
        }

        body = parts.WrittenMemory;
        return true;
    }

    private bool TryReadNewLength(out uint length, out bool isPartial)
    {
        length = 0;
        isPartial = false;
        int size = rest.IsEmpty ? 0 : PacketLength.Size(rest.Span[0]);
        if (size == 0 || rest.Length < size)
            return Fail("a packet cut short");

        isPartial = PacketLength.IsPartial(rest.Span[0]);
        length = PacketLength.Read(rest.Span[..size]);
        rest = rest[size..];
        return true;
    }

    private bool TryReadOldBody(PacketTag tag, int lengthType, out ReadOnlyMemory<byte> body)
    {
        body = default;
        if (PacketLength.LegacySize(lengthType) == 0)
        {
            if (!PacketFramer.IsData(tag))
                return Fail($"an indeterminate length in a packet of type {(int)tag}");
            body = rest;
            rest = default;
            return true;
        }

        int size = PacketLength.LegacySize(lengthType);
        if (rest.Length < size)
            return Fail("a packet cut short");
        uint length = PacketLength.ReadLegacy(rest.Span[..size]);
        rest = rest[size..];
        return TryTake(length, out body);
    }

    private bool TryTake(uint length, out ReadOnlyMemory<byte> taken)
    {
        taken = default;
        if (length > (uint)rest.Length)
            return Fail("a packet cut short");
        taken = rest[..(int)length];
        rest = rest[(int)length..];
        return true;
    }

    private bool Fail(string problem)
    {
        Problem = problem;
        return false;
    }
}
