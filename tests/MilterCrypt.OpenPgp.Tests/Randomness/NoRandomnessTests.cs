using System.Buffers;
using System.Security.Cryptography;
using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Messages;
using MilterCrypt.OpenPgp.Secrets;
using MilterCrypt.OpenPgp.SessionKeys;
using MilterCrypt.OpenPgp.Tests.Messages;
using MilterCrypt.TestSupport.Peers;

namespace MilterCrypt.OpenPgp.Tests.Randomness;

/// <summary>A system that has no randomness, at each moment at which some is needed: nothing is encrypted or signed without
/// it, and nothing is left behind.</summary>
public sealed class NoRandomnessTests
{
    private static readonly byte[] Text = [.. Enumerable.Repeat("Tea at five? "u8.ToArray(), 2000).SelectMany(words => words)];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string, int> Encryptions => new()
    {
        { "version 1", 2 },
        { "version 2", 2 },
        { "version 1, passphrase", 3 },
        { "version 2, passphrase", 4 },
        { "version 2, signed", 3 },
    };

    [Theory]
    [MemberData(nameof(Encryptions))]
    public void NothingIsEncryptedWithoutRandomness(string form, int needed)
    {
        using var alice = Signer.Read("v6-25519-annex-a-4");
        for (int failing = 1; failing <= needed; failing++)
        {
            using var buffers = new WatchedBuffers();
            using var random = new FailingRandom(failing);
            var output = new ArrayBufferWriter<byte>();

            var failure = Assert.Throws<CryptographicException>(() => Encrypt(form, alice, random, buffers, output));

            Assert.Equal(FailingRandom.Message, failure.Message);
            Assert.False(IsMessage(output.WrittenSpan), $"call {failing}");
            Assert.Equal(-1, output.WrittenSpan.IndexOf("Tea"u8));
            buffers.AreCleared();
        }

        // These are all the calls there are.
        using var all = new WatchedBuffers();
        using var enough = new FailingRandom(needed + 1);
        var message = new ArrayBufferWriter<byte>();
        Encrypt(form, alice, enough, all, message);
        Assert.Equal(needed, enough.Calls);
        Assert.True(IsMessage(message.WrittenSpan));
        all.AreCleared();
    }

    [Theory]
    [InlineData(SignatureForm.Detached)]
    [InlineData(SignatureForm.Cleartext)]
    [InlineData(SignatureForm.Inline)]
    public void NothingIsSignedInVersion6WithoutASalt(SignatureForm form)
    {
        using var alice = Signer.Read("v6-25519-annex-a-4");
        using var buffers = new WatchedBuffers();
        using var random = new FailingRandom(1);
        var keys = new[] { alice.SigningKey().PublicKey };
        var output = new ArrayBufferWriter<byte>();
        var options = new SigningOptions { Random = random };

        Assert.Throws<CryptographicException>(() => form switch
        {
            SignatureForm.Cleartext => MessageSigner.Cleartext(keys, output, options),
            SignatureForm.Inline => MessageSigner.Inline(keys, output, options, buffers.Pool),
            _ => MessageSigner.Detached(keys, output, options),
        });

        Assert.Equal(0, output.WrittenCount);
        buffers.AreCleared();
    }

    [Fact]
    public async Task TheFrontDoorWritesNothingThatCouldBeTakenForAMessageOrASignature()
    {
        using var alice = Signer.Read("v6-25519-annex-a-4");
        for (int failing = 1; failing <= 3; failing++)
        {
            using var buffers = new WatchedBuffers();
            using var random = new FailingRandom(failing);
            var pgp = new Pgp { Random = random, Buffers = buffers.Pool, Armor = false };
            var message = new MemoryStream();

            await Assert.ThrowsAsync<CryptographicException>(
                () => pgp.EncryptAsync(new MemoryStream(Text), message, [alice.Certificate], [alice], Token));

            Assert.True(random.HasFailed);
            Assert.False(IsMessage(message.ToArray()));
            buffers.AreCleared();
        }

        using var none = new FailingRandom(1);
        var signature = new MemoryStream();
        await Assert.ThrowsAsync<CryptographicException>(
            () => new Pgp { Random = none }.SignAsync(new MemoryStream(Text), signature, [alice], Token));
        Assert.Equal(0, signature.Length);
    }

    [Fact]
    public void WithoutRandomnessNoSessionKeyIsOpenedSinceAFailureCouldNotBeHidden()
    {
        using var alice = Signer.Read("v4-rsa");
        using var sent = SessionKeys.Sending.Key(3, OpenPgp.Packets.SymmetricAlgorithm.Aes256);
        var packet = SessionKeys.Sending.Packet(sent, alice.DecryptionKeys[0].PublicKey);
        using var random = new FailingRandom(1);

        Assert.Throws<CryptographicException>(() => SessionKeyOpener.Open([packet], alice.DecryptionKeys, 3, null, random));
    }

    private static void Encrypt(string form, SecretCertificate alice, RandomNumberGenerator random, WatchedBuffers buffers, ArrayBufferWriter<byte> output)
    {
        bool isV2 = form.StartsWith("version 2", StringComparison.Ordinal);
        bool isForPassphrase = form.EndsWith("passphrase", StringComparison.Ordinal);
        SecretKey[] signers = form.EndsWith("signed", StringComparison.Ordinal) ? [alice.SigningKey()] : [];
        var options = new EncryptionOptions
        {
            Armor = false,
            Random = random,
            Buffers = buffers.Pool,
            Passphrases = isForPassphrase ? ["password"u8.ToArray()] : [],
            PassphrasesNeedRfc9580 = isV2,
            Signers = [.. signers.Select(signer => signer.PublicKey)],
        };
        EncryptionRecipient[] recipients = isForPassphrase
            ? []
            : [new EncryptionRecipient(alice.DecryptionKeys[0].PublicKey, isV2 ? EncryptionKeys.V2 : EncryptionKeys.V1)];
        using var encryptor = MessageEncryptor.Create(recipients, output, options);
        encryptor.Write(Text);
        encryptor.Complete(signers);
    }

    private static bool IsMessage(ReadOnlySpan<byte> output)
    {
        using var scanner = EncryptedMessageScanner.ForBinary();
        scanner.Write(output);
        return scanner.Complete() is EncryptedMessageScan.Encrypted;
    }
}
