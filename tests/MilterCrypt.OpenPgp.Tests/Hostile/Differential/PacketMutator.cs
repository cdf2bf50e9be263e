using System.Buffers.Binary;
using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.Tests.Messages.Reading;

namespace MilterCrypt.OpenPgp.Tests.Hostile.Differential;

/// <summary>Changes packets, their order and their framing. The same seed makes the same changes of the same octets.</summary>
internal sealed class PacketMutator(Random random)
{
    /// <summary>What was done, in a word or two, and what became of it.</summary>
    public (string What, byte[] Octets) Mutate(byte[] honest)
    {
        var packets = Honest.Packets(honest).ToList();
        int at = random.Next(packets.Count);
        byte[] body = packets[at].Body.ToArray();
        switch (random.Next(13))
        {
            case 0 or 1 when body.Length > 0:
                int flipped = random.Next(Math.Min(body.Length, random.Next(2) == 0 ? 24 : body.Length));
                body[flipped] ^= (byte)(1 << random.Next(8));
                return ($"a bit of {Place(flipped)}", Replaced(at, body));
            case 2 or 3 when body.Length > 0:
                int changed = random.Next(Math.Min(24, body.Length));
                body[changed] = (byte)random.Next(256);
                return ($"an octet of {Place(changed)}", Replaced(at, body));
            case 4:
                return ("cut", honest[..random.Next(honest.Length)]);
            case 5:
                byte[] more = new byte[random.Next(1, 20)];
                random.NextBytes(more);
                return ("more behind", [.. honest, .. more]);
            case 6:
                packets.RemoveAt(at);
                return ($"a packet less, {Tags(packets)}", Joined(packets));
            case 7:
                packets.Insert(random.Next(packets.Count), packets[at]);
                return ($"a packet twice, {Tags(packets)}", Joined(packets));
            case 8:
                int other = random.Next(packets.Count);
                (packets[at], packets[other]) = (packets[other], packets[at]);
                return ($"packets exchanged, {Tags(packets)}", Joined(packets));
            case 9:
                packets.Insert(random.Next(packets.Count + 1), new Packet(PacketTag.Marker, "PGP"u8.ToArray()));
                return ($"a marker, {Tags(packets)}", Joined(packets));
            case 10:
                return ("legacy headers", [.. packets.SelectMany(static packet => (int)packet.Tag < 16 ? Legacy(packet) : Plain(packet))]);
            case 11:
                return ("long lengths", [.. packets.SelectMany(static packet => Headed(packet, packet.Body.Length))]);
            default:
                int wrong = Math.Max(0, body.Length + random.Next(-3, 4));
                return ("another length", [.. packets.SelectMany((packet, i) => i == at ? Headed(packet, wrong) : Plain(packet))]);
        }

        // Of the first octets, each is another field.
        string Place(int octet) => $"{(int)packets[at].Tag}{(octet < 24 ? $" at {octet}" : "")}";

        byte[] Replaced(int index, byte[] octets) => Joined([.. packets.Select((packet, i) => i == index ? packet with { Body = octets } : packet)]);
    }

    private static string Tags(IEnumerable<Packet> packets) => string.Join(' ', packets.Select(static packet => (int)packet.Tag));

    private static byte[] Joined(IEnumerable<Packet> packets) => [.. packets.SelectMany(Plain)];

    private static byte[] Plain(Packet packet) => SealedPackets.Packet(packet.Tag, packet.Body.ToArray());

    private static byte[] Headed(Packet packet, int length)
    {
        byte[] header = [(byte)(0xC0 | (int)packet.Tag), 0xFF, 0, 0, 0, 0];
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(2), length);
        return [.. header, .. packet.Body.Span];
    }

    private static byte[] Legacy(Packet packet)
    {
        byte[] header = [(byte)(0x80 | ((int)packet.Tag << 2) | 1), 0, 0];
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(1), (ushort)packet.Body.Length);
        return [.. header, .. packet.Body.Span];
    }
}
