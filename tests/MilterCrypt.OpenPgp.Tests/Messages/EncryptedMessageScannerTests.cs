using System.Text;
using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Messages;
using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.TestSupport;

namespace MilterCrypt.OpenPgp.Tests.Messages;

public sealed class EncryptedMessageScannerTests
{
    private static readonly PublicKey Key = SomeKeys.X25519();

    // A version 3 session key for key ID 1111111111111111, and the shortest version 1 encrypted data there can be.
    private static readonly byte[] KeyFields = [25, .. new byte[32], 25, 7, .. new byte[24]];
    private static readonly byte[] SessionKey = Packet(1, [3, .. Enumerable.Repeat((byte)0x11, 8), .. KeyFields]);
    private static readonly byte[] EncryptedData = [0xD2, 41, 1, .. new byte[40]];
    private static readonly byte[] Literal = [0xCB, 7, (byte)'b', 0, 0, 0, 0, 0, (byte)'x'];

    [Theory]
    [InlineData(true, 1)]
    [InlineData(true, 7)]
    [InlineData(false, 1)]
    [InlineData(false, 1000)]
    public void WhatWeWriteIsRecognisedHoweverItComes(bool armor, int piece)
    {
        foreach (RecipientCapabilities capabilities in new[] { EncryptionKeys.V1, EncryptionKeys.V2 })
        {
            foreach (int length in new[] { 0, 50, 8300, 200_000 })
            {
                byte[] message = Encrypting.Message(
                    Encrypting.Plaintext(length), [new EncryptionRecipient(Key, capabilities)], new EncryptionOptions { Armor = armor });
                var found = Assert.IsType<EncryptedMessageScan.Encrypted>(Scan(message, armor, piece));
                Assert.True(found.Recipients.Name(Key.Fingerprint));
                Assert.False(found.Recipients.Name(SomeKeys.X25519().Fingerprint));
            }
        }
    }

    [Theory]
    [InlineData("v4-ed25519-x25519", "enc-seipdv1.msg")]
    [InlineData("v4-ed25519-x25519", "enc-seipdv2.msg")]
    [InlineData("v6-rsa", "enc-seipdv1.msg")]
    [InlineData("v6-rsa", "enc-seipdv2.msg")]
    public void WhatOthersWriteIsRecognised(string key, string file)
    {
        byte[] message = File.ReadAllBytes(Repository.PathOf($"tests/vectors/openpgp-rfc9580/{key}/{file}"));
        var found = Assert.IsType<EncryptedMessageScan.Encrypted>(Scan(message, armor: true));
        Assert.Equal(1, found.Recipients.KeyIds.Count + found.Recipients.Fingerprints.Count);
    }

    [Fact]
    public void TheGrammarOfAnEncryptedMessageIsTaken()
    {
        byte[] marker = [0xCA, 3, .. "PGP"u8], padding = [0xD5, 2, 9, 9], passphrase = [0xC3, 4, 4, 9, 0, 8];
        byte[] wildcard = Packet(1, [3, .. new byte[8], .. KeyFields]);
        byte[] oldFormat = [0x84, (byte)(SessionKey.Length - 6), .. SessionKey[6..]];
        byte[] packet20 = [0xD4, 60, 1, 9, 2, 16, .. new byte[56]];

        AssertEncrypted([.. SessionKey, .. EncryptedData], keyIds: 1);
        AssertEncrypted([.. marker, .. oldFormat, .. SessionKey, .. padding, .. EncryptedData], keyIds: 2);
        AssertEncrypted([.. wildcard, .. wildcard, .. EncryptedData], wildcards: 2);
        AssertEncrypted([.. passphrase, .. EncryptedData], passphrases: 1);
        AssertEncrypted([.. SessionKey, .. packet20], keyIds: 1);
        AssertEncrypted([.. SessionKey, 0xD2, 255, 0, 0, 0, 41, .. EncryptedData[2..]], keyIds: 1);
        AssertEncrypted([.. SessionKey, 0xD2, 0xE9, 1, .. new byte[511], 40, .. new byte[40]], keyIds: 1);
        AssertEncrypted([.. SessionKey, 0xD2, 192, 8, 1, .. new byte[199]], keyIds: 1);
    }

    [Fact]
    public void OnlySessionKeysThatFitTheEncryptedDataCount()
    {
        byte[] fieldsOf6 = [25, .. new byte[32], 24, .. new byte[24]];
        byte[] version6 = Packet(1, [6, 21, 4, .. new byte[20], .. fieldsOf6]);
        byte[] seipdV2 = [0xD2, 80, 2, 9, 2, 10, .. new byte[76]];

        AssertEncrypted([.. SessionKey, .. version6, .. EncryptedData], keyIds: 1);
        AssertEncrypted([.. SessionKey, .. version6, .. seipdV2], fingerprints: 1);
        AssertEncrypted([.. Packet(1, [6, 0, .. fieldsOf6]), .. seipdV2], wildcards: 1);
        AssertRefused([.. Packet(1, [9, 0, .. fieldsOf6]), .. seipdV2]);
    }

    [Fact]
    public void ASessionKeyIsOneByItsForm()
    {
        foreach (byte[] fields in new byte[][]
        {
            [1, .. Number(2048)], [2, .. Number(1023)], [16, .. Number(3072), .. Number(3060)],
            [18, 1, 7, 0x40, .. new byte[32], 48, .. new byte[48]], [18, 2, 3, 4, .. new byte[64], 40, .. new byte[40]],
            [18, 4, 0x23, 4, .. new byte[132], 48, .. new byte[48]],
            [25, .. new byte[32], 41, 9, .. new byte[40]], [26, .. new byte[56], 33, 8, .. new byte[32]],
        })
        {
            AssertEncrypted(WithKey(fields), keyIds: 1);
            for (int length = 0; length < fields.Length; length++)
                AssertRefused(WithKey(fields[..length]));
            AssertRefused(WithKey([.. fields, 0]));
        }
    }

    [Theory]
    [InlineData("a letter to bob, which is not secret")]
    [InlineData("")]
    [InlineData("x")]
    public void TextUnderAKeyIdIsNoSessionKey(string text)
    {
        byte[] letter = Encoding.ASCII.GetBytes(text);
        foreach (byte algorithm in new byte[] { 1, 2, 3, 16, 17, 18, 22, 25, 26, 27, 35, 99 })
            AssertRefused(WithKey([algorithm, .. letter]));
        AssertRefused(WithKey([1, .. Number(700)]));
        AssertRefused(WithKey([18, 1, 7, 0x41, .. new byte[32], 48, .. new byte[48]]));
        AssertRefused(WithKey([18, 1, 7, 0x40, .. new byte[32], 200, .. new byte[200]]));
        AssertRefused(WithKey([35, .. new byte[1088], 40, .. new byte[40]]));
    }

    [Fact]
    public void TextAsPassphraseSessionKeysIsRefused()
    {
        byte[] passphrase = Packet(3, [4, 9, 0, 8]);
        AssertEncrypted([.. SessionKey, .. Enumerable.Repeat(passphrase, 16).SelectMany(packet => packet), .. EncryptedData], keyIds: 1, passphrases: 16);
        AssertRefused([.. SessionKey, .. Enumerable.Repeat(passphrase, 17).SelectMany(packet => packet), .. EncryptedData]);
        AssertRefused([.. SessionKey, .. Packet(3, [4, .. new byte[120]]), .. EncryptedData]);
        AssertRefused([.. SessionKey, .. Packet(3, "a letter to bob"u8), .. EncryptedData]);
    }

    [Fact]
    public void PaddingIsBounded()
    {
        AssertEncrypted([.. SessionKey, .. Packet(21, new byte[32 * 1024]), .. Packet(21, new byte[32 * 1024]), .. EncryptedData], keyIds: 1);
        AssertRefused([.. SessionKey, .. Packet(21, new byte[32 * 1024]), .. Packet(21, new byte[(32 * 1024) + 1]), .. EncryptedData]);
    }

    [Fact]
    public void WhatIsNotEncryptedIsNotTakenForIt()
    {
        byte[] good = [.. SessionKey, .. EncryptedData];

        AssertRefused([]);
        AssertRefused(SessionKey);
        AssertRefused(Literal);
        AssertRefused([.. SessionKey, .. Literal]);
        AssertRefused([.. good, .. Literal]);
        AssertRefused([.. good, .. good]);
        AssertRefused([.. good, .. EncryptedData]);
        AssertRefused([.. good, 0xD5, 0]);
        AssertRefused([.. good, (byte)'\n']);
        AssertRefused([.. Literal, .. good]);
        AssertRefused([.. SessionKey, 0xC9, 41, .. EncryptedData[2..]]); // without integrity protection
        AssertRefused([.. SessionKey, 0xC8, 41, .. EncryptedData[2..]]); // compressed
        AssertRefused([.. SessionKey, 0xD2, 40, .. EncryptedData[2..^1]]); // too short to be real
        AssertRefused([.. SessionKey, 0xD2, 41, 3, .. EncryptedData[3..]]); // version 3
        AssertRefused([.. SessionKey, 0xD2, 80, 2, 1, 2, 10, .. new byte[76]]); // OCB with IDEA
        AssertRefused([.. SessionKey, 0xD2, 80, 2, 9, 9, 10, .. new byte[76]]); // mode 9
        AssertRefused([.. SessionKey, 0xD2, 80, 2, 9, 2, 60, .. new byte[76]]); // chunks of 2^66
        AssertRefused([0xC1, 0xE9, .. new byte[512], 0, .. EncryptedData]); // a session key in pieces
        AssertRefused([0xC1, 255, 0xFF, 0xFF, 0xFF, 0xFF, .. good]);
        AssertRefused([0xCA, 3, .. "PGQ"u8, .. good]);
        AssertRefused([0xCA, 4, .. "PGPx"u8, .. good]);
        AssertRefused([0xCA, 0, .. good]);
        AssertRefused([0x87, .. good]); // indeterminate length
        AssertRefused([.. SessionKey, 0xD2, 0xE5, 1, .. new byte[31], 40, .. new byte[40]]); // first piece too short
        AssertRefused([.. "Content-Type: text/plain\n\nsecret"u8]);
    }

    [Fact]
    public void AMessageThatIsCutAnywhereIsNotTakenForOne()
    {
        byte[] message = Encrypting.Message(
            Encrypting.Plaintext(600), [new EncryptionRecipient(Key, EncryptionKeys.V2)], new EncryptionOptions { Armor = false });
        for (int length = 0; length < message.Length; length++)
            Assert.IsType<EncryptedMessageScan.NotEncrypted>(Scan(message[..length], armor: false));

        byte[] armor = Encrypting.Message(Encrypting.Plaintext(600), [new EncryptionRecipient(Key, EncryptionKeys.V2)]);
        for (int length = 0; length < armor.Length - 2; length++)
            Assert.IsType<EncryptedMessageScan.NotEncrypted>(Scan(armor[..length], armor: true));
    }

    [Fact]
    public void TooManySessionKeysAreRefused()
    {
        byte[] many = [.. Enumerable.Repeat(SessionKey, 1000).SelectMany(packet => packet)];
        AssertEncrypted([.. many, .. EncryptedData], keyIds: 1000);
        AssertRefused([.. many, .. SessionKey, .. EncryptedData]);
    }

    [Fact]
    public void OnlyBlanksMayStandAroundTheArmor()
    {
        string armor = Encoding.ASCII.GetString(Encrypting.Message([1, 2, 3], [new EncryptionRecipient(Key, EncryptionKeys.V1)]));

        AssertArmor(armor, true);
        AssertArmor("\r\n  \r\n" + armor + "\r\n\t\r\n  ", true);
        AssertArmor(armor.ReplaceLineEndings("\n"), true);
        AssertArmor(armor.TrimEnd(), true);
        AssertArmor(armor.Replace("MESSAGE-----\r\n\r\n", "MESSAGE-----\r\nVersion: 1\r\nComment: x\r\n \t\r\n", StringComparison.Ordinal), true);
        AssertArmor("secret\r\n" + armor, false);
        AssertArmor(armor + "secret", false);
        AssertArmor(armor + armor, false);
        AssertArmor(armor.Replace("MESSAGE-----\r\n\r\n", "MESSAGE-----\r\nSecret: x\r\n\r\n", StringComparison.Ordinal), false);
        AssertArmor(armor.Replace("MESSAGE-----\r\n\r\n", "MESSAGE-----\r\n", StringComparison.Ordinal), false);
        AssertArmor(armor.Replace("-----BEGIN PGP MESSAGE", "-----BEGIN PGP SIGNATURE", StringComparison.Ordinal), false);
        AssertArmor(armor.Replace("\r\n=", "\r\nsecret text\r\n=", StringComparison.Ordinal), false);
        AssertArmor(armor.Replace("\r\n-----END", "\r\nAAAA\r\n-----END", StringComparison.Ordinal), false);
        AssertArmor(armor.Replace("\r\n\r\n", "\r\n\r\nA A=\r\n", StringComparison.Ordinal), false);
        AssertArmor(armor.Replace("\r\n\r\n", "\r\n" + string.Concat(Enumerable.Repeat("Comment: x\r\n", 9)) + "\r\n", StringComparison.Ordinal), false);
        AssertArmor(armor.Replace("\r\n\r\n", "\r\nComment: " + new string('x', 300) + "\r\n\r\n", StringComparison.Ordinal), false);
        AssertArmor("-----BEGIN PGP MESSAGE-----\r\n\r\n" + Convert.ToBase64String(Literal) + "\r\n-----END PGP MESSAGE-----\r\n", false);
        AssertArmor("-----BEGIN PGP MESSAGE-----\r\n\r\n-----END PGP MESSAGE-----\r\n", false);
    }

    [Theory]
    [InlineData("Version: GnuPG v2.0.17 (GNU/Linux)|Charset: UTF-8|Comment: Using GnuPG with Mozilla - http://enigmail.mozdev.org/", true)]
    [InlineData("MessageID: abcdefghijklmnopqrstuvwxyz012345", true)]
    [InlineData("Comment: 0123456789012345678901234567890123456789012345678901234567890123456789012345", true)]
    [InlineData("Comment: 01234567890123456789012345678901234567890123456789012345678901234567890123456", false)]
    [InlineData("Comment: the first line|Comment: the second line", false)]
    [InlineData("Version: 1|Version: 2", false)]
    [InlineData("Hash: SHA256", false)]
    [InlineData("Comment: gr\u00fc\u00dfe", false)]
    [InlineData("Comment: a\tb", false)]
    [InlineData("Comment:secret", false)]
    [InlineData("comment: secret", false)]
    public void ArmorHeadersAreFewAndShort(string headers, bool encrypted)
    {
        string armor = Encoding.ASCII.GetString(Encrypting.Message([1, 2, 3], [new EncryptionRecipient(Key, EncryptionKeys.V1)]));
        string text = armor.Replace(
            "MESSAGE-----\r\n\r\n", $"MESSAGE-----\r\n{headers.Replace("|", "\r\n", StringComparison.Ordinal)}\r\n\r\n", StringComparison.Ordinal);

        Assert.Equal(encrypted, Scan(Encoding.UTF8.GetBytes(text), armor: true) is EncryptedMessageScan.Encrypted);
    }

    [Fact]
    public void ARefusalIsKnownBeforeTheEnd()
    {
        var scanner = EncryptedMessageScanner.ForArmor();
        Assert.False(scanner.IsRefused);
        scanner.Write("Dear Bob,\r\n"u8);
        Assert.True(scanner.IsRefused);
    }

    [Fact]
    public void RandomAndMutatedOctetsNeitherThrowNorTakeLong()
    {
        var random = new Random(1);
        byte[] good = [.. SessionKey, .. SessionKey, .. EncryptedData];
        byte[] armor = Encrypting.Message(Encrypting.Plaintext(300), [new EncryptionRecipient(Key, EncryptionKeys.V1)]);
        for (int i = 0; i < 20_000; i++)
        {
            byte[] mutated = [.. i % 2 == 0 ? good : armor];
            for (int changes = random.Next(1, 5); changes > 0; changes--)
                mutated[random.Next(mutated.Length)] = (byte)random.Next(256);
            Scan(mutated, armor: i % 2 == 1, piece: random.Next(1, 100));

            byte[] noise = new byte[random.Next(200)];
            random.NextBytes(noise);
            Scan(noise, armor: i % 3 == 0);
        }
    }

    private static byte[] WithKey(byte[] fields) => [.. Packet(1, [3, .. Enumerable.Repeat((byte)0x11, 8), .. fields]), .. EncryptedData];

    private static byte[] Packet(byte tag, ReadOnlySpan<byte> body) =>
        [(byte)(0xC0 | tag), 255, 0, (byte)(body.Length >> 16), (byte)(body.Length >> 8), (byte)body.Length, .. body];

    private static byte[] Number(int bits) => [(byte)(bits >> 8), (byte)bits, .. new byte[(bits + 7) / 8]];

    private static void AssertEncrypted(
        byte[] message, int keyIds = 0, int fingerprints = 0, int wildcards = 0, int passphrases = 0)
    {
        foreach (int piece in new[] { 1, 1_000_000 })
        {
            MessageRecipients found = Assert.IsType<EncryptedMessageScan.Encrypted>(Scan(message, armor: false, piece)).Recipients;
            Assert.Equal(
                (keyIds, fingerprints, wildcards, passphrases),
                (found.KeyIds.Count, found.Fingerprints.Count, found.WildcardCount, found.PassphraseCount));
        }
    }

    private static void AssertRefused(byte[] message)
    {
        foreach (int piece in new[] { 1, 1_000_000 })
            Assert.NotEmpty(Assert.IsType<EncryptedMessageScan.NotEncrypted>(Scan(message, armor: false, piece)).Reason);
    }

    private static void AssertArmor(string armor, bool encrypted)
    {
        foreach (int piece in new[] { 1, 1_000_000 })
            Assert.Equal(encrypted, Scan(Encoding.ASCII.GetBytes(armor), armor: true, piece) is EncryptedMessageScan.Encrypted);
    }

    private static EncryptedMessageScan Scan(byte[] message, bool armor, int piece = 1_000_000)
    {
        var scanner = armor ? EncryptedMessageScanner.ForArmor() : EncryptedMessageScanner.ForBinary();
        for (int position = 0; position < message.Length; position += piece)
            scanner.Write(message.AsSpan(position, Math.Min(piece, message.Length - position)));
        return scanner.Complete();
    }
}
