using System.Text;
using MilterCrypt.OpenPgp.Packets;

namespace MilterCrypt.OpenPgp.Tests.Packets;

public sealed class PacketFramerTests
{
    [Theory]
    [InlineData("CB03616263", "LiteralData abc")]                                   // one octet of length
    [InlineData("CBFF00000003616263", "LiteralData abc")]                           // five
    [InlineData("AC03616263", "LiteralData abc")]                                   // the legacy format, in its three lengths
    [InlineData("AD0003616263", "LiteralData abc")]
    [InlineData("AE00000003616263", "LiteralData abc")]
    [InlineData("AF616263", "LiteralData abc")]                                     // and without one
    [InlineData("CA03504750D500CB00", "Marker PGP|Padding |LiteralData ")]
    [InlineData("", "")]
    public void PacketsAreTakenApartHoweverTheyAreFramedAndCut(string hex, string expected)
    {
        byte[] octets = Convert.FromHexString(hex);
        foreach (int piece in (int[])[1, 2, 3, 100])
        {
            Assert.Null(Read(octets, piece, out string packets));
            Assert.Equal(expected, packets);
        }
    }

    [Fact]
    public void PiecesOfABodyAreJoined()
    {
        byte[] octets = [0xCB, 0xE9, .. Filled('a', 512), 0xE0, .. Filled('b', 1), 0xE1, .. Filled('c', 2), 0x03, .. Filled('d', 3)];
        foreach (int piece in (int[])[1, 5, 512, 10_000])
        {
            Assert.Null(Read(octets, piece, out string packets));
            Assert.Equal("LiteralData " + new string('a', 512) + "bccddd", packets);
        }
    }

    [Theory]
    [InlineData("0B03616263", "octets that are no packet")]
    [InlineData("CB0361626341", "octets that are no packet")]
    [InlineData("C2E9", "a packet in pieces that may not be")]                       // a signature in pieces
    [InlineData("CBE8", "a packet in pieces that may not be")]                       // a first piece under 512 octets
    [InlineData("8B616263", "a packet without a length")]                           // a signature that goes on until the end
    [InlineData("CB", "a packet that is cut short")]
    public void WhatIsNoPacketIsNamed(string hex, string problem) =>
        Assert.Equal(problem, Read(Convert.FromHexString(hex), 1, out _));

    [Fact]
    public void APacketCutShortAnywhereIsNamed()
    {
        byte[] octets = [0xCB, 0xE9, .. Filled('a', 512), 0xC0, 0x10, .. Filled('b', 208)];
        for (int length = 1; length < octets.Length; length++)
            Assert.Equal("a packet that is cut short", Read(octets[..length], 100, out _));
    }

    private static byte[] Filled(char octet, int count) => Encoding.ASCII.GetBytes(new string(octet, count));

    private static string? Read(byte[] octets, int piece, out string packets)
    {
        var visitor = new Recorder();
        var framer = new PacketFramer(visitor, takesIndeterminate: true);
        foreach (byte[] part in octets.Chunk(piece))
            framer.Write(part);
        string? problem = framer.Complete();
        packets = string.Join('|', visitor.Packets);
        return problem;
    }

    private sealed class Recorder : IPacketVisitor
    {
        private readonly StringBuilder packet = new();

        public List<string> Packets { get; } = [];

        public string? Problem => null;

        public void Begin(PacketTag tag) => packet.Append(tag).Append(' ');

        public void Body(ReadOnlySpan<byte> data) => packet.Append(Encoding.Latin1.GetString(data));

        public void End()
        {
            Packets.Add(packet.ToString());
            packet.Clear();
        }
    }
}
