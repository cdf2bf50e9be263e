using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Messages;
using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.Secrets;
using MilterCrypt.OpenPgp.SessionKeys;
using MilterCrypt.OpenPgp.Tests.Certificates;
using MilterCrypt.OpenPgp.Tests.Messages;
using MilterCrypt.OpenPgp.Tests.Messages.Reading;
using static MilterCrypt.OpenPgp.Tests.Messages.Reading.SealedPackets;

namespace MilterCrypt.OpenPgp.Tests.Hostile;

/// <summary>Each type of packet, cut at each octet: where the stream ends there, and where the packet says that it is no
/// longer. Nothing throws, and what is missing is missed.</summary>
public sealed class TruncationTests
{
    // 14 octets of a literal packet in bzip2, made by the program of that name.
    private const string Bzip2Letter =
        "425a6839314159265359d07a159d000007d1846001400032041400000820002201a1908069a6810ccb2c23c6a178bb9229c2848683d0ace8";

    private static readonly byte[] Letter = Literal("a letter"u8.ToArray());

    public static TheoryData<string> Owners => [.. Signer.Keys];

    public static TheoryData<string, byte[]> Compressed => new()
    {
        { "uncompressed", [0, .. Letter] },
        { "zip", [1, .. Deflated(Letter, isZlib: false)] },
        { "zlib", [2, .. Deflated(Letter, isZlib: true)] },
        { "bzip2", [3, .. Convert.FromHexString(Bzip2Letter)] },
    };

    [Theory]
    [MemberData(nameof(Owners))]
    public void ASessionKeyForAPublicKeyIsWholeOrOpensNothing(string owner)
    {
        using var secret = Signer.Read(owner);
        foreach (int form in (int[])[1, 2, 20])
        {
            byte[] message = Honest.To(secret, form, Literal(Honest.Text));
            Assert.True(Honest.Read(message, secret).IsProven);
            byte[] body = Honest.Packets(message)[0].Body.ToArray(), data = Honest.Sealed(form, Literal(Honest.Text));
            for (int cut = 0; cut < body.Length; cut++)
                Assert.False(Honest.Read([.. Packet(PacketTag.PublicKeyEncryptedSessionKey, body[..cut]), .. data], secret).IsProven);
        }
    }

    [Theory]
    [InlineData(3)]
    [InlineData(6)]
    public void ASessionKeyForElGamalIsWholeOrNone(byte version)
    {
        byte[] number = [8, 0, 0x80, .. new byte[255]], name = version == 6 ? [0] : new byte[8];
        byte[] body = [version, .. name, (byte)PublicKeyAlgorithm.ElGamal, .. number, .. number];
        Assert.True(EncryptedSessionKey.TryRead(body, out _));
        for (int cut = 0; cut < body.Length; cut++)
            Assert.False(EncryptedSessionKey.TryRead(body.AsSpan(0, cut), out _));
        Assert.False(EncryptedSessionKey.TryRead([.. body, 0], out _));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(6)]
    public void ASessionKeyForAPassphraseIsWholeOrOpensNothing(int version)
    {
        byte[] passphrase = "password"u8.ToArray();
        var limits = new S2kLimits { MaxIteratedOctets = 1024 };
        S2k s2k = version == 6
            ? new Argon2S2k(new byte[16], Passes: 1, Lanes: 1, MemoryExponent: 3)
            : new HashedS2k(HashAlgorithm.Sha256, new byte[8], Count: 0);
        using var session = Key(version == 6 ? 2 : 1);
        using var random = System.Security.Cryptography.RandomNumberGenerator.Create();
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        Assert.True(PassphraseSessionKeyPacket.TryWrite(output, session, passphrase, s2k, random, out string? reason), reason);
        byte[] body = Honest.Packets(output.WrittenSpan.ToArray())[0].Body.ToArray(), data = Seal(version == 6 ? 2 : 1, Literal(Honest.Text));

        // In version 4 all of what is encrypted may be left out: the passphrase makes the session key itself then, another one.
        for (int cut = 0; cut <= body.Length; cut++)
        {
            byte[] message = [.. Packet(PacketTag.SymmetricKeyEncryptedSessionKey, body[..cut]), .. data];
            var read = Reading.Message(message, wanted => SessionKeyOpener.OpenWithPassphrase(
                wanted.Passphrases, passphrase, wanted.PacketVersion, wanted.Cipher, limits, random, out _));
            Assert.Equal(cut == body.Length, read.IsProven);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(20)]
    public void EncryptedDataIsWholeOrProvesNothing(int form)
    {
        byte[] message = Honest.Sealed(form, Literal(Encrypting.Plaintext(300)));
        byte[] body = Honest.Packets(message)[0].Body.ToArray();
        var tag = Honest.Packets(message)[0].Tag;
        Assert.True(Reading.Message(message, Honest.KeyFor).IsProven);

        for (int cut = 0; cut < body.Length; cut++)
        {
            Assert.False(Reading.Message(Packet(tag, body[..cut]), Honest.KeyFor).IsProven);
            Assert.False(Reading.Message(Packet(tag, body[..cut]), Honest.KeyFor, piece: 1).IsProven);
        }

        for (int cut = 0; cut < message.Length; cut++)
            Assert.False(Reading.Message(message[..cut], Honest.KeyFor).IsProven);
    }

    [Theory]
    [MemberData(nameof(Owners))]
    public void ASignedMessageCutInAnyPacketIsNotGood(string owner)
    {
        using var signer = Signer.Read(owner);
        foreach (byte[] message in (byte[][])[Honest.Signed(signer), Honest.Signed(signer, isText: true), Honest.SignedBefore(signer)])
        {
            var packets = Honest.Packets(message);
            Assert.True(Assert.Single(Read(message).Content.Signatures).IsGood);
            for (int i = 0; i < packets.Count; i++)
            {
                for (int cut = 0; cut < packets[i].Body.Length; cut++)
                {
                    byte[] changed = [.. packets.SelectMany((packet, k) => Packet(packet.Tag, packet.Body.Span[..(k == i ? cut : packet.Body.Length)].ToArray()))];
                    var read = Read(changed);
                    Assert.DoesNotContain(read.IsProven ? read.Content.Signatures : [], verdict => verdict.IsGood);
                }
            }

            for (int cut = 0; cut < message.Length; cut++)
            {
                // Of a signature before its message, what ends within the text may be a whole packet.
                var read = Read(message[..cut]);
                Assert.DoesNotContain(read.IsProven ? read.Content.Signatures : [], verdict => verdict.IsGood);
            }
        }

        ReadMessage Read(byte[] message) => Reading.Message(message, signers: signer.Certificate);
    }

    [Theory]
    [MemberData(nameof(Compressed))]
    public void CompressedDataIsWholeOrRefused(string name, byte[] body)
    {
        Assert.Equal("a letter"u8, Reading.Message(Packet(PacketTag.CompressedData, body)).Text);
        for (int cut = 0; cut < body.Length; cut++)
        {
            foreach (int piece in (int[])[1, 1000])
                Assert.False(Reading.Message(Packet(PacketTag.CompressedData, body[..cut]), piece: piece).IsProven, $"{name} {cut}");
        }
    }

    [Fact]
    public void ALiteralPacketCutInItsFieldsIsRefused()
    {
        byte[] body = [(byte)'u', 4, .. "name"u8, 1, 2, 3, 4];
        for (int cut = 0; cut < body.Length; cut++)
            Assert.Equal(MessageRefusalKind.Malformed, Reading.Message(Packet(PacketTag.LiteralData, body[..cut])).Refusal?.Kind);
        Assert.True(Reading.Message(Packet(PacketTag.LiteralData, body)).IsProven);
    }

    [Theory]
    [InlineData(PacketTag.Marker)]
    [InlineData(PacketTag.Padding)]
    public void WhatMeansNothingMeansNothingWhenItIsCut(PacketTag tag)
    {
        for (int length = 0; length <= 3; length++)
            Assert.True(Reading.Message([.. Packet(tag, [.. "PGP"u8[..length]]), .. Letter]).IsProven);
        byte[] whole = Packet(tag, [.. "PGP"u8]);
        for (int cut = 1; cut < whole.Length; cut++)
            Assert.False(Reading.Message([.. Letter, .. whole[..cut]]).IsProven);
    }

    [Theory]
    [MemberData(nameof(Owners))]
    public void ACertificateCutInAnyPacketIsNotUsedForWhatIsMissing(string owner)
    {
        using var secret = Signer.Read(owner);
        foreach (byte[] octets in (byte[][])[secret.Certificate.ToArray(), SecretOctets(owner)])
        {
            // Of large keys each third or seventh cut has to do.
            bool isLarge = octets.Length > 2000;
            var packets = Honest.Packets(octets);
            for (int i = 0; i < packets.Count; i++)
            {
                for (int cut = 0; cut < packets[i].Body.Length; cut += isLarge ? 3 : 1)
                    AssertHarmless([.. packets.SelectMany((packet, k) => Packet(packet.Tag, packet.Body.Span[..(k == i ? cut : packet.Body.Length)].ToArray()))]);
            }

            // Where the input ends early, what is cut off may be a revocation.
            for (int cut = 1; cut < octets.Length; cut += isLarge ? 7 : 1)
                AssertHarmless(octets[..cut]);
        }

        void AssertHarmless(byte[] input)
        {
            var own = secret.Certificate.Subkeys.Select(subkey => subkey.Key.Fingerprint).Append(secret.Certificate.Fingerprint).ToHashSet();
            foreach (var reading in Certificate.ReadAll(input, CertificateLimits.Default).OfType<CertificateReading.Readable>())
                Harmless.Assert(reading.Certificate, secret.Certificate);
            foreach (var reading in SecretCertificate.ReadAll(input, CertificateLimits.Default).OfType<SecretCertificateReading.Readable>())
            {
                using (reading.SecretCertificate)
                {
                    Harmless.Assert(reading.SecretCertificate.Certificate, secret.Certificate);
                    Assert.All(reading.SecretCertificate.Keys, key => Assert.Contains(key.PublicKey.Fingerprint, own));
                }
            }
        }
    }

    private static byte[] SecretOctets(string owner) =>
        new OpenPgp.Armor.ArmorReader(Vectors.File($"openpgp-rfc9580/{owner}/tsk.asc")).ReadNext()!.Data.ToArray();

    private static byte[] Deflated(byte[] packets, bool isZlib)
    {
        var compressed = new MemoryStream();
        using (Stream stream = isZlib
            ? new System.IO.Compression.ZLibStream(compressed, System.IO.Compression.CompressionLevel.Optimal)
            : new System.IO.Compression.DeflateStream(compressed, System.IO.Compression.CompressionLevel.Optimal))
            stream.Write(packets);
        return compressed.ToArray();
    }
}
