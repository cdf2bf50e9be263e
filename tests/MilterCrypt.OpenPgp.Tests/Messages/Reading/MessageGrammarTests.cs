using System.IO.Compression;
using System.Text;
using MilterCrypt.OpenPgp.Messages;
using MilterCrypt.OpenPgp.Packets;
using static MilterCrypt.OpenPgp.Tests.Messages.Reading.SealedPackets;

namespace MilterCrypt.OpenPgp.Tests.Messages.Reading;

/// <summary>The grammar of RFC 9580 §10.3 and nothing else, in clear and inside of encryption.</summary>
public sealed class MessageGrammarTests
{
    private static readonly byte[] Text = "a letter"u8.ToArray();

    public static TheoryData<string, byte[]> Messages => new()
    {
        { "literal", Literal(Text) },
        { "compressed", Compressed(Literal(Text)) },
        { "compressed twice", Compressed(Compressed(Literal(Text))) },
        { "after a marker", [.. Packet(PacketTag.Marker, "PGP"u8.ToArray()), .. Literal(Text)] },
        { "with padding", [.. Packet(PacketTag.Padding, new byte[300]), .. Literal(Text), .. Packet(PacketTag.Padding, 1, 2, 3)] },
        { "with a packet that nobody needs to know", [.. Packet((PacketTag)60, 1), .. Literal(Text)] },
        { "with a file name", Packet(PacketTag.LiteralData, [(byte)'t', 3, 1, 2, 3, 0, 0, 0, 0, .. Text]) },
        { "without a length", [0xAF, (byte)'b', 0, 0, 0, 0, 0, .. Text] },
    };

    public static TheoryData<string, byte[]> Others => new()
    {
        { "nothing", [] },
        { "a marker alone", Packet(PacketTag.Marker, "PGP"u8.ToArray()) },
        { "two literals", [.. Literal(Text), .. Literal(Text)] },
        { "a literal after a compressed one", [.. Compressed(Literal(Text)), .. Literal(Text)] },
        { "two literals in a compressed one", Compressed([.. Literal(Text), .. Literal(Text)]) },
        { "compressed three times", Compressed(Compressed(Compressed(Literal(Text)))) },
        { "an empty compressed one", Compressed([]) },
        { "a user ID", [.. Packet(PacketTag.UserId, Text)] },
        { "a key behind", [.. Literal(Text), .. Packet(PacketTag.PublicKey, Text)] },
        { "an unknown critical packet", [.. Packet((PacketTag)30, 1), .. Literal(Text)] },
        { "a signature behind that nothing announced", [.. Literal(Text), .. Packet(PacketTag.Signature, Text)] },
        { "an announced signature that is missing", [.. OnePass(), .. Literal(Text)] },
        { "one of two announced signatures", [.. OnePass(), .. OnePass(), .. Literal(Text), .. Packet(PacketTag.Signature, Text)] },
        { "an announcement and no message", [.. OnePass(), .. Packet(PacketTag.Signature, Text)] },
        { "session keys and no encrypted data", [.. Packet(PacketTag.PublicKeyEncryptedSessionKey, Text), .. Literal(Text)] },
        { "a cut literal", Packet(PacketTag.LiteralData, (byte)'b', 9, 1) },
        { "a code that belongs to no encryption", [.. Literal(Text), .. Packet(PacketTag.ModificationDetectionCode, new byte[20])] },
        { "octets", Text },
    };

    [Theory]
    [MemberData(nameof(Messages))]
    public void AMessageIsRead(string name, byte[] packets)
    {
        Assert.NotNull(name);
        foreach (var read in InClearAndEncrypted(packets))
        {
            Assert.True(read.IsProven, read.Refusal?.Reason);
            Assert.Equal(Text, read.Text);
        }
    }

    [Theory]
    [MemberData(nameof(Others))]
    public void WhatIsNoMessageIsRefused(string name, byte[] packets)
    {
        Assert.NotNull(name);
        foreach (var read in InClearAndEncrypted(packets))
            Assert.Equal(MessageRefusalKind.Malformed, read.Refusal?.Kind);
    }

    [Fact]
    public void WhatIsEncryptedTwiceIsRefused() =>
        Assert.Equal(MessageRefusalKind.Malformed, Reading.Message(Seal(2, Seal(2, Literal(Text))), _ => Key(2)).Refusal?.Kind);

    [Fact]
    public void NothingStandsBesideEncryptedData()
    {
        Assert.True(Reading.Message([.. Seal(2, Literal(Text)), .. Packet(PacketTag.Padding, 1)], _ => Key(2)).IsProven);
        foreach (byte[] beside in (byte[][])[Literal(Text), Seal(2, Literal(Text)), Packet(PacketTag.PublicKeyEncryptedSessionKey, 3)])
            Assert.False(Reading.Message([.. Seal(2, Literal(Text)), .. beside], _ => Key(2)).IsProven);
        foreach (byte[] beside in (byte[][])[Literal(Text), OnePass(), Packet(PacketTag.Signature, Text)])
            Assert.False(Reading.Message([.. beside, .. Seal(2, Literal(Text))], _ => Key(2)).IsProven);
    }

    [Fact]
    public void ATextLargerThanAllowedIsRefused()
    {
        var options = new ReadingOptions { MaxLength = 1000 };
        foreach (byte[] packets in (byte[][])[Literal(new byte[1001]), Compressed(Literal(new byte[1001]))])
        {
            Assert.Equal(MessageRefusalKind.TooLarge, Reading.Message(packets, options: options).Refusal?.Kind);
            Assert.Equal(MessageRefusalKind.TooLarge, Reading.Message(Seal(1, packets), _ => Key(1), options: options).Refusal?.Kind);
        }

        Assert.True(Reading.Message(Literal(new byte[1000]), options: options).IsProven);
    }

    [Fact]
    public void ABombGrowsNoFurtherThanAllowed()
    {
        // 400 MB of zeros, compressed twice into some 30 kB.
        byte[] bomb = Compressed(CompressedZeros(400_000_000));
        Assert.InRange(bomb.Length, 0, 50_000);
        var options = new ReadingOptions { MaxLength = 1_000_000 };

        var read = Reading.Message(bomb, options: options);

        Assert.Equal(MessageRefusalKind.TooLarge, read.Refusal?.Kind);
        Assert.InRange(read.Text.Length, 0, 1_000_000);
    }

    [Theory]
    [InlineData("-----BEGIN PGP MESSAGE-----\n\n{0}\n-----END PGP MESSAGE-----\n", true)]
    [InlineData("Hello Bob,\n-----BEGIN PGP MESSAGE-----\n\n{0}\n-----END PGP MESSAGE-----\n", true)]
    [InlineData("-----BEGIN PGP MESSAGE-----\n\n{0}\n-----END PGP MESSAGE-----\nand more\n", false)]
    [InlineData("-----BEGIN PGP MESSAGE-----\n\n{0}\n", false)]
    public void ArmorIsReadToo(string frame, bool isRead)
    {
        byte[] message = Encoding.ASCII.GetBytes(string.Format(null, frame, Convert.ToBase64String(Seal(2, Literal(Text)))));

        Assert.Equal(isRead, Reading.Message(message, _ => Key(2)).IsProven);
    }

    private static IEnumerable<ReadMessage> InClearAndEncrypted(byte[] packets)
    {
        foreach (int piece in (int[])[1, 1000])
        {
            yield return Reading.Message(packets, piece: piece);
            yield return Reading.Message(Seal(1, packets), _ => Key(1), piece);
            if (packets.Length > 0)
                yield return Reading.Message(Seal(2, packets), _ => Key(2), piece);
        }
    }

    private static byte[] OnePass() => Packet(PacketTag.OnePassSignature, [3, 0, 10, 27, 1, 2, 3, 4, 5, 6, 7, 8, 1]);

    private static byte[] Compressed(byte[] packets)
    {
        var compressed = new MemoryStream();
        using (var deflate = new DeflateStream(compressed, CompressionLevel.Optimal))
            deflate.Write(packets);
        return Packet(PacketTag.CompressedData, [1, .. compressed.ToArray()]);
    }

    private static byte[] CompressedZeros(int length)
    {
        var compressed = new MemoryStream();
        using (var deflate = new DeflateStream(compressed, CompressionLevel.Fastest))
        {
            deflate.Write([0xCB, 0xFF, (byte)(length >> 24), (byte)(length >> 16), (byte)(length >> 8), (byte)length, (byte)'b', 0, 0, 0, 0, 0]);
            byte[] zeros = new byte[100_000];
            for (int written = 6; written < length; written += zeros.Length)
                deflate.Write(zeros.AsSpan(0, Math.Min(zeros.Length, length - written)));
        }

        return Packet(PacketTag.CompressedData, [1, .. compressed.ToArray()]);
    }
}
