using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Messages;
using MilterCrypt.OpenPgp.Tests.Messages;
using MilterCrypt.TestSupport;

namespace MilterCrypt.OpenPgp.Tests;

public sealed class PgpTests
{
    private static readonly string[] Owners =
        ["v4-ed25519-x25519", "v4-legacy", "v4-nistp", "v4-rsa", "v6-25519-annex-a-4", "v6-ed25519-x448", "v6-ed448-x448", "v6-nistp", "v6-rsa"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string> Everybody => [.. Owners];

    [Theory]
    [MemberData(nameof(Everybody))]
    public async Task WhatIsEncryptedToACertificateItsSecretKeyOpens(string owner)
    {
        using var secret = Secret(owner);
        var certificate = Certificate.Read(secret.Certificate.ToArray());
        foreach (bool armor in (bool[])[true, false])
        {
            var pgp = new Pgp { Armor = armor };
            foreach (int length in (int[])[0, 1, 10_000, 300_000])
            {
                byte[] text = Encrypting.Plaintext(length);
                byte[] message = await EncryptAsync(pgp, text, certificate);
                Assert.Equal(armor, message[0] == (byte)'-');

                var output = new MemoryStream();
                var content = await pgp.DecryptAsync(new MemoryStream(message), output, [secret], [], Token);

                Assert.Equal(text, output.ToArray());
                Assert.NotNull(content.Encryption);
                Assert.Empty(content.Signatures);
            }
        }
    }

    [Fact]
    public async Task EachOfSeveralRecipientsOpensTheMessage()
    {
        var secrets = Owners.Select(Secret).ToList();
        byte[] message = await EncryptAsync(new Pgp(), [1, 2, 3], [.. secrets.Select(secret => secret.Certificate)]);

        foreach (var secret in secrets)
        {
            var output = new MemoryStream();
            await new Pgp().DecryptAsync(new MemoryStream(message), output, [secret], [], Token);
            Assert.Equal([1, 2, 3], output.ToArray());
            secret.Dispose();
        }
    }

    [Fact]
    public async Task AMessageForSomebodyElseIsRefusedWithAWord()
    {
        using var bob = Secret("v4-rsa");
        using var eve = Secret("v6-rsa");
        byte[] message = await EncryptAsync(new Pgp(), [1], bob.Certificate);
        var output = new MemoryStream();

        var refused = await Assert.ThrowsAsync<OpenPgpException>(
            () => new Pgp().DecryptAsync(new MemoryStream(message), output, [eve], [], Token));

        Assert.Equal("the message is not encrypted to any of the keys", refused.Message);
        Assert.Equal(MessageRefusalKind.NoKey, refused.Refusal?.Kind);
        Assert.Equal(0, output.Length);
    }

    [Theory]
    [MemberData(nameof(Everybody))]
    public async Task NothingComesOutOfAMessageWithAnyOctetChanged(string owner)
    {
        using var secret = Secret(owner);
        var pgp = new Pgp { Armor = false };
        byte[] message = await EncryptAsync(pgp, Encrypting.Plaintext(100), secret.Certificate);

        for (int i = 0; i < message.Length; i++)
        {
            byte[] changed = [.. message];
            changed[i] ^= 0x10;
            var output = new MemoryStream();
            try
            {
                await pgp.DecryptAsync(new MemoryStream(changed), output, [secret], [], Token);

                // Some octets are nobody's: the key ID is only a hint, and the highest bit of an X25519 point is none.
                Assert.Equal(Encrypting.Plaintext(100), output.ToArray());
            }
            catch (OpenPgpException)
            {
                Assert.Equal(0, output.Length);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Everybody))]
    public async Task WhatIsSignedIsVerifiedInsideAMessageAndBesideData(string owner)
    {
        using var alice = Secret(owner);
        using var bob = Secret("v6-rsa");
        byte[] text = Encrypting.Plaintext(100_000);
        var message = new MemoryStream();
        await new Pgp().EncryptAsync(new MemoryStream(text), message, [bob.Certificate], [alice], Token);
        var signature = new MemoryStream();
        await new Pgp().SignAsync(new MemoryStream(text), signature, [alice], Token);

        message.Position = 0;
        var inside = await new Pgp().DecryptAsync(message, new MemoryStream(), [bob], [alice.Certificate], Token);
        var beside = await new Pgp().VerifyAsync(new MemoryStream(text), signature.ToArray(), [alice.Certificate], Token);

        foreach (var verdict in (SignatureVerdict[])[Assert.Single(inside.Signatures), Assert.Single(beside)])
        {
            Assert.True(verdict.IsGood, verdict.Problem);
            Assert.Equal(alice.Certificate.Fingerprint, verdict.Certificate?.Fingerprint);
        }

        text[5] ^= 1;
        var changed = await new Pgp().VerifyAsync(new MemoryStream(text), signature.ToArray(), [alice.Certificate], Token);
        Assert.Equal(SignatureStatus.Bad, Assert.Single(changed).Status);
        var unknown = await new Pgp().VerifyAsync(new MemoryStream(text), signature.ToArray(), [], Token);
        Assert.Equal(SignatureStatus.KeyMissing, Assert.Single(unknown).Status);
    }

    [Fact]
    public async Task AMessageThatWasSignedForSomebodyElseIsNotPassedOnAsIfItWereForTheReader()
    {
        using var alice = Secret("v4-ed25519-x25519");
        using var bob = Secret("v6-rsa");
        using var carol = Secret("v4-rsa");

        // Carol gets a signed message, takes it out of its envelope, and puts it into one for Bob.
        byte[] forwarded = Forwarded(alice, carol.Certificate, bob.Certificate);
        var content = await new Pgp().DecryptAsync(new MemoryStream(forwarded), new MemoryStream(), [bob], [alice.Certificate], Token);

        Assert.Equal(SignatureStatus.NotIntended, Assert.Single(content.Signatures).Status);
    }

    [Theory]
    [InlineData("correct horse battery staple")]
    [InlineData("pässwörd")]
    [InlineData("")]
    public async Task APassphraseOpensWhatWasEncryptedWithItAndNothingElse(string passphrase)
    {
        byte[] text = Encrypting.Plaintext(10_000), secret = System.Text.Encoding.UTF8.GetBytes(passphrase);
        var message = new MemoryStream();
        await new Pgp().EncryptWithPassphraseAsync(new MemoryStream(text), message, secret, Token);

        var output = new MemoryStream();
        await new Pgp().DecryptWithPassphraseAsync(new MemoryStream(message.ToArray()), output, secret, [], Token);
        Assert.Equal(text, output.ToArray());

        var refused = await Assert.ThrowsAsync<OpenPgpException>(() => new Pgp().DecryptWithPassphraseAsync(
            new MemoryStream(message.ToArray()), new MemoryStream(), "wrong"u8.ToArray(), [], Token));
        Assert.Equal(MessageRefusalKind.Undecryptable, refused.Refusal?.Kind);
    }

    [Fact]
    public async Task NothingIsEncryptedToACertificateThatHasEnded()
    {
        using var secret = Secret("v4-rsa");
        var clock = new StoppedClock(secret.Certificate.PrimaryKey.CreatedAt.AddYears(-1));
        var output = new MemoryStream();

        var refused = await Assert.ThrowsAsync<OpenPgpException>(
            () => new Pgp { Clock = clock }.EncryptAsync(new MemoryStream([1]), output, [secret.Certificate], Token));

        Assert.Contains("created in the future", refused.Message, StringComparison.Ordinal);
        Assert.Equal(0, output.Length);
    }

    [Fact]
    public async Task ATextThatIsTooLargeIsRefusedBeforeItTakesMemory()
    {
        using var secret = Secret("v4-rsa");
        byte[] message = await EncryptAsync(new Pgp(), new byte[100_001], secret.Certificate);

        var refused = await Assert.ThrowsAsync<OpenPgpException>(
            () => new Pgp { MaxLength = 100_000 }.DecryptAsync(new MemoryStream(message), new MemoryStream(), [secret], [], Token));

        Assert.Equal(MessageRefusalKind.TooLarge, refused.Refusal?.Kind);
    }

    [Theory]
    [InlineData("")]
    [InlineData("hello")]
    public void WhatIsNoCertificateIsRefusedWithAWord(string text)
    {
        byte[] octets = System.Text.Encoding.ASCII.GetBytes(text);

        Assert.Equal("no OpenPGP data", Assert.Throws<OpenPgpException>(() => Certificate.Read(octets)).Message);
        Assert.Equal("no OpenPGP data", Assert.Throws<OpenPgpException>(() => SecretCertificate.Read(octets)).Message);
    }

    /// <summary>What a signer wrote for one, encrypted to another.</summary>
    private static byte[] Forwarded(SecretCertificate signer, Certificate writtenFor, Certificate reader)
    {
        var key = Assert.IsType<EncryptionVerdict.Usable>(reader.At(DateTimeOffset.UtcNow, AlgorithmPolicy.Default).ForEncryption()).Recipients[0];
        var signing = signer.SigningKey(DateTimeOffset.UtcNow, AlgorithmPolicy.Default, out _)!;
        return Encrypting.Message([1, 2, 3], [key with { Certificate = writtenFor.Fingerprint }], signers: [signing]);
    }

    private static SecretCertificate Secret(string owner) =>
        SecretCertificate.Read(File.ReadAllBytes(Repository.PathOf($"tests/vectors/openpgp-rfc9580/{owner}/tsk.asc")));

    private static async Task<byte[]> EncryptAsync(Pgp pgp, byte[] text, params Certificate[] recipients)
    {
        var message = new MemoryStream();
        await pgp.EncryptAsync(new MemoryStream(text), message, recipients, Token);
        return message.ToArray();
    }

    private sealed class StoppedClock(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
