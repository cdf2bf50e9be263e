using System.Text;
using MilterCrypt.Engine.Custody;
using MilterCrypt.Engine.Custody.GpgAgent;
using MilterCrypt.Native.LibC;
using MilterCrypt.OpenPgp;
using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Messages;
using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.TestSupport;
using MilterCrypt.TestSupport.Peers;
using MilterCrypt.TestSupport.Processes;

namespace MilterCrypt.Engine.Tests.Custody.GpgAgent;

/// <summary>With gpg's own agent.</summary>
public sealed class GpgAgentSourceTests
{
    private static readonly byte[] Text = Encoding.UTF8.GetBytes("Für Bob.\n" + new string('x', 5000));

    public static TheoryData<string, string> Kinds { get; } = new()
    {
        { "rsa2048", "rsa2048" },
        { "rsa3072", "rsa3072" },
        { "ed25519", "cv25519" },
        { "nistp256", "nistp256" },
        { "nistp384", "nistp384" },
        { "nistp521", "nistp521" },
        { "brainpoolP256r1", "brainpoolP256r1" },
        { "brainpoolP384r1", "brainpoolP384r1" },
        { "brainpoolP512r1", "brainpoolP512r1" },
        { "dsa2048", "elg2048" },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task EachKindOfKeySignsAndOpensWhatGpgAndSqAndWeWrite(string primary, string subkey)
    {
        await using var bob = await AgentOwner.AppearAsync(primary, subkey);
        await AssertSignsAndOpensAsync(bob);

        if (await Peer.FindAsync("sq") is PeerFinding.Found(var sq) && subkey is not "elg2048" && !subkey.StartsWith("brainpool", StringComparison.Ordinal))
            Assert.Equal(Text, await bob.OpenAsync((await sq.EncryptAsync(bob.Keys, Text, MessageForm.Binary, sign: false)).OrThrow().Output));
    }

    [Theory]
    [InlineData("rsa2048", "rsa2048")]
    [InlineData("ed25519", "cv25519")]
    [InlineData("nistp384", "nistp384")]
    public async Task TheSameWithGpg24(string primary, string subkey)
    {
        if (PeerHost.Trixie.WhyNot("gpg-agent") is { } missing)
            Assert.Skip(missing);
        await using var bob = await AgentOwner.AppearAsync(primary, subkey, host: PeerHost.Trixie);
        await AssertSignsAndOpensAsync(bob);
    }

    [Fact]
    public async Task EachUseIsToldToTheAudit()
    {
        await using var carol = await AgentOwner.AppearAsync("ed25519", "cv25519");
        await using var bob = await AgentOwner.AppearAsync("ed25519", "cv25519");
        await bob.SignAsync(Text);
        await bob.OpenAsync(bob.Encrypt(Text));
        await bob.Home.StopAgentAsync();
        await Assert.ThrowsAsync<SecretKeyException>(() => bob.SignAsync(Text));
        var elsewhere = bob.SourceAt(carol.Home.AgentSocket);
        await Assert.ThrowsAsync<SecretKeyException>(() => bob.SignAsync(Text, elsewhere));
        await Assert.ThrowsAsync<SecretKeyException>(() => bob.OpenAsync(bob.Encrypt(Text), elsewhere));

        KeyUseFact Fact(KeyOperation operation, KeyUseOutcome outcome) => new(
            operation, [(operation == KeyOperation.Sign ? bob.SigningKey : bob.EncryptionKey).Fingerprint],
            operation == KeyOperation.Sign ? HashAlgorithm.Sha512 : null, AgentOwner.Use, SocketPeer.Ourselves, outcome);
        KeyUseFact[] told =
        [
            Fact(KeyOperation.Sign, KeyUseOutcome.Done), Fact(KeyOperation.Open, KeyUseOutcome.Done), Fact(KeyOperation.Sign, KeyUseOutcome.Refused),
            Fact(KeyOperation.Sign, KeyUseOutcome.NoSuchKey), Fact(KeyOperation.Open, KeyUseOutcome.NoSuchKey),
        ];
        Assert.Equal(told.Select(Shown), bob.Uses.Select(Shown));

        static string Shown(KeyUseFact fact) => $"{fact.Operation} {string.Join(' ', fact.Keys)} {fact.Hash} {fact.Use} {fact.Asker} {fact.Outcome}";
    }

    [Theory]
    [InlineData("rsa2048", "rsa2048")]
    [InlineData("ed25519", "cv25519")]
    public async Task ADamagedSessionKeyIsNoErrorAndShowsAtTheMessagesEnd(string primary, string subkey)
    {
        await using var bob = await AgentOwner.AppearAsync(primary, subkey);
        byte[] message = bob.Encrypt(Text);

        // The first packet's end; its length is in one octet, or in two (RFC 9580 §4.2.1).
        int end = message[1] < 192 ? 2 + message[1] : 3 + ((message[1] - 192) << 8) + message[2] + 192;
        message[end - 3] ^= 1;

        Assert.Null(await bob.OpenAsync(message));
        Assert.Equal(KeyUseOutcome.Done, Assert.Single(bob.Uses).Outcome);
    }

    [Fact]
    public async Task WhatIsForNoneOfTheKeysIsNotAsked()
    {
        await using var bob = await AgentOwner.AppearAsync("ed25519", "cv25519");
        await using var carol = await AgentOwner.AppearAsync("ed25519", "cv25519");
        using var reader = new MessageReader(new HeldPlaintext(), new ReadingOptions());
        reader.Write(carol.Encrypt(Text));
        await bob.Home.StopAgentAsync();

        Assert.Null(await bob.Source.OpenAsync(reader.SessionKeyWanted!, [bob.EncryptionKey, bob.SigningKey], AgentOwner.Use, AgentOwner.Ct));
    }

    [Fact]
    public async Task AKeyThatTheAgentDoesNotHaveIsNotHeldAndAnErrorWhereItIsUsed()
    {
        await using var bob = await AgentOwner.AppearAsync("ed25519", "cv25519");
        await using var carol = await AgentOwner.AppearAsync("ed25519", "cv25519");
        var source = bob.SourceAt(carol.Home.AgentSocket);

        Assert.False(await source.HoldsAsync(bob.Certificate.Fingerprint, bob.SigningKey, KeyOperation.Sign, AgentOwner.Ct));
        Assert.Contains(
            $"gpg-agent doesn't have the secret key {bob.SigningKey.Fingerprint}",
            (await Assert.ThrowsAsync<SecretKeyException>(() => bob.SignAsync(Text, source))).Message, StringComparison.Ordinal);
        Assert.Contains(
            $"gpg-agent has none of the secret keys {bob.EncryptionKey.Fingerprint}",
            (await Assert.ThrowsAsync<SecretKeyException>(() => bob.OpenAsync(bob.Encrypt(Text), source))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task KeysOfVersion6AreNobodysHereAndNotEvenAskedFor()
    {
        await using var bob = await AgentOwner.AppearAsync("ed25519", "cv25519");
        var source = bob.SourceAt("/nonexistent/S.gpg-agent");
        var v6 = Certificate.Read(File.ReadAllBytes(Repository.PathOf("tests/vectors/openpgp-rfc9580/annex-a/a3-certificate.asc")));

        Assert.False(await source.HoldsAsync(v6.Fingerprint, v6.PrimaryKey, KeyOperation.Sign, AgentOwner.Ct));
        await Assert.ThrowsAsync<SecretKeyException>(async () => await source.HoldsAsync(bob.Certificate.Fingerprint, bob.SigningKey, KeyOperation.Sign, AgentOwner.Ct));
    }

    [Fact]
    public async Task AnAgentThatIsGoneIsAnErrorAndOneThatIsBackWorksOnWithoutAWord()
    {
        await using var bob = await AgentOwner.AppearAsync("ed25519", "cv25519");
        await bob.SignAsync(Text);
        await bob.Home.StopAgentAsync();
        await Assert.ThrowsAsync<SecretKeyException>(() => bob.SignAsync(Text));
        await bob.Home.StartAgentAsync();
        await bob.SignAsync(Text);

        // And where nobody noticed that it was gone.
        await bob.Home.StopAgentAsync();
        await bob.Home.StartAgentAsync();
        Assert.Equal(Text, await bob.OpenAsync(bob.Encrypt(Text)));
    }

    [Fact]
    public async Task ManyAtOnceShareAFewConnections()
    {
        await using var bob = await AgentOwner.AppearAsync("ed25519", "cv25519");
        await using var relay = FakeAgent.Relaying(bob.Home.AgentSocket, static line => line);
        var source = bob.SourceAt(relay.Socket);
        byte[] message = bob.Encrypt(Text);
        await Task.WhenAll(Enumerable.Range(0, 40).Select(async i =>
        {
            if (i % 2 == 0)
                await bob.SignAsync(Text, source);
            else
                Assert.Equal(Text, await bob.OpenAsync(message, source));
        }));

        Assert.InRange(relay.Connections, 1, 4);
        await bob.SignAsync(Text, source);
        Assert.InRange(relay.Connections, 1, 4);
    }

    [Fact]
    public async Task ALockedKeyIsAnErrorThatSaysWhatToDoUntilItsPassphraseIsPreset()
    {
        await using var bob = await AgentOwner.AppearAsync("rsa2048", "cv25519", "correct horse", "allow-preset-passphrase\n");
        byte[] message = bob.Encrypt(Text);

        // gpg gave the agent the passphrase when the key was made.
        await bob.Home.TellAgentAsync("RELOADAGENT");
        Assert.True(await bob.Source.HoldsAsync(bob.Certificate.Fingerprint, bob.SigningKey, KeyOperation.Sign, AgentOwner.Ct));
        foreach (var attempt in new Func<Task>[] { () => bob.SignAsync(Text), () => bob.OpenAsync(message) })
        {
            string reason = (await Assert.ThrowsAsync<SecretKeyException>(attempt)).Message;
            Assert.Contains("wants a passphrase", reason, StringComparison.Ordinal);
            Assert.Contains("gpg-preset-passphrase", reason, StringComparison.Ordinal);
        }

        foreach (var key in new[] { bob.SigningKey, bob.EncryptionKey })
        {
            string[] preset = [$"GNUPGHOME={bob.Home.Root}", "/usr/lib/gnupg/gpg-preset-passphrase", "--preset", "-P", "correct horse", KeyGrip.Of(key)!];
            (await Command.RunAsync("env", preset, default, AgentOwner.Ct)).OrThrow();
        }

        await bob.SignAsync(Text);
        Assert.Equal(Text, await bob.OpenAsync(message));
    }

    [Fact]
    public async Task ARestrictedSocketIsToldAsSuch()
    {
        await using var bob = await AgentOwner.AppearAsync("ed25519", "cv25519");
        var source = bob.SourceAt(bob.Home.AgentSocket + ".extra");

        string reason = (await Assert.ThrowsAsync<SecretKeyException>(() => bob.SignAsync(Text, source))).Message;
        Assert.Contains("is it the socket S.gpg-agent", reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AFileMayStandForTheSocket()
    {
        await using var bob = await AgentOwner.AppearAsync("ed25519", "cv25519");
        using var folder = new TestDirectory();
        string file = folder.Write("S.gpg-agent", $"%Assuan%\nsocket={bob.Home.AgentSocket}\n");
        await bob.SignAsync(Text, bob.SourceAt(file));

        foreach (string wrong in new[] { "%Assuan%\nsocket=relative\n", "%Assuan%\nsocket=${HOME}/s\n", "%Assuan%\n", "socket=/x", "%Assuan%\nsocket=/x\nmore=1\n", new string('/', 5000), $"%Assuan%\nsocket=/{new string('x', 200)}\n" })
        {
            folder.Write("S.gpg-agent", wrong);
            await Assert.ThrowsAsync<SecretKeyException>(() => bob.SignAsync(Text, bob.SourceAt(file)));
        }
    }

    private static async Task AssertSignsAndOpensAsync(AgentOwner bob)
    {
        Assert.True(await bob.Source.HoldsAsync(bob.Certificate.Fingerprint, bob.SigningKey, KeyOperation.Sign, AgentOwner.Ct));
        Assert.True(await bob.Source.HoldsAsync(bob.Certificate.Fingerprint, bob.EncryptionKey, KeyOperation.Open, AgentOwner.Ct));

        byte[] signature = await bob.SignAsync(Text);
        var verdict = Assert.Single(await new Pgp().VerifyAsync(new MemoryStream(Text), signature, [bob.Certificate], AgentOwner.Ct));
        Assert.True(verdict.IsGood, verdict.Problem);
        (await bob.Home.RunAsync(["--verify", bob.Home.Write("signature", signature), bob.Home.Write("text", Text)])).OrThrow();

        // Nothing is written to ElGamal keys here; what others wrote is read.
        if (bob.EncryptionKey.Material is not PublicKeyMaterial.ElGamal)
        {
            Assert.Equal(Text, await bob.OpenAsync(bob.Encrypt(Text)));
            Assert.Equal(Text, await bob.OpenAsync(bob.Encrypt(Text, isAnonymous: true)));
        }

        foreach (string recipient in new[] { "--recipient-file", "--hidden-recipient-file" })
        {
            byte[] message = (await bob.Home.RunAsync([recipient, bob.Home.Write("certificate", bob.Keys.Certificate), "--encrypt"], Text)).OrThrow().Output;
            Assert.Equal(Text, await bob.OpenAsync(message));
        }
    }
}
