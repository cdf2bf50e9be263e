using System.Buffers.Binary;
using System.Text;
using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Messages;
using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.SessionKeys;
using MilterCrypt.OpenPgp.Tests.Messages;
using MilterCrypt.OpenPgp.Tests.Messages.Reading;
using MilterCrypt.OpenPgp.Tests.SessionKeys;
using MilterCrypt.TestSupport;
using static MilterCrypt.OpenPgp.Tests.Messages.Reading.SealedPackets;

namespace MilterCrypt.OpenPgp.Tests.Hostile;

/// <summary>What is built to be large, deep or many: refused or read, in little memory and in proportion to its length.</summary>
public sealed class BombTests
{
    private static readonly byte[] Letter = Literal("a letter"u8.ToArray());

    public static TheoryData<byte> EveryTag => [.. Enumerable.Range(0, 64).Select(tag => (byte)tag)];

    [Theory]
    [MemberData(nameof(EveryTag))]
    public void ALengthThatIsOnlyNamedTakesNoMemory(byte tag)
    {
        foreach (byte[] head in (byte[][])[[(byte)(0xC0 | tag), 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], [(byte)(0xC0 | tag), 0xFE], [(byte)(0x80 | (tag << 2) | 2), 0x7F, 0xFF, 0xFF, 0xFF]])
        {
            byte[] input = [.. head, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4];
            Assert.InRange(Work.AllocatedBy(() => ReadInEveryWay(input)), 0, 1_000_000);
        }
    }

    [Theory]
    [InlineData(3)]
    [InlineData(6)]
    public void ThousandsOfAnnouncedSignaturesCostOneVerdict(byte version)
    {
        const int Count = 5000;
        byte[] onePass = version == 3
            ? Packet(PacketTag.OnePassSignature, [3, 0, 10, 22, 1, 2, 3, 4, 5, 6, 7, 8, 0])
            : Packet(PacketTag.OnePassSignature, [6, 0, 10, 27, 32, .. new byte[32], .. new byte[32], 0]);
        using var signer = Signer.Read(version == 3 ? "v4-ed25519-x25519" : "v6-25519-annex-a-4");
        byte[] signature = Honest.SignedBefore(signer)[..^Literal(Honest.Text).Length];
        byte[] message = [.. Repeated(onePass, Count), .. Literal(Honest.Text), .. Repeated(signature, Count)];

        var read = Reading.Message(message, signers: signer.Certificate);
        Assert.Equal("more than 16 signatures", Assert.Single(read.Content.Signatures).Problem);
        Work.StaysSmall(() => Work.Read(message));
        Work.GrowsWithItsInput(1000, count => () => Work.Read([.. Repeated(onePass, count), .. Letter, .. Repeated(signature, count)]));
    }

    [Theory]
    [InlineData(16, SignatureStatus.Good)]
    [InlineData(17, SignatureStatus.Malformed)]
    public void SixteenSignaturesAreJudgedAndOneMoreMakesAllOfThemWorthless(int count, SignatureStatus expected)
    {
        using var signer = Signer.Read("v4-ed25519-x25519");
        byte[] signature = Honest.SignedBefore(signer)[..^Literal(Honest.Text).Length];

        var read = Reading.Message([.. Repeated(signature, count), .. Literal(Honest.Text)], signers: signer.Certificate);

        Assert.Equal(expected == SignatureStatus.Good ? count : 1, read.Content.Signatures.Count);
        Assert.All(read.Content.Signatures, verdict => Assert.Equal(expected, verdict.Status));
    }

    // With RSA one alone: a second would show what became of the first.
    [Theory]
    [InlineData("v4-rsa", 1)]
    [InlineData("v4-nistp", SessionKeyOpener.MaxNamedTries)]
    public void OfThousandsOfSessionKeysForOneKeyAFewAreTried(string owner, int tries)
    {
        using var bob = Signer.Read(owner);
        using var session = Key(1);
        byte[] good = Packet(PacketTag.PublicKeyEncryptedSessionKey, Sending.Body(session, bob.DecryptionKeys[0].PublicKey));
        byte[] garbage = [.. good];
        garbage.AsSpan(^20).Fill(1);
        byte[] data = Seal(1, Literal(Honest.Text));

        Assert.True(Honest.Read([.. Repeated(garbage, tries - 1), .. good, .. data], bob).IsProven);
        Assert.Same(
            MessageRefusal.Undecryptable, Honest.Read([.. Repeated(garbage, tries), .. good, .. data], bob).Refusal);
        byte[] thousand = [.. Repeated(garbage, 999), .. good, .. data];
        Assert.InRange(ProcessorTime.Of(() => Assert.False(Honest.Read(thousand, bob).IsProven)), TimeSpan.Zero, TimeSpan.FromSeconds(1));
        Work.StaysSmall(() => Honest.Read(thousand, bob));

        var tooMany = Honest.Read([.. Repeated(garbage, 5000), .. good, .. data], bob);
        Assert.Equal("too many session keys", tooMany.Refusal?.Reason);
    }

    [Theory]
    [InlineData(PacketTag.LiteralData)]
    [InlineData(PacketTag.CompressedData)]
    [InlineData(PacketTag.SymmetricallyEncryptedIntegrityProtectedData)]
    public void AMillionPiecesOfOneOctetAreOneMessage(PacketTag tag)
    {
        const int Length = 1_000_000;
        byte[] text = Encrypting.Plaintext(Length);
        byte[] whole = tag switch
        {
            PacketTag.LiteralData => Literal(text),
            PacketTag.CompressedData => Packet(tag, [0, .. Literal(text)]),
            _ => Seal(1, Literal(text)),
        };
        byte[] body = Honest.Packets(whole)[0].Body.ToArray();
        byte[] message = InPieces(tag, body);
        Assert.InRange(message.Length, (2 * Length) - 1000, int.MaxValue);

        Work.StaysSmall(() =>
        {
            var (reading, length) = Work.Read(message, Honest.KeyFor);
            Assert.IsType<MessageReading.Read>(reading);
            Assert.Equal(Length, length);
        });
    }

    [Fact]
    public void HundredsOfThousandsOfPacketsThatMeanNothingCostNothing()
    {
        foreach (byte[] packet in (byte[][])[Packet(PacketTag.Marker, "PGP"u8.ToArray()), Packet(PacketTag.Padding), Packet((PacketTag)60, 1), [0xFC, 0]])
        {
            byte[] message = [.. Repeated(packet, 300_000), .. Letter];
            Assert.Equal(8, Work.Read(message).Length);
            Assert.InRange(Work.AllocatedBy(() => Work.Read(message)), 0, 1_000_000);
        }
    }

    [Theory]
    [InlineData(20, new byte[] { 0, 0, 0, 0, 0, 1, 0, 0, (byte)'n' })]
    [InlineData(100, new byte[] { })]
    [InlineData(33, new byte[] { 4, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20 })]
    [InlineData(16, new byte[] { 1, 2, 3, 4, 5, 6, 7, 8 })]
    [InlineData(35, new byte[] { 4, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20 })]
    [InlineData(12, new byte[] { 0x80, 1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20 })]
    [InlineData(32, new byte[] { 4, 0x19, 1, 8, 0, 0, 0, 0, 0, 0 })]
    public void AFloodOfSubpacketsIsBounded(byte type, byte[] content)
    {
        byte[] subpacket = [(byte)(1 + content.Length), type, .. content];
        byte[] area = Repeated(subpacket, 32_000 / subpacket.Length);
        byte[] body = [4, 0, 22, 10, .. Length(area.Length), .. area, .. Length(area.Length), .. area, 0, 0, 0, 1, 1, 0, 1, 1];
        byte[] message = [.. Repeated(Packet(PacketTag.Signature, body), 16), .. Letter];
        using var signer = Signer.Read("v4-ed25519-x25519");

        var read = Reading.Message(message, signers: signer.Certificate);
        Assert.DoesNotContain(read.Content.Signatures, verdict => verdict.IsGood);
        Work.StaysSmall(() => Reading.Message(message, signers: signer.Certificate));
        byte[] block = message[..^Letter.Length];
        Work.StaysSmall(() => Assert.True(DetachedVerifier.TryCreate(block, out _, out _)));
    }

    [Fact]
    public void AnAreaThatClaimsGigabytesIsMalformed()
    {
        byte[] body = [6, 0, 27, 10, 0xFF, 0xFF, 0xFF, 0xF0, 5, 2, 1, 2, 3, 4];
        Assert.False(OpenPgp.Signatures.Signature.TryRead(body, out _, out string? reason));
        Assert.Equal("malformed signature packet", reason);
        byte[] subpacket = [4, 0, 22, 10, 0, 6, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 2, 0, 0, 0, 0];
        Assert.True(OpenPgp.Signatures.Signature.TryRead(subpacket, out var signature, out _));
        Assert.Equal("malformed subpackets", signature.Problem);
    }

    [Fact]
    public void ArmorOfAnyShapeCostsWhatItIsLong()
    {
        foreach (string line in (string[])["\n", "x\n", "A: b\n", "-----BEGIN PGP MESSAGE-----\n", "-----BEGIN PGP PUBLIC KEY BLOCK-----\n", "=AAAA\n", "- -----\n", "AA==\n", " "])
        {
            Work.GrowsWithItsInput(5_000, count => () => ReadInEveryWay(Repeated(Encoding.ASCII.GetBytes(line), count)));
            Work.GrowsWithItsInput(5_000, count => () => ReadInEveryWay([
                .. "-----BEGIN PGP MESSAGE-----\n"u8, .. Repeated(Encoding.ASCII.GetBytes(line), count)]));
        }
    }

    [Fact]
    public void ACleartextOfAnyShapeCostsWhatItIsLong()
    {
        foreach (string line in (string[])["\n", "- \n", "x \t\r\n", "-----BEGIN PGP SIGNED MESSAGE-----\n", "Hash: SHA256\n", " "])
        {
            foreach (string head in (string[])["", "-----BEGIN PGP SIGNED MESSAGE-----\n\n"])
            {
                Work.GrowsWithItsInput(50_000, count => () =>
                {
                    byte[] input = [.. Encoding.ASCII.GetBytes(head), .. Repeated(Encoding.ASCII.GetBytes(line), count)];
                    if (CleartextMessage.TryRead(input, out var message, out _))
                        message.Dispose();
                });
            }
        }
    }

    [Fact]
    public void BlanksWithinArmorAreNoReasonToThrow()
    {
        // Lines that base64 decoders take for shorter than they are.
        foreach (string line in (string[])["AA AA A\n", "A\tA\n", "A  A A A\n"])
        {
            byte[] message = [.. "-----BEGIN PGP MESSAGE-----\n\n"u8, .. Repeated(Encoding.ASCII.GetBytes(line), 5000), .. "-----END PGP MESSAGE-----\n"u8];
            Assert.Equal(MessageRefusalKind.Malformed, Reading.Message(message).Refusal?.Kind);
        }

        byte[] long4000 = [.. Repeated("A A "u8.ToArray(), 1000), (byte)'A', (byte)'\n'];
        byte[] many = [.. "-----BEGIN PGP MESSAGE-----\n\n"u8, .. Repeated(long4000, 10), .. "-----END PGP MESSAGE-----\n"u8];
        Assert.Equal(MessageRefusalKind.Malformed, Reading.Message(many).Refusal?.Kind);
    }

    [Fact]
    public void ALongLineBeforeTheArmorIsNotTakenForItsBeginningHoweverItIsCut()
    {
        // Blanks at its end are no reason to take it either.
        byte[] line = [.. "-----BEGIN PGP MESSAGE-----"u8, .. Repeated(" "u8.ToArray(), 5000), (byte)'\n'];
        byte[] message = [.. line, (byte)'\n', .. Encoding.ASCII.GetBytes(Convert.ToBase64String(Letter)), .. "\n-----END PGP MESSAGE-----\n"u8];
        foreach (int piece in (int[])[1, 4096, 4097, 10_000])
            Assert.Empty(Reading.Message(message, piece: piece).Text);
    }

    [Fact]
    public void AByteOrderMarkBeforeTheArmorMayComeInPieces()
    {
        byte[] message = [.. "\uFEFF-----BEGIN PGP MESSAGE-----\n\n"u8, .. Encoding.ASCII.GetBytes(Convert.ToBase64String(Letter)), .. "\n-----END PGP MESSAGE-----\n"u8];
        foreach (int piece in (int[])[1, 2, 3, 1000])
            Assert.Equal("a letter"u8, Reading.Message(message, piece: piece).Text);

        // What begins with the same octet and is no such mark is a packet, of a type that nobody needs to know.
        foreach (int piece in (int[])[1, 2, 3, 1000])
            Assert.Equal("a letter"u8, Reading.Message([0xEF, 1, 0, .. Letter], piece: piece).Text);
    }

    private static void ReadInEveryWay(byte[] input)
    {
        Work.Read(input, Honest.KeyFor);
        Certificate.ReadAll(input, CertificateLimits.Default);
        foreach (var reading in SecretCertificate.ReadAll(input, CertificateLimits.Default).OfType<SecretCertificateReading.Readable>())
            reading.SecretCertificate.Dispose();
        if (DetachedVerifier.TryCreate(input, out var verifier, out _))
            verifier.Dispose();
        using var scanner = EncryptedMessageScanner.ForBinary();
        scanner.Write(input);
        scanner.Complete();
    }

    private static byte[] Repeated(byte[] piece, int count)
    {
        byte[] all = new byte[piece.Length * count];
        for (int at = 0; at < all.Length; at += piece.Length)
            piece.CopyTo(all, at);
        return all;
    }

    private static byte[] Length(int length)
    {
        byte[] octets = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(octets, (ushort)length);
        return octets;
    }

    // A first piece of 512, then an octet at a time, and a last one of none.
    private static byte[] InPieces(PacketTag tag, byte[] body)
    {
        var packet = new List<byte>(2 * body.Length) { (byte)(0xC0 | (int)tag), 0xE9 };
        packet.AddRange(body.AsSpan(0, 512));
        foreach (byte octet in body.AsSpan(512))
        {
            packet.Add(0xE0);
            packet.Add(octet);
        }

        packet.Add(0);
        return [.. packet];
    }
}
