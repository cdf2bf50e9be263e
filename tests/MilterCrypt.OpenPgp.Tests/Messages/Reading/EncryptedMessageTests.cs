using MilterCrypt.OpenPgp.Messages;
using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.SessionKeys;
using static MilterCrypt.OpenPgp.Tests.Messages.Reading.SealedPackets;

namespace MilterCrypt.OpenPgp.Tests.Messages.Reading;

public sealed class EncryptedMessageTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void WhatWasEncryptedComesBackHoweverItIsCut(int version)
    {
        foreach (int length in (int[])[0, 1, 15, 16, 17, 100, 8191, 65_519, 65_536, 65_537, 200_000])
        {
            byte[] text = Encrypting.Plaintext(length);
            byte[] message = Seal(version, Literal(text));
            foreach (int piece in (int[])[1, 22, 4096, int.MaxValue])
            {
                if (piece == 1 && length > 70_000)
                    continue;
                var read = Reading.Message(message, _ => Key(version), Math.Min(piece, message.Length));
                Assert.True(read.IsProven, read.Refusal?.Reason);
                Assert.Equal(text, read.Text);
                Assert.Equal(version == 1 ? EncryptedDataForm.SeipdV1 : EncryptedDataForm.SeipdV2, read.Content.Encryption!.Form);
                Assert.Equal(SymmetricAlgorithm.Aes256, read.Content.Encryption.Cipher);
            }
        }
    }

    [Theory]
    [InlineData(1, 300)]
    [InlineData(2, 300)]
    public void AMessageCutShortAnywhereIsNotProven(int version, int length)
    {
        byte[] message = Seal(version, Literal(Encrypting.Plaintext(length)));

        for (int cut = 0; cut < message.Length; cut++)
            Assert.False(Reading.Message(message[..cut], _ => Key(version)).IsProven);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void AMessageWithAnyBitChangedIsNotProven(int version)
    {
        byte[] message = Seal(version, Literal(Encrypting.Plaintext(100)));

        for (int bit = 0; bit < 8 * message.Length; bit++)
        {
            byte[] changed = [.. message];
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(Reading.Message(changed, _ => Key(version)).IsProven);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void WhateverFailsOnceAKeyWasUsedIsOneAndTheSame(int version)
    {
        byte[] message = Seal(version, Literal(Encrypting.Plaintext(1000)));
        byte[] early = [.. message], late = [.. message];
        early[80] ^= 1;
        late[^1] ^= 1;
        byte[][] broken = [early, late, Seal(version, Literal([1]), fill: 8), Seal(version, Encrypting.Plaintext(40), fill: 9)];

        foreach (byte[] one in broken)
            Assert.Same(MessageRefusal.Undecryptable, Reading.Message(one, _ => Key(version)).Refusal);
    }

    [Fact]
    public void ChunksOfAMessageCannotBeLeftOutDoubledOrExchanged()
    {
        const int Sealed = EncryptedDataV2Length + 16;
        byte[] message = [.. Seal(2, Literal(Encrypting.Plaintext(3 * EncryptedDataV2Length)))];
        byte[] body = Body(message);
        byte[] head = body[..36], first = body[36..(36 + Sealed)], second = body[(36 + Sealed)..(36 + (2 * Sealed))], rest = body[(36 + (2 * Sealed))..];

        Assert.True(Read([.. head, .. first, .. second, .. rest]).IsProven);
        Assert.False(Read([.. head, .. first, .. rest]).IsProven);
        Assert.False(Read([.. head, .. second, .. first, .. rest]).IsProven);
        Assert.False(Read([.. head, .. first, .. first, .. second, .. rest]).IsProven);
        Assert.False(Read([.. head, .. first, .. second, .. rest[^16..]]).IsProven);
        Assert.False(Read([.. head, .. first, .. rest[^16..]]).IsProven);
        Assert.False(Read([.. head, .. rest[^16..]]).IsProven);

        static ReadMessage Read(byte[] body) =>
            Reading.Message(Packet(PacketTag.SymmetricallyEncryptedIntegrityProtectedData, body), _ => Key(2));
    }

    [Fact]
    public void WithoutAKeyNothingIsRead()
    {
        byte[] message = Seal(1, Literal([1]));

        var read = Reading.Message(message);

        Assert.Equal(MessageRefusalKind.NoKey, read.Refusal!.Kind);
        Assert.Empty(read.Text);
    }

    [Fact]
    public void AKeyOfAnotherLengthIsAWrongKey()
    {
        foreach (int version in (int[])[1, 2])
        {
            byte[] message = Seal(version, Literal([1]));
            var read = Reading.Message(message, wanted => new SessionKey(wanted.PacketVersion, SymmetricAlgorithm.Aes128));
            Assert.Same(MessageRefusal.Undecryptable, read.Refusal);
        }
    }

    [Fact]
    public void WhatIsEncryptedWithoutIntegrityProtectionIsRefused()
    {
        var read = Reading.Message(Packet(PacketTag.SymmetricallyEncryptedData, new byte[100]), _ => Key(1));

        Assert.Equal(MessageRefusalKind.NoIntegrity, read.Refusal!.Kind);
        Assert.Empty(read.Text);
    }

    [Theory]
    [InlineData("03")]             // no such version
    [InlineData("02090400")]       // no such mode
    [InlineData("02FF0200")]       // no such cipher
    [InlineData("02090211")]       // chunks of 8 MiB
    public void ParametersThatAreNotSupportedAreNamed(string parameters)
    {
        byte[] body = [.. Convert.FromHexString(parameters), .. new byte[100]];

        var read = Reading.Message(Packet(PacketTag.SymmetricallyEncryptedIntegrityProtectedData, body), _ => Key(2));

        Assert.Equal(MessageRefusalKind.Unsupported, read.Refusal!.Kind);
    }

    [Fact]
    public void LargeChunksThatAreOnlyNamedTakeNoMemory()
    {
        byte[] body = [2, 9, 2, 16, .. new byte[32], .. new byte[40]];
        byte[] message = Packet(PacketTag.SymmetricallyEncryptedIntegrityProtectedData, body);
        Reading.Message(message, _ => Key(2));

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 10; i++)
            Reading.Message(message, _ => Key(2));

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 10 * 400_000);
    }

    [Theory]
    [InlineData("\n")]
    [InlineData("")]
    [InlineData("\r\n")]
    public void AnArmoredMessageIsReadWithoutALastLineEndToo(string end)
    {
        foreach (int length in (int[])[0, 1, 2, 3, 100, 20_000])
        {
            byte[] text = Encrypting.Plaintext(length);
            string armor = $"-----BEGIN PGP MESSAGE-----\n\n{Convert.ToBase64String(Seal(2, Literal(text)), Base64FormattingOptions.InsertLineBreaks)}\n-----END PGP MESSAGE-----{end}";
            byte[] message = System.Text.Encoding.ASCII.GetBytes(armor);
            foreach (int piece in (int[])[1, 64, message.Length])
            {
                var read = Reading.Message(message, _ => Key(2), piece);
                Assert.True(read.IsProven, read.Refusal?.Reason);
                Assert.Equal(text, read.Text);
                Assert.NotNull(read.Content.Encryption);
            }
        }
    }

    [Fact]
    public void EncryptedDataThatNobodyOpenedIsNeverRead()
    {
        // What stands before padding is known when the END line is, and that has no end: encrypted data begins, and is whole,
        // when nobody can be asked for a key any more.
        byte[] octets = [.. Packet(PacketTag.Marker, "PGP"u8.ToArray()), .. Packet(PacketTag.SymmetricallyEncryptedIntegrityProtectedData, 1)];
        string base64 = Convert.ToBase64String(octets);
        Assert.EndsWith("=", base64, StringComparison.Ordinal);
        foreach (string end in (string[])["\n-----END PGP MESSAGE-----", ""])
        {
            using var reader = new MessageReader(new Nothing(), new ReadingOptions());
            reader.Write(System.Text.Encoding.ASCII.GetBytes("-----BEGIN PGP MESSAGE-----\n\n" + base64 + end));

            Assert.Null(reader.SessionKeyWanted);
            Assert.IsType<MessageReading.Refused>(reader.Complete([]));
        }
    }

    [Fact]
    public void AMessageThatIsRefusedAlreadyAsksForNoKey()
    {
        using var reader = new MessageReader(new Nothing(), new ReadingOptions());
        reader.Write([.. Seal(1, Literal([1])), .. Literal([2])]);

        Assert.True(reader.IsRefused);
        Assert.Null(reader.SessionKeyWanted);
        Assert.IsType<MessageReading.Refused>(reader.Complete([]));
    }

    [Fact]
    public void OnceAKeyIsUsedNothingIsSaidBeforeTheEnd()
    {
        byte[] message = [.. Seal(1, Literal([1]), fill: 8), .. Packet(PacketTag.Padding, new byte[100])];
        using var reader = new MessageReader(new Nothing(), new ReadingOptions());
        reader.Write(message.AsSpan(0, 10));
        using var key = Key(1);
        reader.UseSessionKey(key, reader: null);
        reader.Write(message.AsSpan(10));

        Assert.False(reader.IsRefused);
        Assert.Same(MessageRefusal.Undecryptable, Assert.IsType<MessageReading.Refused>(reader.Complete([])).Refusal);
    }

    [Fact]
    public void WhatIsCutOctetByOctetIsNotPassedOnOctetByOctet()
    {
        byte[] text = Encrypting.Plaintext(100_000);
        byte[] pieces = [0xCB, 0xE9, .. new byte[6], .. text[..506], .. text[506..].SelectMany(octet => (byte[])[0xE0, octet]), 0];
        pieces[2] = (byte)'b';
        var sink = new Counting();
        using var reader = new MessageReader(sink, new ReadingOptions());
        reader.Write(pieces);

        Assert.IsType<MessageReading.Read>(reader.Complete([]));
        Assert.Equal(text, sink.Text);
        Assert.InRange(sink.Calls, 1, 100);
    }

    [Fact]
    public void AReaderThatWaitsForAKeyTakesNothing()
    {
        using var reader = new MessageReader(new Nothing(), new ReadingOptions());
        reader.Write(Seal(1, Literal([1])));

        Assert.NotNull(reader.SessionKeyWanted);
        Assert.Throws<InvalidOperationException>(() => reader.Write([1]));
        Assert.Throws<InvalidOperationException>(() => reader.Complete([]));
    }

    private const int EncryptedDataV2Length = 64 * 1024;

    private static byte[] Body(byte[] message)
    {
        Assert.True(new PacketReader(message).TryRead(out var packet));
        return packet.Body.ToArray();
    }

    private sealed class Nothing : IPlaintextSink
    {
        public void Write(ReadOnlySpan<byte> data) { }

        public void Prove() => Assert.Fail("Nothing was proven.");
    }

    private sealed class Counting : IPlaintextSink
    {
        private readonly List<byte> text = [];

        public int Calls { get; private set; }

        public byte[] Text => [.. text];

        public void Write(ReadOnlySpan<byte> data)
        {
            Calls++;
            text.AddRange(data);
        }

        public void Prove() { }
    }
}
