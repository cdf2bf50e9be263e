using System.Text;
using MilterCrypt.Engine.Bodies;
using MilterCrypt.OpenPgp.Messages;

namespace MilterCrypt.Engine.Tests.Opening;

/// <summary>Whatever is wrong with a message, it leaves as it came; and once a key was used nothing tells what was wrong.</summary>
public sealed class DamageTests : IDisposable
{
    private static readonly string Undecryptable = $"not opened: {MessageRefusal.Undecryptable.Reason}";

    private readonly Recipient alice = new();

    [Fact]
    public async Task AMessageCutShortAnywhereIsNotOpened()
    {
        var letter = await EncryptedLetter.ForAsync(alice.AliceKey);
        int end = Encoding.ASCII.GetString(letter.Body).LastIndexOf("--b--", StringComparison.Ordinal) + "--b--".Length;
        for (int length = 0; length < letter.Body.Length; length++)
        {
            int before = alice.Holder.Uses.Count;
            var processed = await alice.GetAsync(letter with { Body = letter.Body[..length] });
            if (length >= end)
                Assert.IsType<MessageOutcome.Opened>(processed.Outcome);
            else
                AssertNotOpened(processed, letter.Body[..length], keyUsed: alice.Holder.Uses.Count > before, $"at {length}");
        }
    }

    [Fact]
    public async Task NoBitCanBeChangedSoThatAnotherTextIsShown()
    {
        var letter = await EncryptedLetter.ForAsync(alice.AliceKey, "Content-Type: text/plain\r\n\r\nhi\r\n"u8.ToArray());
        string text = Encoding.ASCII.GetString(letter.Body);
        int armor = text.IndexOf("\r\n\r\n", text.IndexOf("BEGIN PGP", StringComparison.Ordinal), StringComparison.Ordinal);
        int checksum = text.IndexOf("\r\n=", armor, StringComparison.Ordinal);
        int opened = 0;
        for (int bit = 0; bit < letter.Body.Length * 8; bit++)
        {
            byte[] body = [.. letter.Body];
            body[bit / 8] ^= (byte)(1 << (bit % 8));
            int before = alice.Holder.Uses.Count;
            var processed = await alice.GetAsync(letter with { Body = body });
            if (processed.Outcome is MessageOutcome.Opened)
            {
                opened++;
                Assert.Equal("hi\r\n", processed.BodyText);
                if (bit / 8 > armor && bit / 8 < checksum && char.IsAsciiLetterOrDigit(text[bit / 8]))
                    Assert.All(Changed(letter.Body[armor..checksum], body[armor..checksum]), change => Assert.True(IsNothing(change), $"{change} does not matter"));
            }
            else
            {
                AssertNotOpened(processed, body, keyUsed: alice.Holder.Uses.Count > before, $"bit {bit}");
            }
        }

        // In part headers, the armor's checksum and blanks some may change.
        Assert.NotEqual(0, opened);
    }

    // Which octets of the packets differ, and in which bits.
    private static IEnumerable<(int Octet, int Bits)> Changed(byte[] armor, byte[] changed)
    {
        byte[] before = Octets(armor), after = Octets(changed);
        Assert.Equal(before.Length, after.Length);
        return Enumerable.Range(0, before.Length).Where(i => before[i] != after[i]).Select(i => (i, before[i] ^ after[i]));

        static byte[] Octets(byte[] text) => Convert.FromBase64String(Encoding.ASCII.GetString(text));
    }

    // What changes nothing, and so needs no protection, in the session key's packet: how many bits the ephemeral point has (octets
    // 12 and 13), of which whole octets count, and the point's highest bit (octet 46), which X25519 masks (RFC 7748 §5).
    private static bool IsNothing((int Octet, int Bits) change) => change is (12 or 13, _) or (46, 0x80);

    [Fact]
    public async Task APacketForAnotherKeyUnderTheRecipientsNameIsNotTold()
    {
        // Bob's packet, with Alice's key ID in its place: it can be tried, and opens nothing.
        byte[] packets = await BinaryAsync(alice.BobKey);
        var bob = alice.BobKey.DecryptionKeys[0].PublicKey.KeyId;
        var own = alice.AliceKey.DecryptionKeys[0].PublicKey.KeyId;
        int at = packets.AsSpan().IndexOf(Convert.FromHexString(bob.ToString()));
        Convert.FromHexString(own.ToString()).CopyTo(packets, at);
        var letter = EncryptedLetter.Around(Armor(packets));
        Assert.Equal(Undecryptable, Assert.IsType<MessageOutcome.Unchanged>((await alice.GetAsync(letter)).Outcome).Reason);
        Assert.Single(alice.Holder.Uses);
    }

    [Fact]
    public async Task WhatLacksIntegrityProtectionIsNotEvenTried()
    {
        byte[] packets = await BinaryAsync(alice.AliceKey);
        int data = 2 + packets[1];
        Assert.Equal(0xD2, packets[data]);
        packets[data] = 0xC9;
        var letter = EncryptedLetter.Around(Armor(packets));
        Assert.StartsWith("not opened: ", Assert.IsType<MessageOutcome.Unchanged>((await alice.GetAsync(letter)).Outcome).Reason, StringComparison.Ordinal);
        Assert.Empty(alice.Holder.Uses);
    }

    public static TheoryData<string, string> Structures => new()
    {
        { "text before the armor", "{control}{data}the secret in clear\n{armor}\n--b--\n" },
        { "text behind the armor", "{control}{data}{armor}the secret in clear\n--b--\n" },
        { "a second message", "{control}{data}{armor}{armor}\n--b--\n" },
        { "nothing", "" },
        { "no parts", "hello\n" },
        { "no control part", "{data}{armor}\n--b--\n" },
        { "two control parts", "{control}{control}{data}{armor}\n--b--\n" },
        { "a third part", "{control}{data}{armor}\n--b\nContent-Type: text/plain\n\nhello\n--b--\n" },
        { "parts behind the end", "{control}{data}{armor}\n--b--\n--b\n\nhello\n--b--\n" },
        { "parts in the wrong order", "{data}{armor}\n{control}--b--\n" },
        { "another version", "{controlOf2}{data}{armor}\n--b--\n" },
        { "a control part with more", "--b\nContent-Type: application/pgp-encrypted\n\nVersion: 1\nhello\n{data}{armor}\n--b--\n" },
        { "another type of control part", "--b\nContent-Type: text/plain\n\nVersion: 1\n\n{data}{armor}\n--b--\n" },
        { "another type of data", "{control}--b\nContent-Type: text/plain\n\n{armor}\n--b--\n" },
        { "no type of data", "{control}--b\n\n{armor}\n--b--\n" },
        { "two types of data", "{control}--b\nContent-Type: application/octet-stream\nContent-Type: text/plain\n\n{armor}\n--b--\n" },
        { "an encoded part", "{control}--b\nContent-Type: application/octet-stream\nContent-Transfer-Encoding: quoted-printable\n\n{armor}\n--b--\n" },
        { "a base64 part", "{control}--b\nContent-Type: application/octet-stream\nContent-Transfer-Encoding: base64\n\n{armor}\n--b--\n" },
        { "a boundary's prefix", "{control}{data}{armor}\n--bc\n--b--\n" },
        { "not closed", "{control}{data}{armor}\n" },
        { "too much text around", "{much}{control}{data}{armor}\n--b--\n" },
        { "too much text behind", "{control}{data}{armor}\n--b--\n{much}" },
        { "a line too long", "{control}{data}{long}{armor}\n--b--\n" },
        { "a part header too long", "{control}--b\nContent-Type: application/octet-stream\nX: {long}\n {long}\n\n{armor}\n--b--\n" },
        { "a key", "{control}{data}{key}\n--b--\n" },
        { "no armor", "{control}{data}\n--b--\n" },
    };

    [Theory]
    [MemberData(nameof(Structures))]
    public async Task OnlyTheStructureOfTheStandardIsOpened(string what, string body)
    {
        var letter = await LetterAsync(body);
        var processed = await alice.GetAsync(letter);
        Assert.True(processed.Outcome is MessageOutcome.Unchanged, $"{what} was opened");
        Assert.Equal(letter.Body, processed.Body);
    }

    public static TheoryData<string> GoodStructures =>
    [
        "{control}{data}{armor}\n--b--\n",
        "This is a text for old programs.\n\n{control}{data}\n\n{armor}\n\n\n--b--  \nand one behind\n",
        "--b  \nContent-Type: application/pgp-encrypted; name=\"x y\"\nX-Odd: (1)\n\n version: 1 \n--b\t\nContent-Disposition: attachment; filename=\"a letter.asc\"\ncontent-type:\n APPLICATION/octet-stream\nContent-Transfer-Encoding: 7BIT\n\n{armor}\n--b--",
    ];

    [Theory]
    [MemberData(nameof(GoodStructures))]
    public async Task WhatMailProgramsWriteAroundItDoesNotMatter(string body) =>
        Assert.Equal(EncryptedLetter.InnerBody, (await alice.GetAsync(await LetterAsync(body))).BodyText);

    public void Dispose() => alice.Dispose();

    private static void AssertNotOpened(Processed processed, byte[] body, bool keyUsed, string what)
    {
        Assert.True(processed.Outcome is MessageOutcome.Unchanged, $"{what}: {processed.Outcome}");
        string reason = ((MessageOutcome.Unchanged)processed.Outcome).Reason;
        Assert.True(!keyUsed || reason == Undecryptable, $"{what}: {reason}");
        Assert.Equal(body, processed.Body);
    }

    private async Task<Letter> LetterAsync(string body)
    {
        string armor = await EncryptedLetter.ArmorAsync(Encoding.ASCII.GetBytes(EncryptedLetter.Inner), [alice.AliceKey.Certificate]);
        return Letter.Read(EncryptedLetter.Header + "\n" + body
            .Replace("{controlOf2}", EncryptedLetter.Control.Replace(": 1", ": 2", StringComparison.Ordinal), StringComparison.Ordinal)
            .Replace("{control}", EncryptedLetter.Control, StringComparison.Ordinal)
            .Replace("{data}", EncryptedLetter.Data, StringComparison.Ordinal)
            .Replace("{much}", string.Concat(Enumerable.Repeat(new string('x', 100) + "\n", 170)), StringComparison.Ordinal)
            .Replace("{long}", new string('x', 999), StringComparison.Ordinal)
            .Replace("{key}", Encoding.ASCII.GetString(alice.AliceKey.Certificate.ToArmor()), StringComparison.Ordinal)
            .Replace("{armor}", armor, StringComparison.Ordinal));
    }

    private static async Task<byte[]> BinaryAsync(OpenPgp.Certificates.SecretCertificate recipient)
    {
        using var message = new MemoryStream();
        await new OpenPgp.Pgp { Armor = false }.EncryptAsync(
            new MemoryStream(Encoding.ASCII.GetBytes(EncryptedLetter.Inner)), message, [recipient.Certificate], TestContext.Current.CancellationToken);
        return message.ToArray();
    }

    private static string Armor(byte[] packets) =>
        $"-----BEGIN PGP MESSAGE-----\n\n{Convert.ToBase64String(packets, Base64FormattingOptions.InsertLineBreaks)}\n-----END PGP MESSAGE-----\n";
}
