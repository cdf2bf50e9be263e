using System.Security.Cryptography;
using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.SessionKeys;
using MilterCrypt.OpenPgp.Tests.Messages.Reading;
using MilterCrypt.TestSupport.Peers;

namespace MilterCrypt.OpenPgp.Tests.Messages;

/// <summary>Messages that are signed, then encrypted.</summary>
public sealed class SignedEncryptionTests(GnuPgKeyRing keys) : IClassFixture<GnuPgKeyRing>
{
    private static readonly byte[] Text = Encrypting.Text(150_000);

    public static TheoryData<string> Keys => [.. Signer.Keys];

    [Theory]
    [MemberData(nameof(Keys))]
    public void TheSignatureInsideIsGoodAndNamesTheRecipients(string key)
    {
        using var bob = Signer.Read(key);
        using var alice = Signer.Read("v4-legacy");
        byte[] message = Encrypting.Message(Text, [.. RecipientsOf(bob), .. RecipientsOf(alice)], signers: [bob.SigningKey()]);

        foreach (var recipient in new[] { bob, alice })
        {
            var read = Read(message, recipient, bob.Certificate);
            Assert.Equal(Text, read.Text);
            var verdict = Assert.Single(read.Content.Signatures);
            Assert.True(verdict.IsGood, verdict.Problem);
            Assert.Equal(bob.Certificate.Fingerprint, verdict.Certificate!.Fingerprint);
            Assert.Equal(
                new[] { bob, alice }.Select(owner => owner.Certificate.Fingerprint).Distinct().Order(Comparer<Fingerprint>.Create(ByText)),
                verdict.IntendedRecipients.Order(Comparer<Fingerprint>.Create(ByText)));
            Assert.True(verdict.IsIntendedFor(alice.Certificate.Fingerprint));
        }
    }

    [Fact]
    public void WhoMustNotBeSeenIsNotNamedAndThenNobodyIs()
    {
        using var bob = Signer.Read("v4-legacy");
        using var alice = Signer.Read("v4-rsa");
        var hidden = RecipientsOf(alice).Select(recipient => recipient with { IsAnonymous = true });
        var unknown = RecipientsOf(alice).Select(recipient => recipient with { Certificate = null });

        foreach (var second in new[] { hidden, unknown })
        {
            var read = Read(Encrypting.Message(Text, [.. RecipientsOf(bob), .. second], signers: [bob.SigningKey()]), bob, bob.Certificate);
            var verdict = Assert.Single(read.Content.Signatures);
            Assert.True(verdict.IsGood, verdict.Problem);
            Assert.Empty(verdict.IntendedRecipients);
        }
    }

    [Fact]
    public void ManyRecipientsAreNamedAndTooManyAreNot()
    {
        using var bob = Signer.Read("v4-ed25519-x25519");
        foreach (var (count, named) in new[] { (500, 500), (501, 0) })
        {
            var recipients = Enumerable.Range(1, count - 1).Select(_ => new EncryptionRecipient(SomeKeys.X25519(), EncryptionKeys.V1)
            {
                Certificate = Fingerprint.FromBytes(RandomNumberGenerator.GetBytes(20)),
            });
            byte[] message = Encrypting.Message([1, 2, 3], [.. RecipientsOf(bob), .. recipients], signers: [bob.SigningKey()]);

            var verdict = Assert.Single(Read(message, bob, bob.Certificate).Content.Signatures);
            Assert.True(verdict.IsGood, verdict.Problem);
            Assert.Equal(named, verdict.IntendedRecipients.Count);
        }
    }

    [Fact]
    public void SeveralSignersSignTheSame()
    {
        using var bob = Signer.Read("v4-legacy");
        using var alice = Signer.Read("v6-25519-annex-a-4");
        byte[] message = Encrypting.Message(Text, RecipientsOf(bob), signers: [bob.SigningKey(), alice.SigningKey()]);

        var verdicts = Read(message, bob, bob.Certificate, alice.Certificate).Content.Signatures;
        Assert.Equal(2, verdicts.Count);
        Assert.All(verdicts, verdict => Assert.True(verdict.IsGood, verdict.Problem));
    }

    [Fact]
    public void AnEmptyTextIsSignedToo()
    {
        using var bob = Signer.Read("v6-nistp");
        byte[] message = Encrypting.Message([], RecipientsOf(bob), signers: [bob.SigningKey()]);

        Assert.True(Assert.Single(Read(message, bob, bob.Certificate).Content.Signatures).IsGood);
    }

    [Fact]
    public void AKeyThatCanNotSignIsRefusedBeforeAnythingIsWritten()
    {
        using var bob = Signer.Read("v4-legacy");
        Assert.Throws<ArgumentException>(() => Encrypting.Message(Text, RecipientsOf(bob), signers: [bob.DecryptionKeys[0]]));
    }

    public static TheoryData<string, string> PeersAndKeys
    {
        get
        {
            var cases = new TheoryData<string, string>();
            foreach (var (peer, key) in PeerKeys.All)
                cases.Add(peer, key);
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(PeersAndKeys))]
    public async Task APeerOpensItAndFindsTheSignatureGood(string name, string key)
    {
        await using var peer = await PeerKeys.FindPeerAsync(name, peer => null);
        PeerKey peerKey = await PeerKeys.FindAsync(keys, key);
        using var bob = Signer.Read(peerKey.SecretKey);
        byte[] message = Encrypting.Message(Text, RecipientsOf(bob), signers: [bob.SigningKey()]);
        var result = await peer.DecryptAsync(peerKey, message, isSigned: true);

        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Equal(Text, result.Output);
    }

    [Theory]
    [MemberData(nameof(PeersAndKeys))]
    public async Task WhatAPeerSignsAndEncryptsIsOpenedAndFoundGood(string name, string key)
    {
        await using var peer = await PeerKeys.FindPeerAsync(name, peer => peer.WhyNotWrite(MessageForm.Default));
        PeerKey peerKey = await PeerKeys.FindAsync(keys, key);
        var result = await peer.EncryptAsync(peerKey, Text, MessageForm.Default, sign: true);
        using var bob = Signer.Read(peerKey.SecretKey);
        var read = Read(result.OrThrow().Output, bob, bob.Certificate);

        Assert.True(read.IsProven, read.Refusal?.Reason);
        Assert.Equal(Text, read.Text);
        var verdict = Assert.Single(read.Content.Signatures);
        Assert.True(verdict.IsGood, verdict.Problem);
        Assert.True(verdict.IsIntendedFor(bob.Certificate.Fingerprint));
    }

    private static int ByText(Fingerprint one, Fingerprint other) => string.CompareOrdinal(one.ToString(), other.ToString());

    private static IReadOnlyList<EncryptionRecipient> RecipientsOf(SecretCertificate certificate) => Assert.IsType<EncryptionVerdict.Usable>(
        certificate.Certificate.At(TimeProvider.System.GetUtcNow(), AlgorithmPolicy.Default).ForEncryption()).Recipients;

    private static ReadMessage Read(byte[] message, SecretCertificate recipient, params Certificate[] signers)
    {
        using var random = RandomNumberGenerator.Create();
        return Reading.Reading.Message(
            message,
            wanted => SessionKeyOpener.Open(wanted.Packets, recipient.DecryptionKeys, wanted.PacketVersion, wanted.Cipher, random),
            signers: signers);
    }
}
