using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using MilterCrypt.OpenPgp.Armor;
using MilterCrypt.OpenPgp.Messages;
using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.Secrets;
using MilterCrypt.OpenPgp.Signatures;
using MilterCrypt.OpenPgp.Tests.Certificates;
using MilterCrypt.TestSupport.Peers;
using HashAlgorithm = MilterCrypt.OpenPgp.Packets.HashAlgorithm;

namespace MilterCrypt.OpenPgp.Tests.Messages;

public sealed class MessageSignerTests
{
    private static readonly byte[] Text = Encrypting.Text(20_000);

    public static TheoryData<string, SignatureForm> KeysAndForms
    {
        get
        {
            var cases = new TheoryData<string, SignatureForm>();
            foreach (string key in Signer.Keys)
            {
                foreach (SignatureForm form in Enum.GetValues<SignatureForm>())
                    cases.Add(key, form);
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(KeysAndForms))]
    public void EachKindOfKeySignsInEachForm(string key, SignatureForm form)
    {
        using var certificate = Signer.Read(key);
        foreach (bool isArmored in new[] { true, false })
        {
            byte[] signed = Signer.Sign(form, Text, new SigningOptions { Armor = isArmored }, certificate.SigningKey());

            var verdict = Assert.Single(Signer.Verdicts(form, signed, Text, certificate.Certificate));
            Assert.True(verdict.IsGood, verdict.Problem);
            Assert.Equal(certificate.Certificate.Fingerprint, verdict.Certificate!.Fingerprint);
            Assert.Equal(form is SignatureForm.DetachedText or SignatureForm.Cleartext ? SignatureType.Text : SignatureType.Binary, verdict.Type);
            if (form != SignatureForm.Cleartext)
                Assert.Equal(SignatureStatus.Bad, Assert.Single(Signer.Verdicts(form, signed, Text[1..], certificate.Certificate)).Status);
        }
    }

    [Fact]
    public void SeveralKeysOfBothVersionsSignTogether()
    {
        using var old = Signer.Read("v4-legacy");
        using var wide = Signer.Read("v4-nistp");
        using var recent = Signer.Read("v6-25519-annex-a-4");
        foreach (SignatureForm form in new[] { SignatureForm.Detached, SignatureForm.Cleartext, SignatureForm.Inline })
        {
            byte[] signed = Signer.Sign(form, Text, new SigningOptions(), old.SigningKey(), wide.SigningKey(), recent.SigningKey());
            var verdicts = Signer.Verdicts(form, signed, Text, old.Certificate, wide.Certificate, recent.Certificate);
            Assert.Equal(3, verdicts.Count);
            Assert.All(verdicts, verdict => Assert.True(verdict.IsGood, verdict.Problem));
            Assert.Equal(3, verdicts.Select(verdict => verdict.Certificate!.Fingerprint).Distinct().Count());
        }
    }

    [Theory]
    [InlineData("v4-nistp", HashAlgorithm.Sha256)]
    [InlineData("v4-rsa", HashAlgorithm.Sha512)]
    [InlineData("v4-legacy", HashAlgorithm.Sha512)]
    [InlineData("v4-ed25519-x25519", HashAlgorithm.Sha512)]
    [InlineData("v6-nistp", HashAlgorithm.Sha512)]
    [InlineData("v6-ed448-x448", HashAlgorithm.Sha512)]
    public void TheHashIsAsStrongAsTheKeyAndTold(string key, HashAlgorithm hash)
    {
        using var certificate = Signer.Read(key);
        using var signer = MessageSigner.Detached([certificate.SigningKey().PublicKey], new ArrayBufferWriter<byte>(), new SigningOptions());

        Assert.Equal([hash], signer.HashAlgorithms);
        Assert.Equal(hash, Assert.Single(signer.Finish()).HashAlgorithm);
    }

    [Theory]
    [InlineData(2048, HashAlgorithm.Sha256)]
    [InlineData(3072, HashAlgorithm.Sha512)]
    public void ALongRsaKeyDeservesALongHash(int bits, HashAlgorithm hash)
    {
        Assert.True(PublicKey.TryRead(ForgedKey.Rsa(ForgedCertificate.Made, bits).Body, false, out var key, out _));
        using var signer = MessageSigner.Detached([key], new ArrayBufferWriter<byte>(), new SigningOptions());

        Assert.Equal([hash], signer.HashAlgorithms);
    }

    [Fact]
    public void AKeyOnALargerCurveHasALongerHash()
    {
        Assert.True(PublicKey.TryRead(ForgedKey.EcdsaP384(ForgedCertificate.Made).Body, false, out var key, out _));
        using var signer = MessageSigner.Detached([key], new ArrayBufferWriter<byte>(), new SigningOptions());

        Assert.Equal([HashAlgorithm.Sha384], signer.HashAlgorithms);
    }

    [Theory]
    [InlineData("one\ntwo\n", "one\ntwo\n", "SHA256")]
    [InlineData("one\ntwo", "one\ntwo\n", "SHA256")]
    [InlineData("one \t\r\n\r\n- two\r\nFrom me\r\n-----BEGIN PGP\r\n", "one\n\n- - two\n- From me\n- -----BEGIN PGP\n", "SHA256")]
    [InlineData("", "\n", "SHA256")]
    [InlineData("\n", "\n", "SHA256")]
    public void TheCleartextFrameworkShowsTheTextAsItIsSigned(string text, string shown, string hash)
    {
        using var certificate = Signer.Read("v4-nistp");
        foreach (var (ending, lineEnd) in new[] { (LineEnding.Lf, "\n"), (LineEnding.CrLf, "\r\n") })
        {
            var options = new SigningOptions { LineEnding = ending };
            string signed = Encoding.ASCII.GetString(
                Signer.Sign(SignatureForm.Cleartext, Encoding.ASCII.GetBytes(text), options, certificate.SigningKey()));
            string expected = $"-----BEGIN PGP SIGNED MESSAGE-----\nHash: {hash}\n\n{shown}-----BEGIN PGP SIGNATURE-----\n";
            Assert.StartsWith(expected.ReplaceLineEndings(lineEnd), signed, StringComparison.Ordinal);
            Assert.EndsWith("-----END PGP SIGNATURE-----" + lineEnd, signed, StringComparison.Ordinal);
            Assert.True(Assert.Single(Signer.Verdicts(SignatureForm.Cleartext, Encoding.ASCII.GetBytes(signed), [], certificate.Certificate)).IsGood);
        }
    }

    [Fact]
    public void SignaturesOfVersion6AloneNeedNoHashHeader()
    {
        using var certificate = Signer.Read("v6-nistp");
        string signed = Encoding.ASCII.GetString(Signer.Sign(SignatureForm.Cleartext, Text, new SigningOptions(), certificate.SigningKey()));

        Assert.StartsWith("-----BEGIN PGP SIGNED MESSAGE-----\r\n\r\n", signed, StringComparison.Ordinal);
    }

    [Fact]
    public void WhoHoldsTheSecretNeedNotSeeTheData()
    {
        using var certificate = Signer.Read("v6-25519-annex-a-4");
        var secret = certificate.SigningKey();
        var output = new ArrayBufferWriter<byte>();
        using var signer = MessageSigner.Detached([secret.PublicKey], output, new SigningOptions());
        signer.Write(Text);
        var pending = Assert.Single(signer.Finish());
        Assert.Equal(0, output.WrittenCount);
        byte[] values = secret.SignDigest(pending.HashAlgorithm, pending.Digest.Span);
        signer.Complete([pending.Complete(values)]);

        Assert.True(Assert.Single(Signer.Verdicts(SignatureForm.Detached, output.WrittenSpan.ToArray(), Text, certificate.Certificate)).IsGood);
    }

    [Fact]
    public void AWrongSignatureNeverLeaves()
    {
        using var certificate = Signer.Read("v4-rsa");
        using var other = Signer.Read("v4-legacy");
        var secret = certificate.SigningKey();
        using var signer = MessageSigner.Detached([secret.PublicKey], new ArrayBufferWriter<byte>(), new SigningOptions());
        var pending = Assert.Single(signer.Finish());
        byte[] values = secret.SignDigest(pending.HashAlgorithm, pending.Digest.Span);
        values[^1] ^= 1;

        Assert.Throws<CryptographicException>(() => pending.Complete(values));
        Assert.Throws<CryptographicException>(() => pending.Complete([]));
        Assert.Throws<ArgumentException>(() => pending.Complete(other.SigningKey()));
    }

    [Theory]
    [InlineData("v4-rsa")]
    [InlineData("v4-nistp")]
    [InlineData("v4-legacy")]
    [InlineData("v4-ed25519-x25519")]
    [InlineData("v6-rsa")]
    [InlineData("v6-nistp")]
    [InlineData("v6-25519-annex-a-4")]
    public void ASignatureIsMadeOfTheBareNumbersThatACardGives(string folder)
    {
        using var certificate = Signer.Read(folder);
        var secret = certificate.SigningKey();
        var output = new ArrayBufferWriter<byte>();
        using var signer = MessageSigner.Detached([secret.PublicKey], output, new SigningOptions());
        signer.Write(Text);
        var pending = Assert.Single(signer.Finish());
        byte[][] numbers = BareNumbers(secret, pending);
        signer.Complete([numbers is [var number] ? pending.CompleteWithNumber(number) : pending.CompleteWithPair(numbers[0], numbers[1])]);

        Assert.True(Assert.Single(Signer.Verdicts(SignatureForm.Detached, output.WrittenSpan.ToArray(), Text, certificate.Certificate)).IsGood);
    }

    [Theory]
    [InlineData("v4-rsa")]
    [InlineData("v4-nistp")]
    [InlineData("v4-legacy")]
    [InlineData("v4-ed25519-x25519")]
    [InlineData("v6-25519-annex-a-4")]
    [InlineData("v6-ed448-x448")]
    public void WrongNumbersNeverLeaveAsASignature(string folder)
    {
        using var certificate = Signer.Read(folder);
        using var signer = MessageSigner.Detached([certificate.SigningKey().PublicKey], new ArrayBufferWriter<byte>(), new SigningOptions());
        var pending = Assert.Single(signer.Finish());
        foreach (byte[] number in new byte[][] { [], [1], new byte[32], new byte[256], [.. Enumerable.Repeat((byte)0xFF, 5000)], new byte[100_000] })
        {
            Assert.Throws<CryptographicException>(() => pending.CompleteWithNumber(number));
            Assert.Throws<CryptographicException>(() => pending.CompleteWithPair(number, number));
            Assert.Throws<CryptographicException>(() => pending.CompleteWithPair(number, []));
        }
    }

    [Fact]
    public void ASaltOfItsOwnGoesIntoEachSignatureOfVersion6()
    {
        using var certificate = Signer.Read("v6-25519-annex-a-4");
        var salts = Enumerable.Range(0, 10).Select(_ =>
        {
            byte[] signed = Signer.Sign(SignatureForm.Detached, Text, new SigningOptions { Armor = false }, certificate.SigningKey());
            byte[] body = Assert.Single(InlineMessage.Packets(signed)).Body.ToArray();
            Assert.True(Signature.TryRead(body, out var signature, out string? reason), reason);
            Assert.Equal(32, signature.Salt.Length);
            return Convert.ToHexString(signature.Salt.Span);
        });

        Assert.Equal(10, salts.Distinct().Count());
    }

    [Fact]
    public void TimeAndUserIdAreWhatTheOptionsSay()
    {
        using var certificate = Signer.Read("v4-legacy");
        var options = new SigningOptions { SignersUserId = new UserId("user@example.org"u8), Time = new FixedTime(ForgedCertificate.Day("2025-06-01")) };
        byte[] signed = Signer.Sign(SignatureForm.Detached, Text, options, certificate.SigningKey());

        var verdict = Assert.Single(Signer.Verdicts(SignatureForm.Detached, signed, Text, certificate.Certificate));
        Assert.True(verdict.IsGood);
        Assert.Equal((ForgedCertificate.Day("2025-06-01"), "user@example.org"), (verdict.CreatedAt, verdict.SignersUserId?.Text));
    }

    [Fact]
    public void WhatCanNotSignIsRefusedBeforeAnythingIsWritten()
    {
        using var certificate = Signer.Read("v4-legacy");
        var encryption = certificate.DecryptionKeys[0].PublicKey;
        var signing = certificate.SigningKey().PublicKey;
        var output = new ArrayBufferWriter<byte>();

        Assert.Throws<ArgumentException>(() => MessageSigner.Detached([encryption], output, new SigningOptions()));
        Assert.Throws<ArgumentException>(() => MessageSigner.Detached([], output, new SigningOptions()));
        Assert.Throws<ArgumentException>(() => MessageSigner.Detached([.. Enumerable.Repeat(signing, 17)], output, new SigningOptions()));
        Assert.Equal(0, output.WrittenCount);
    }

    [Fact]
    public void MoreCleartextThanAReaderTakesIsRefused()
    {
        using var certificate = Signer.Read("v4-legacy");
        using var signer = MessageSigner.Cleartext([certificate.SigningKey().PublicKey], new ArrayBufferWriter<byte>(), new SigningOptions());
        byte[] quarter = new byte[CleartextMessage.MaxLength / 4];
        for (int i = 0; i < 4; i++)
            signer.Write(quarter);

        Assert.Throws<ArgumentException>(() => signer.Write([0]));
    }

    private sealed class FixedTime(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }

    private static byte[][] BareNumbers(SecretKey key, PendingSignature pending)
    {
        ReadOnlyMemory<byte> values = key.SignDigest(pending.HashAlgorithm, pending.Digest.Span);
        if (key.PublicKey.Material is PublicKeyMaterial.Ed25519)
            return [values.Span[..32].ToArray(), values.Span[32..].ToArray()];

        int length = key.PublicKey.Material is PublicKeyMaterial.EdDsaLegacy ? 32 : 0;
        var numbers = new List<byte[]>();
        while (Mpi.TryRead(ref values, strict: true, out var number))
            numbers.Add([.. new byte[Math.Max(0, length - number.Length)], .. number.Span]);
        return [.. numbers];
    }
}
