using System.Buffers;
using System.Security.Cryptography;
using MilterCrypt.OpenPgp.Armor;
using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.Secrets;
using MilterCrypt.OpenPgp.SessionKeys;
using MilterCrypt.OpenPgp.Tests.Certificates;
using MilterCrypt.TestSupport.Peers;
using HashAlgorithm = MilterCrypt.OpenPgp.Packets.HashAlgorithm;
using SymmetricAlgorithm = MilterCrypt.OpenPgp.Packets.SymmetricAlgorithm;

namespace MilterCrypt.OpenPgp.Tests.SessionKeys;

public sealed class PassphraseTests
{
    private static readonly RandomNumberGenerator Random = RandomNumberGenerator.Create();

    [Theory]
    [InlineData("aead/aes128-eax.pgp", "3881BAFE985412459B86C36F98CB9A5E")]
    [InlineData("aead/aes128-ocb.pgp", "28E79AB82397D3C63DE24AC217D7B791")]
    [InlineData("aead/aes128-gcm.pgp", "1936FC8568980274BB900D8319360C77")]
    public void TheStandardsMessagesHaveTheSessionKeysThatItNames(string name, string expected)
    {
        var message = Annex(name);

        using var session = message.Open("password", out string? refusal);

        Assert.Null(refusal);
        Assert.Equal(expected, Convert.ToHexString(session!.Octets));
        Assert.True(message.IsOpenedBy(session));
    }

    [Theory]
    [InlineData("passphrases/annex-a-12-1.asc", "01FE16BBACFD1E7B78EF3B865187374F")]
    [InlineData("passphrases/annex-a-12-2.asc", "27006DAE68E509022CE45A14E569E91001C2955AF8DFE194")]
    [InlineData("passphrases/annex-a-12-3.asc", "BBEDA55B9AAE63DAC45D4F49D89DACF4AF37FEFC13BAB2F1F8E18FB74580D8B0")]
    public void TheStandardsArgon2MessagesTooWhereThereIsMemory(string name, string expected)
    {
        TwoGibibytes.SkipWithout();
        using var session = Annex(name).Open("password", out string? refusal);

        Assert.Null(refusal);
        Assert.Equal(expected, Convert.ToHexString(session!.Octets));
    }

    [Theory]
    [InlineData("aead/aes128-eax.pgp")]
    [InlineData("aead/aes128-ocb.pgp")]
    [InlineData("aead/aes128-gcm.pgp")]
    public void AWrongPassphraseGivesAWrongKeyEachTimeAnother(string name)
    {
        var message = Annex(name);

        using var one = message.Open("passw0rd", out string? refusal);
        using var other = message.Open("passw0rd", out _);

        Assert.Null(refusal);
        Assert.False(message.IsOpenedBy(one!));
        Assert.False(one!.Octets.SequenceEqual(other!.Octets));
    }

    [Theory]
    [InlineData(3, false)]
    [InlineData(3, true)]
    [InlineData(6, true)]
    public void WhatIsWrittenForAPassphraseIsOpenedWithItAndNoOther(int version, bool isArgon2)
    {
        foreach (var cipher in new[] { SymmetricAlgorithm.Aes128, SymmetricAlgorithm.Aes192, SymmetricAlgorithm.Aes256 })
        {
            using var sent = Sending.Key(version, cipher);
            byte[] body = Written(sent, "secret", isArgon2);

            using var opened = Open([body], "secret", version, version == 6 ? cipher : null, out string? refusal);
            using var wrong = Open([body], "Secret", version, version == 6 ? cipher : null, out _);

            Assert.Null(refusal);
            Assert.Equal(sent.Octets, opened!.Octets);
            Assert.Equal(cipher, opened.Cipher);
            Assert.False(sent.Octets.SequenceEqual(wrong!.Octets));
        }
    }

    [Theory]
    [InlineData(3, false)]
    [InlineData(6, true)]
    public void SaltsAndNoncesAreFreshEachTime(int version, bool isArgon2)
    {
        using var sent = Sending.Key(version, SymmetricAlgorithm.Aes256);
        byte[] one = Written(sent, "secret", isArgon2), other = Written(sent, "secret", isArgon2);

        // From the first octet of the salt on.
        int salt = version == 6 ? 6 : 4;
        Assert.Equal(one[..salt], other[..salt]);
        Assert.NotEqual(one[salt..(salt + 8)], other[salt..(salt + 8)]);
        Assert.NotEqual(one[^40..], other[^40..]);
    }

    [Theory]
    [InlineData("aead/aes128-eax.pgp")]
    [InlineData("passphrases/annex-a-12-1.asc")]
    public void APacketCutOrLongerIsNone(string name)
    {
        byte[] body = Body(name);
        int whole = 0;
        for (int length = 0; length < body.Length; length++)
        {
            // A version 4 packet may end before its session key.
            if (PassphraseSessionKey.TryRead(body.AsMemory(0, length), out _, out string? reason))
                whole++;
            else
                Assert.NotEmpty(reason);
        }

        Assert.Equal(body[0] == 4 ? 1 : 0, whole);
        Assert.False(PassphraseSessionKey.TryRead((byte[])[.. body, 0], out _, out _));
    }

    [Fact]
    public void NoFlippedBitOpensAVersion6PacketToItsKey()
    {
        using var sent = Sending.Key(6, SymmetricAlgorithm.Aes256);
        byte[] body = Written(sent, "secret", s2k: new HashedS2k(HashAlgorithm.Sha256, new byte[8], Count: 0));
        for (int bit = 0; bit < 8 * body.Length; bit++)
        {
            byte[] flipped = [.. body];
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            if (!PassphraseSessionKey.TryRead(flipped, out _, out _))
                continue;
            using var opened = Open([flipped], "secret", 6, SymmetricAlgorithm.Aes256, out _, new S2kLimits { MaxIteratedOctets = 100_000 });
            Assert.False(opened is not null && opened.Octets.SequenceEqual(sent.Octets));
        }
    }

    [Fact]
    public void MoreMemoryThanIsAllowedIsNotSpent()
    {
        var limits = new S2kLimits { MaxArgon2Memory = 1024 };
        using var sent = Sending.Key(6, SymmetricAlgorithm.Aes256);
        byte[] body = Written(sent, "secret", isArgon2: true);

        Assert.Null(Open([body], "secret", 6, SymmetricAlgorithm.Aes256, out string? refusal, limits));
        Assert.Equal("its passphrase would take Argon2 with 65536 KiB of memory and 3 passes", refusal);

        // What is within the limits is opened all the same.
        byte[] cheap = Written(sent, "secret", s2k: new HashedS2k(HashAlgorithm.Sha256, new byte[8], Count: 0));
        using var opened = Open([body, cheap], "secret", 6, SymmetricAlgorithm.Aes256, out refusal, limits);
        Assert.Null(refusal);
        Assert.Equal(sent.Octets, opened!.Octets);
    }

    [Fact]
    public void WithoutAPacketOfTheVersionThereIsAReason()
    {
        Assert.Null(Open([Body("aead/aes128-eax.pgp")], "password", 3, null, out string? refusal));
        Assert.Equal("no session key for a passphrase", refusal);
    }

    [Fact]
    public async Task WhatGnuPgEncryptsForAPassphraseIsOpened()
    {
        GnuPgOwner.SkipWithoutGpg();
        await using var home = new GnuPgHome();
        foreach (string options in new[] { "--s2k-mode 3", "--s2k-mode 1", "--s2k-mode 0", "--s2k-digest-algo SHA512 --cipher-algo AES128", "--cipher-algo CAMELLIA256", "--cipher-algo 3DES" })
        {
            byte[] message = (await home.RunAsync(
                ["--passphrase", "secret", .. options.Split(' '), "--symmetric"], "hello"u8.ToArray())).OrThrow().Output;
            Assert.True(MessageParts.Read(message).IsOpenedWith("secret"), options);
        }
    }

    [Theory]
    [InlineData(MessageForm.Passphrase)]
    [InlineData(MessageForm.PassphraseSeipd2)]
    [InlineData(MessageForm.PassphraseArgon2)]
    public async Task WhatOpenPgpJsEncryptsForAPassphraseIsOpened(MessageForm form)
    {
        if (await OpenPgpJs.FindAsync() is not { } peer)
        {
            Assert.Skip(OpenPgpJs.Missing);
            return;
        }

        await using (peer)
        {
            byte[] message = (await peer.EncryptAsync("secret", "hello"u8.ToArray(), form)).OrThrow().Output;
            Assert.True(MessageParts.Read(message).IsOpenedWith("secret"));
        }
    }

    [Theory]
    [InlineData(3, false, "gpg")]
    [InlineData(3, false, "openpgpjs")]
    [InlineData(3, true, "openpgpjs")]
    [InlineData(6, true, "openpgpjs")]
    public async Task OthersOpenWhatIsWrittenForAPassphrase(int version, bool isArgon2, string name)
    {
        var finding = await Peer.FindAsync(name);
        if (finding is not PeerFinding.Found { Peer: var peer })
        {
            Assert.Skip(((PeerFinding.Missing)finding).Reason);
            return;
        }

        await using (peer)
        {
            using var session = Sending.Key(version, SymmetricAlgorithm.Aes256);
            byte[] message = PassphraseMessage.Write(session, "secret", isArgon2, "hello"u8);

            var result = await peer.DecryptAsync("secret", message);

            Assert.True(result.ExitCode == 0, result.Error);
            Assert.Equal("hello"u8.ToArray(), result.Output);
        }
    }

    private static byte[] Written(SessionKey session, string passphrase, bool isArgon2) =>
        Written(session, passphrase, isArgon2 ? Argon2S2k.Make(Random) : HashedS2k.Make(Random));

    private static byte[] Written(SessionKey session, string passphrase, S2k s2k)
    {
        var output = new ArrayBufferWriter<byte>();
        byte[] octets = System.Text.Encoding.UTF8.GetBytes(passphrase);
        Assert.True(PassphraseSessionKeyPacket.TryWrite(output, session, octets, s2k, Random, out string? reason), reason);
        Assert.True(new PacketReader(output.WrittenMemory).TryRead(out var packet));
        return packet.Body.ToArray();
    }

    private static SessionKey? Open(
        byte[][] bodies, string passphrase, int version, SymmetricAlgorithm? cipher, out string? refusal, S2kLimits? limits = null)
    {
        var packets = new List<PassphraseSessionKey>();
        foreach (byte[] body in bodies)
        {
            Assert.True(PassphraseSessionKey.TryRead(body, out var packet, out string? reason), reason);
            packets.Add(packet);
        }

        byte[] octets = System.Text.Encoding.UTF8.GetBytes(passphrase);
        return SessionKeyOpener.OpenWithPassphrase(packets, octets, version, cipher, limits ?? S2kLimits.Default, Random, out refusal);
    }

    private static MessageParts Annex(string name) => MessageParts.Read(Vectors.File($"openpgp-rfc9580/{name}"));

    private static byte[] Body(string name)
    {
        byte[] file = Vectors.File($"openpgp-rfc9580/{name}");
        ReadOnlyMemory<byte> octets = ArmorReader.IsBinary(file) ? file : new ArmorReader(file).ReadNext()!.Data;
        Assert.True(new PacketReader(octets).TryRead(out var packet));
        return packet.Body.ToArray();
    }
}
