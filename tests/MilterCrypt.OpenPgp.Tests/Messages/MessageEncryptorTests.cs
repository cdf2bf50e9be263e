using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using MilterCrypt.Native.Memory;
using MilterCrypt.OpenPgp.Armor;
using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Messages;
using MilterCrypt.TestSupport.Peers;
using MilterCrypt.TestSupport.Processes;

namespace MilterCrypt.OpenPgp.Tests.Messages;

public sealed class MessageEncryptorTests
{
    private static readonly EncryptionOptions Binary = new() { Armor = false };

    [Fact]
    public async Task EachOfSeveralRecipientsOpensTheMessageNamedOrNot()
    {
        if (!Command.Exists("gpg"))
            Assert.Skip("gpg is not installed");

        PeerKey[] keys = [await GnuPg.MakeKeyAsync("ed25519", "cv25519"), await GnuPg.MakeKeyAsync("rsa2048", "rsa2048")];
        byte[] plaintext = Encrypting.Plaintext(5000);
        foreach (bool anonymous in new[] { false, true })
        {
            EncryptionRecipient[] recipients =
                [.. keys.Select(key => EncryptionKeys.RecipientOf(key.Certificate, EncryptionKeys.V1) with { IsAnonymous = anonymous })];
            byte[] message = Encrypting.Message(plaintext, recipients);
            foreach (PeerKey key in keys)
                Assert.Equal(plaintext, (await GnuPg.OpenAsync(key, message)).OrThrow().Output);

            MessageRecipients named = Scan(message);
            Assert.Equal(anonymous ? 2 : 0, named.WildcardCount);
            Assert.Equal(!anonymous, recipients.All(recipient => named.Name(recipient.Key.Fingerprint)));
        }
    }

    [Theory]
    [InlineData(LineEnding.CrLf)]
    [InlineData(LineEnding.Lf)]
    public async Task ArmorOfEachShapeIsReadByGnuPg(LineEnding ending)
    {
        if (!Command.Exists("gpg"))
            Assert.Skip("gpg is not installed");

        // GnuPG fails on armor without a checksum where the length is a multiple of three.
        await using var home = new GnuPgHome();
        PeerKey key = await home.MakeKeyAsync("ed25519", "cv25519");
        EncryptionRecipient recipient = EncryptionKeys.RecipientOf(key.Certificate, EncryptionKeys.V1);
        byte[][] plaintexts = [.. Enumerable.Range(100, 100).Select(Encrypting.Plaintext)];
        var options = new EncryptionOptions { LineEnding = ending };
        IReadOnlyList<byte[]> found = await home.DecryptAllAsync(plaintexts.Select(p => Encrypting.Message(p, [recipient], options)));
        Assert.Equal(plaintexts, found);
    }

    [Fact]
    public async Task AFlippedBitIsNoticed()
    {
        if (!Command.Exists("gpg"))
            Assert.Skip("gpg is not installed");

        PeerKey key = await GnuPg.MakeKeyAsync("ed25519", "cv25519");
        byte[] message = Encrypting.Message(
            Encrypting.Plaintext(1000), [EncryptionKeys.RecipientOf(key.Certificate, EncryptionKeys.V1)], Binary);
        message[^30] ^= 1;
        Assert.NotEqual(0, (await GnuPg.OpenAsync(key, message)).ExitCode);
    }

    [Fact]
    public void OnlyMessagesToVersion6KeysHaveNoChecksum()
    {
        Assert.Matches("\n=....\r\n-----END", Armored(4, EncryptionKeys.V1));
        Assert.Matches("\n=....\r\n-----END", Armored(4, EncryptionKeys.V2));
        Assert.Matches("\n=....\r\n-----END", Armored(6, EncryptionKeys.V1));
        Assert.DoesNotMatch("\n=....\r\n-----END", Armored(6, EncryptionKeys.V2));

        static string Armored(byte version, RecipientCapabilities capabilities) =>
            Encoding.ASCII.GetString(Encrypting.Message([1], [new EncryptionRecipient(SomeKeys.X25519(version), capabilities)]));
    }

    [Fact]
    public void ArmorIsSevenBitWithShortLinesThatEndAsMailDoes()
    {
        string text = Encoding.ASCII.GetString(
            Encrypting.Message(Encrypting.Plaintext(100_000), [new EncryptionRecipient(SomeKeys.X25519(), EncryptionKeys.V1)]));
        Assert.EndsWith("-----END PGP MESSAGE-----\r\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("\n", text.Replace("\r\n", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.All(text.Split("\r\n"), line => Assert.InRange(line.Length, 0, 64));
    }

    [Fact]
    public void AKeyThatIsNamedTwiceIsWrittenOnce()
    {
        var recipient = new EncryptionRecipient(SomeKeys.X25519(), EncryptionKeys.V1);
        Assert.Single(Scan(Encrypting.Message([1], [recipient, recipient with { }])).KeyIds);
    }

    [Fact]
    public void NoTwoMessagesShareAnything()
    {
        var recipient = new EncryptionRecipient(SomeKeys.X25519(), EncryptionKeys.V2);
        byte[][] messages = [.. Enumerable.Range(0, 100).Select(_ => Encrypting.Message(new byte[16], [recipient], Binary))];

        // Version, fingerprint and algorithm are equal; the ephemeral key, 26 octets on, and all later random octets not.
        Assert.Equal(100, messages.Select(message => Convert.ToHexString(message, 26, 32)).Distinct().Count());
        Assert.Equal(100, messages.Select(message => Convert.ToHexString(message, message.Length - 80, 80)).Distinct().Count());
    }

    [Fact]
    public void WithoutRandomnessNothingIsWritten()
    {
        var output = new ArrayBufferWriter<byte>();
        var recipient = new EncryptionRecipient(SomeKeys.X25519(), EncryptionKeys.V1);
        foreach (int good in new[] { 0, 1 })
        {
            var options = new EncryptionOptions { Random = new FailingRandom(good) };
            Assert.Throws<CryptographicException>(() => MessageEncryptor.Create([recipient], output, options));
            Assert.IsType<EncryptedMessageScan.NotEncrypted>(ScanArmor(output.WrittenSpan.ToArray()));
        }
    }

    [Fact]
    public void AKeyThatCannotEncryptLeavesNothingBehind()
    {
        foreach (var key in new[] { SomeKeys.OfSmallOrder(), SomeKeys.SigningOnly() })
        {
            var output = new ArrayBufferWriter<byte>();
            EncryptionRecipient[] recipients =
                [new(SomeKeys.X25519(), EncryptionKeys.V1), new(key, EncryptionKeys.V1)];
            Assert.Throws<CryptographicException>(() => MessageEncryptor.Create(recipients, output, new EncryptionOptions()));
            Assert.Equal(0, output.WrittenCount);
        }

        Assert.Throws<ArgumentException>(() => MessageEncryptor.Create([], new ArrayBufferWriter<byte>(), new EncryptionOptions()));
    }

    [Fact]
    public void SessionKeysOfManyRecipientsAreWrittenInSteps()
    {
        EncryptionRecipient[] recipients =
            [.. Enumerable.Range(0, 10).Select(_ => new EncryptionRecipient(SomeKeys.X25519(), EncryptionKeys.V1))];
        var output = new ArrayBufferWriter<byte>();
        using var encryptor = MessageEncryptor.Begin([.. recipients, recipients[0]], output, Binary);
        Assert.Throws<InvalidOperationException>(() => encryptor.Write([1]));
        int oneKey = 0;
        for (int written = 4; !encryptor.WriteSessionKeys(4); written += 4)
        {
            oneKey = oneKey == 0 ? output.WrittenCount / 4 : oneKey;
            Assert.Equal(written * oneKey, output.WrittenCount);
        }
        Assert.Equal(10 * oneKey, output.WrittenCount);
        Assert.True(encryptor.WriteSessionKeys(4));

        encryptor.Write("content"u8);
        encryptor.Complete();
        var scanner = EncryptedMessageScanner.ForBinary();
        scanner.Write(output.WrittenSpan);
        var named = Assert.IsType<EncryptedMessageScan.Encrypted>(scanner.Complete()).Recipients;
        Assert.Equal(recipients.Select(recipient => recipient.Key.KeyId), named.KeyIds);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void HalfAMessageIsNeverTakenForOne(bool armor)
    {
        foreach (int length in new[] { 0, 100, 8192, 70_000, 200_000 })
        {
            foreach (RecipientCapabilities capabilities in new[] { EncryptionKeys.V1, EncryptionKeys.V2 })
            {
                var output = new ArrayBufferWriter<byte>();
                var encryptor = MessageEncryptor.Create(
                    [new EncryptionRecipient(SomeKeys.X25519(), capabilities)], output, new EncryptionOptions { Armor = armor });
                encryptor.Write(new byte[length]);
                encryptor.Dispose();

                var scanner = armor ? EncryptedMessageScanner.ForArmor() : EncryptedMessageScanner.ForBinary();
                scanner.Write(output.WrittenSpan);
                Assert.IsType<EncryptedMessageScan.NotEncrypted>(scanner.Complete());
                Assert.Throws<ObjectDisposedException>(() => encryptor.Write([1]));
                Assert.Throws<ObjectDisposedException>(encryptor.Complete);
            }
        }
    }

    [Fact]
    public void AfterTheEndNothingMoreIsTaken()
    {
        using var encryptor = MessageEncryptor.Create(
            [new EncryptionRecipient(SomeKeys.X25519(), EncryptionKeys.V1)], new ArrayBufferWriter<byte>(), new EncryptionOptions());
        encryptor.Complete();
        Assert.Throws<InvalidOperationException>(() => encryptor.Write([1]));
        Assert.Throws<InvalidOperationException>(encryptor.Complete);
    }

    [Fact]
    public void BuffersGoBackCleared()
    {
        using var pool = new ClearedBufferPool();
        var options = new EncryptionOptions { Buffers = pool };
        var recipient = new EncryptionRecipient(SomeKeys.X25519(), EncryptionKeys.V1);
        Encrypting.Message(Encrypting.Plaintext(100_000), [recipient], options);

        using IMemoryOwner<byte> large = pool.Rent(65_536), small = pool.Rent(16_384);
        Assert.False(large.Memory.Span.ContainsAnyExcept((byte)0));
        Assert.False(small.Memory.Span.ContainsAnyExcept((byte)0));
    }

    [Fact]
    public void MemoryDoesNotGrowWithTheMessage()
    {
        using var encryptor = MessageEncryptor.Create(
            [new EncryptionRecipient(SomeKeys.X25519(), EncryptionKeys.V1)], new Discarding(), new EncryptionOptions());
        byte[] piece = new byte[4096];
        encryptor.Write(piece);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 5000; i++)
            encryptor.Write(piece);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 200_000);
    }

    private static MessageRecipients Scan(byte[] armor) => Assert.IsType<EncryptedMessageScan.Encrypted>(ScanArmor(armor)).Recipients;

    private static EncryptedMessageScan ScanArmor(byte[] armor)
    {
        var scanner = EncryptedMessageScanner.ForArmor();
        scanner.Write(armor);
        return scanner.Complete();
    }

    private sealed class FailingRandom(int goodCalls) : RandomNumberGenerator
    {
        private int left = goodCalls;

        public override void GetBytes(byte[] data) => GetBytes(data.AsSpan());

        public override void GetBytes(Span<byte> data)
        {
            if (left-- <= 0)
                throw new CryptographicException("no randomness");
            Fill(data);
        }
    }

    private sealed class Discarding : IBufferWriter<byte>
    {
        private readonly byte[] memory = new byte[1 << 17];

        public void Advance(int count)
        {
        }

        public Memory<byte> GetMemory(int sizeHint = 0) => memory;

        public Span<byte> GetSpan(int sizeHint = 0) => memory;
    }
}
