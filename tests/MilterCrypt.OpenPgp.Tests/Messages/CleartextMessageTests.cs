using System.Text;
using MilterCrypt.OpenPgp.Messages;
using MilterCrypt.OpenPgp.Signatures;
using MilterCrypt.OpenPgp.Tests.Certificates;
using static MilterCrypt.OpenPgp.Tests.Certificates.ForgedCertificate;
using static MilterCrypt.OpenPgp.Tests.Signatures.DataSignature;

namespace MilterCrypt.OpenPgp.Tests.Messages;

public sealed class CleartextMessageTests
{
    private const string Begin = "-----BEGIN PGP SIGNED MESSAGE-----\n";
    private const string Hash = "Hash: SHA256\n";

    private readonly ForgedCertificate _bob = Usual();

    [Theory]
    [InlineData("one\ntwo\n", "one\r\ntwo")]
    [InlineData("one\r\ntwo\r\n", "one\r\ntwo")]
    [InlineData("one \t\n\ntwo  \n", "one\r\n\r\ntwo")]
    [InlineData("\n", "")]
    [InlineData("", "")]
    [InlineData("one\n\n", "one\r\n")]
    [InlineData("- - dash\n- -----BEGIN PGP SIGNATURE-----\n- From me\n-  x\n- \nend\n", "- dash\r\n-----BEGIN PGP SIGNATURE-----\r\nFrom me\r\n x\r\n\r\nend")]
    [InlineData("one\r\r\ntwo\n", "one\r\ntwo")]
    [InlineData("a\rb\n", "a\rb")]
    public void WhatIsReturnedAsSignedIsExactlyWhatWasHashed(string shown, string text)
    {
        using var message = Read(Begin + Hash + "\n" + shown + Block(text));

        Assert.Equal(text, Encoding.ASCII.GetString(message.Text.Span));
        Assert.False(message.HasTextOutside);
        Assert.True(message.Issuers.Name(OpenPgp.Packets.Fingerprint.FromBytes(_bob.Primary.Fingerprint)));
        AssertIs(SignatureStatus.Good, null, Verdict(message));
    }

    [Theory]
    [InlineData("")]
    [InlineData("Hash: SHA512\n")]
    [InlineData("Hash: SHA256, SHA512\nHash: MD5\n")]
    [InlineData("Hash: SHA256,SHA3-512\n")]
    public void HashHeadersOfKnownNamesMayBeThereOrNot(string headers)
    {
        using var message = Read(Begin + headers + "\none\n" + Block("one"));

        AssertIs(SignatureStatus.Good, null, Verdict(message));
    }

    [Theory]
    [InlineData("Comment: Please pay 1000\n\n", "a header other than Hash in the cleartext")]
    [InlineData("Hash: SHA256\nNotDashEscaped: yes\n\n", "a header other than Hash in the cleartext")]
    [InlineData("Hash: SHA256, PAY1000\n\n", "a header other than Hash in the cleartext")]
    [InlineData("Hash: SHA256\0Please pay\n\n", "a header other than Hash in the cleartext")]
    [InlineData("Hash: SHA256\n \n", "a header other than Hash in the cleartext")]
    [InlineData("Hash: SHA256\n\f\n", "a header other than Hash in the cleartext")]
    [InlineData("Hash: SHA256 \n\n", null)]
    [InlineData("hash: SHA256\n\n", "a header other than Hash in the cleartext")]
    [InlineData("Please pay 1000\n\n", "a header other than Hash in the cleartext")]
    [InlineData("-----BEGIN PGP SIGNED MESSAGE-----\n\n", "a header other than Hash in the cleartext")]
    public void NothingButHashHeadersMayStandBeforeTheText(string headers, string? expected) =>
        Assert.Equal(expected, Reason(Begin + headers + "one\n" + Block("one")));

    [Theory]
    [InlineData("one\n-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\ntwo\n")]
    [InlineData("-----BEGIN PGP SIGNATURE----- \u00A0\n")]
    [InlineData("-----BEGIN PGP MESSAGE-----\n")]
    [InlineData("-----BEGIN PGP SIGNATURE\n")]
    [InlineData("-- \nBob\n")]
    [InlineData("-\n")]
    public void ALineThatBeginsWithADashAndWasNotEscapedIsATrick(string text) =>
        Assert.Equal("a line of the cleartext that begins with a dash", Reason(Begin + Hash + "\n" + text + Block("one")));

    [Theory]
    [InlineData("Dear all,\n", "")]
    [InlineData("", "\n_______\nlist mailing list\n")]
    [InlineData("-----BEGIN PGP SIGNED MESSAGE----\n", "")]
    [InlineData("", "-----BEGIN PGP SIGNED MESSAGE-----\n\ntwo\n")]
    public void WhatStandsOutsideIsToldAndNeverSigned(string before, string after)
    {
        using var message = Read(before + Begin + Hash + "\none\n" + Block("one") + after);

        Assert.True(message.HasTextOutside);
        Assert.Equal("one", Encoding.ASCII.GetString(message.Text.Span));
        AssertIs(SignatureStatus.Good, null, Verdict(message));
    }

    [Fact]
    public void BlanksAroundItAreNoText()
    {
        using var message = Read("\r\n \n" + Begin + "\none\n" + Block("one") + "\n \t\r\n");

        Assert.False(message.HasTextOutside);
    }

    [Fact]
    public void EveryCutIsRefusedOrLeavesTheWholeText()
    {
        string whole = Begin + Hash + "\none\ntwo\n" + Block("one\r\ntwo");
        for (int length = 0; length < whole.Length; length++)
        {
            if (!CleartextMessage.TryRead(Encoding.ASCII.GetBytes(whole[..length]), out var message, out string? reason))
            {
                Assert.NotEmpty(reason);
                continue;
            }

            // Only the end of the last line was cut.
            Assert.Equal(whole.Length - 1, length);
            Assert.Equal("one\r\ntwo", Encoding.ASCII.GetString(message.Text.Span));
            message.Dispose();
        }
    }

    [Fact]
    public void EveryFlippedBitOfTheTextIsFound()
    {
        string head = Begin + Hash + "\n";
        byte[] whole = Encoding.ASCII.GetBytes(head + "one\ntwo\n" + Block("one\r\ntwo"));
        for (int bit = 8 * head.Length; bit < 8 * (head.Length + 8); bit++)
        {
            byte[] flipped = [.. whole];
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            if (!CleartextMessage.TryRead(flipped, out var message, out _))
                continue;
            using (message)
                Assert.False(Verdict(message).IsGood, $"bit {bit}");
        }
    }

    [Theory]
    [InlineData("", "no cleartext signed message")]
    [InlineData("one\ntwo\n", "no cleartext signed message")]
    [InlineData("-----BEGIN PGP SIGNED MESSAGE-----\n", "a cleartext without an empty line after its headers")]
    [InlineData("-----BEGIN PGP SIGNED MESSAGE-----\n\none\n", "a cleartext without a signature")]
    [InlineData("-----BEGIN PGP SIGNED MESSAGE-----\n\none\n-----BEGIN PGP SIGNATURE-----\n\n", "a cleartext whose signature is cut short")]
    [InlineData("-----BEGIN PGP SIGNED MESSAGE-----\n\none\n-----BEGIN PGP SIGNATURE-----\n\n-----END PGP SIGNATURE-----\n", "no signature")]
    [InlineData("-----BEGIN PGP SIGNED MESSAGE-----\n\none\n-----BEGIN PGP SIGNATURE-----\n\n!!!!\n-----END PGP SIGNATURE-----\n", "armor that is not base64")]
    [InlineData("-----BEGIN PGP SIGNED MESSAGE-----\n\none\n-----BEGIN PGP SIGNATURE-----\n\ny0p1\n-----END PGP SIGNATURE-----\n", "a packet cut short")]
    public void WhatIsNoneSaysWhy(string text, string reason) => Assert.Equal(reason, Reason(text));

    [Fact]
    public void MoreTextThanAnybodyReadsIsRefusedBeforeItIsCopied()
    {
        byte[] huge = new byte[CleartextMessage.MaxLength + 1];
        Assert.False(CleartextMessage.TryRead(huge, out _, out string? reason));
        Assert.Equal("a cleartext of 16777217 octets", reason);
    }

    [Fact]
    public void TheCleartextMessageOfTheStandardIsGood()
    {
        var alice = Vectors.Rfc9580("v6-25519-annex-a-4");
        byte[] octets = Vectors.File("openpgp-rfc9580/signed/annex-a-6.asc");
        Assert.True(CleartextMessage.TryRead(octets, out var message, out string? reason), reason);
        using (message)
        {
            Assert.Equal("What we need from the grocery store:\r\n\r\n- tofu\r\n- vegetables\r\n- noodles\r\n", Encoding.ASCII.GetString(message.Text.Span));
            AssertIs(SignatureStatus.Good, null, Assert.Single(message.Judge([alice], Now, AlgorithmPolicy.Default)));
        }
    }

    [Fact]
    public void TheSignedMessageOfTheStandardIsGood()
    {
        var alice = Vectors.Rfc9580("v6-25519-annex-a-4");
        byte[] octets = Vectors.File("openpgp-rfc9580/signed/annex-a-7.asc");

        AssertIs(SignatureStatus.Good, null, Assert.Single(InlineMessage.Judge(octets, data => data, [alice], Now)));
        Assert.False(Assert.Single(InlineMessage.Judge(octets, data => data[1..], [alice], Now)).IsGood);
    }

    private static CleartextMessage Read(string text)
    {
        Assert.True(CleartextMessage.TryRead(Encoding.UTF8.GetBytes(text), out var message, out string? reason), reason);
        return message;
    }

    private static string? Reason(string text)
    {
        bool isRead = CleartextMessage.TryRead(Encoding.UTF8.GetBytes(text), out var message, out string? reason);
        Assert.Equal(isRead, message is not null);
        message?.Dispose();
        return reason;
    }

    private string Block(string text)
    {
        byte[] body = new ForgedSignature(SignatureType.Text, Signed).By(_bob.Primary, Encoding.ASCII.GetBytes(text));
        string base64 = Convert.ToBase64String([0xC2, (byte)body.Length, .. body], Base64FormattingOptions.InsertLineBreaks);
        return $"-----BEGIN PGP SIGNATURE-----\n\n{base64.ReplaceLineEndings("\n")}\n-----END PGP SIGNATURE-----\n";
    }

    private SignatureVerdict Verdict(CleartextMessage message) => Assert.Single(message.Judge([_bob.Read()], Now, AlgorithmPolicy.Default));
}
