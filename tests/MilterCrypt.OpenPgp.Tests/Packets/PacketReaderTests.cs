using MilterCrypt.OpenPgp.Packets;

namespace MilterCrypt.OpenPgp.Tests.Packets;

public sealed class PacketReaderTests
{
    [Theory]
    [InlineData(191)]
    [InlineData(192)]
    [InlineData(8383)]
    [InlineData(8384)]
    [InlineData(70_000)]
    public void EveryFormOfLengthIsRead(int length)
    {
        byte[] body = new byte[length];
        byte[] five = [0xCD, 0xFF, 0, (byte)(length >> 16), (byte)(length >> 8), (byte)length, .. body];
        byte[] old = [0xB6, 0, (byte)(length >> 16), (byte)(length >> 8), (byte)length, .. body];
        var written = new System.Buffers.ArrayBufferWriter<byte>();
        PacketWriter.Write(written, PacketTag.UserId, body);

        foreach (byte[] octets in new[] { five, old, written.WrittenSpan.ToArray() })
        {
            var reader = new PacketReader(octets);
            Assert.True(reader.TryRead(out var packet));
            Assert.Equal((PacketTag.UserId, length), (packet.Tag, packet.Body.Length));
            Assert.False(reader.TryRead(out _));
            Assert.Null(reader.Problem);
        }
    }

    [Fact]
    public void PartialLengthsAreJoinedInDataAndRefusedElsewhere()
    {
        byte[] parts = [0xE9, .. new byte[512], 0xE1, 1, 2, 3, 7, 8, 9];
        var data = new PacketReader((byte[])[0xCB, .. parts]);
        var userId = new PacketReader((byte[])[0xCD, .. parts]);
        var small = new PacketReader((byte[])[0xCB, 0xE8, .. new byte[256], 0]);

        Assert.True(data.TryRead(out var packet));
        Assert.Equal([1, 2, 7, 8, 9], packet.Body.ToArray()[512..]);
        Assert.False(userId.TryRead(out _));
        Assert.Equal("a partial length in a packet of type 13", userId.Problem);
        Assert.False(small.TryRead(out _));
        Assert.Equal("a first partial length under 512 octets", small.Problem);
    }

    [Fact]
    public void AnIndeterminateLengthIsForDataAlone()
    {
        var data = new PacketReader((byte[])[0xAF, 1, 2, 3]);
        var key = new PacketReader((byte[])[0x9B, 1, 2, 3]);

        Assert.True(data.TryRead(out var packet));
        Assert.Equal([1, 2, 3], packet.Body.ToArray());
        Assert.False(key.TryRead(out _));
        Assert.Equal("an indeterminate length in a packet of type 6", key.Problem);
    }

    [Theory]
    [InlineData("00", "not an OpenPGP packet")]
    [InlineData("C000", "a packet with the reserved type 0")]
    [InlineData("C6", "a packet cut short")]
    [InlineData("C6C0", "a packet cut short")]
    [InlineData("C6FF000000", "a packet cut short")]
    [InlineData("C60501", "a packet cut short")]
    [InlineData("99", "a packet cut short")]
    public void WhatIsNoPacketEndsTheReading(string hex, string problem)
    {
        var reader = new PacketReader(Convert.FromHexString(hex));

        Assert.False(reader.TryRead(out _));
        Assert.Equal(problem, reader.Problem);
        Assert.False(reader.TryRead(out _));
    }
}
