using MilterCrypt.Engine.Bodies;
using MilterCrypt.Engine.Custody;
using MilterCrypt.Engine.Deciding;
using MilterCrypt.Engine.Mail;
using MilterCrypt.Engine.Policy;
using MilterCrypt.OpenPgp;
using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Certificates.Making;
using MilterCrypt.OpenPgp.Messages;
using MilterCrypt.OpenPgp.Packets;

namespace MilterCrypt.Engine.Tests;

/// <summary>What is encrypted is signed inside, by whom and for whom: the recipient verifies it, and who may not have it signed
/// gets nothing.</summary>
public sealed class SigningTests : IDisposable
{
    private const string Alice = "alice@example.org", Bob = "bob@partner.example";

    private static readonly Envelope Honest = new(Alice, Alice, canRefuseRecipients: true) { MayUseSecretKeys = true };

    private readonly SecretCertificate alice = SecretCertificate.Generate(new KeyGeneration { UserIds = [$"Alice <{Alice}>"] });
    private readonly SecretCertificate bob = SecretCertificate.Generate(new KeyGeneration { UserIds = [Bob], Profile = KeyProfile.Rfc9580 });
    private readonly KeysAtHand keys;
    private readonly Workshop workshop = new();

    public SigningTests()
    {
        keys = new KeysAtHand(alice);
        workshop.Know(Bob, Workshop.Judge(bob.Certificate.ToArray()));
        workshop.Own = new OwnKeys(keys, Find, Nowhere, []);
    }

    [Fact]
    public async Task TheAuthorSignsAndTheRecipientFindsItGood()
    {
        var (outcome, verdict) = await SendAsync(SignMode.Always, Honest);

        Assert.True(verdict?.IsGood, verdict?.Problem);
        Assert.Equal(alice.Certificate.Fingerprint, verdict!.Certificate?.Fingerprint);
        Assert.Equal([bob.Certificate.Fingerprint], verdict.IntendedRecipients);
        var facts = Assert.IsType<MessageOutcome.Rewritten>(outcome).Facts;
        Assert.Contains(alice.Keys, key => key.PublicKey.Fingerprint.Equals(facts.SignedBy));
        Assert.Equal([new KeyUse("4XyZ", "<Alice@Example.org>")], keys.Uses);
    }

    /// <summary>Alice wrote to Mallory, whose forward the second hop signs for Bob: that she meant Bob is not said for her (RFC 9580 §5.2.3.36).</summary>
    [Theory]
    [InlineData("To: bob@partner.example\n", true)]
    [InlineData("To: mallory@example.org\nCc: Bob <BOB@partner.example>\n", true)]
    [InlineData("To: mallory@example.org\n", false)]
    [InlineData("To: mallory@example.org\nResent-To: bob@partner.example\n", false)]
    [InlineData("", false)]
    public async Task BehindTheQueueOnlyWhomTheAuthorNamesIsSaidToBeMeant(string to, bool isMeant)
    {
        var (_, verdict) = await SendAsync(SignMode.Always, Honest with { IsEgress = true }, From + to);
        Assert.True(verdict?.IsGood, verdict?.Problem);
        Assert.Equal(isMeant ? [bob.Certificate.Fingerprint] : [], verdict!.IntendedRecipients);
    }

    public static TheoryData<string, string, string> WhoMayNotAndWhy => new()
    {
        { "an untrusted peer", "451 4.7.1", "the mail server is not trusted with secret keys here" },
        { "nobody logged in", "550 5.7.1", "the client did not log in" },
        { "mallory logged in", "550 5.7.1", "who logged in may not sign as Alice@Example.org" },
        { "mallory logged in as a name alike", "550 5.7.1", "who logged in may not sign as Alice@Example.org" },
        { "two From fields", "550 5.7.1", "there are several From fields" },
        { "two authors", "550 5.7.1", "the From field does not name one author" },
        { "no From field", "550 5.7.1", "there is no From field" },
        { "an author without key", "550 5.7.1", "no key of carol@example.org is known here" },
        { "a key that is not held", "451 4.7.1", "no key to sign as Alice@Example.org is held here" },
        { "an expired certificate", "550 5.7.1", "the key of Alice@Example.org can't be used (expired 2025-03-01)" },
    };

    [Theory]
    [MemberData(nameof(WhoMayNotAndWhy))]
    public async Task WhoMayNotHaveItSignedIsRefusedOrGetsItUnsigned(string who, string code, string reason)
    {
        var envelope = who switch
        {
            "an untrusted peer" => Honest with { MayUseSecretKeys = false },
            "nobody logged in" => new Envelope(Alice, null, true) { MayUseSecretKeys = true },
            "mallory logged in" => new Envelope(Alice, "mallory@example.org", true) { MayUseSecretKeys = true },
            "mallory logged in as a name alike" => new Envelope(Alice, "alice@example.org@evil.example", true) { MayUseSecretKeys = true },
            "an author without key" => new Envelope(Alice, "carol@example.org", true) { MayUseSecretKeys = true },
            _ => Honest,
        };
        string from = who switch
        {
            "two From fields" => "From: alice@example.org\nFrom: alice@example.org\n",
            "two authors" => "From: alice@example.org, bob@example.org\n",
            "no From field" => "",
            "an author without key" => "From: carol@example.org\n",
            _ => From,
        };
        if (who == "a key that is not held")
            workshop.Own = new OwnKeys(new KeysAtHand(bob), Find, Nowhere, []);
        if (who == "an expired certificate")
            workshop.Own = new OwnKeys(keys, (_, at) => Expired(at), Nowhere, []);

        var (refused, _) = await SendAsync(SignMode.Always, envelope, from);
        var refusal = Assert.IsType<MessageOutcome.Refused>(refused);
        Assert.Equal((code, reason), ($"{refusal.Refusal.Code} {refusal.Refusal.EnhancedStatus}", refusal.Reason));
        Assert.Contains($"this message must be signed, but {reason}", refusal.Refusal.Text, StringComparison.Ordinal);

        workshop.Rules.Clear();
        var (unsigned, verdict) = await SendAsync(SignMode.WhenPossible, envelope, from);
        Assert.Equal(reason, Assert.IsType<MessageOutcome.Rewritten>(unsigned).Facts.WhyUnsigned);
        Assert.Null(verdict);
        Assert.Empty(keys.Uses);
    }

    [Theory]
    [InlineData("alice", "*@example.org")]
    [InlineData("*", Alice)]
    public async Task WhomTheListOfSignersNamesMaySignInAnothersName(string user, string address)
    {
        Assert.True(UserPattern.TryParse(user, out var users, out _));
        Assert.True(AddressPattern.TryParse(address, out var addresses, out _));
        Assert.True(UserPattern.TryParse("x", out var nobody, out _));
        workshop.Own = new OwnKeys(keys, Find, Nowhere, [new Signer([nobody], [addresses]), new Signer([users], [addresses])]);

        var (_, verdict) = await SendAsync(SignMode.Always, new Envelope(Alice, "alice", true) { MayUseSecretKeys = true });
        Assert.True(verdict?.IsGood);
    }

    [Theory]
    [InlineData("sales", Alice)]
    [InlineData("alice", "*@example.net")]
    public async Task WhomTheListOfSignersLetsSignAsSomebodyElseMayNotSignAsAlice(string user, string address)
    {
        Assert.True(UserPattern.TryParse(user, out var users, out _));
        Assert.True(AddressPattern.TryParse(address, out var addresses, out _));
        workshop.Own = new OwnKeys(keys, Find, Nowhere, [new Signer([users], [addresses])]);

        var (outcome, _) = await SendAsync(SignMode.Always, new Envelope(Alice, "alice", true) { MayUseSecretKeys = true });
        Assert.IsType<MessageOutcome.Refused>(outcome);
    }

    [Theory]
    [InlineData(SignMode.Always)]
    [InlineData(SignMode.WhenPossible)]
    public async Task AHolderOutOfReachMeansTryAgainWhateverTheRule(SignMode sign)
    {
        keys.OutOfReach = "the key holder is not there";
        var (outcome, _) = await SendAsync(sign, Honest);

        var refused = Assert.IsType<MessageOutcome.Refused>(outcome);
        Assert.Equal((451, "4.7.5", "the key holder is not there"), (refused.Refusal.Code, refused.Refusal.EnhancedStatus, refused.Reason));
        Assert.DoesNotContain("holder", refused.Refusal.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AHolderThatIsLostAmidTheMessageMeansTryAgain()
    {
        await using var message = Begin(SignMode.Always, Honest);
        message.AddRecipient(Bob);
        message.ReadHeader(Letter.Read(From + "\n").Header);
        var pipe = new System.IO.Pipelines.Pipe();
        var reading = message.ReadBodyAsync(pipe.Reader, "4XyZ", TestContext.Current.CancellationToken);
        await pipe.Writer.WriteAsync("half"u8.ToArray(), TestContext.Current.CancellationToken);
        keys.OutOfReach = "killed";
        await pipe.Writer.CompleteAsync();

        Assert.Equal("killed", Assert.IsType<MessageOutcome.Refused>(await reading).Reason);
    }

    [Fact]
    public async Task AReportIsRatherSentUnsignedThanLost()
    {
        var (outcome, verdict) = await SendAsync(SignMode.Always, new Envelope("", null, true) { MayUseSecretKeys = true }, "From: MAILER-DAEMON@example.org\n");

        Assert.Equal("the client did not log in", Assert.IsType<MessageOutcome.Rewritten>(outcome).Facts.WhyUnsigned);
        Assert.Null(verdict);
    }

    [Fact]
    public async Task WhatIsEncryptedAlreadyNeedsNoSignature()
    {
        var (once, _) = await ProcessAsync(SignMode.Never, Honest, Letter.Read(From + "\nhello\n"));
        var untrusted = Honest with { MayUseSecretKeys = false };
        workshop.Rules.Clear();
        var (twice, _) = await ProcessAsync(SignMode.Always, untrusted, new Letter(once.Header, once.Body));
        Assert.Equal("already encrypted", Assert.IsType<MessageOutcome.Unchanged>(twice.Outcome).Reason);

        workshop.Rules.Clear();
        byte[] damaged = [.. once.Body[..^10]];
        var (forged, _) = await ProcessAsync(SignMode.Always, untrusted, new Letter(once.Header, damaged));
        Assert.IsType<MessageOutcome.Refused>(forged.Outcome);
    }

    [Fact]
    public async Task TheStrictestWishOfTheRecipientsCounts()
    {
        workshop.Know("carol@partner.example", Workshop.Judge(bob.Certificate.ToArray()));
        workshop.Rule(EncryptMode.Always, recipients: Bob);
        workshop.Rule(EncryptMode.Always, recipients: "*", sign: SignMode.Always);
        await using var message = workshop.Begin(Honest with { MayUseSecretKeys = false });
        message.AddRecipient(Bob);
        message.AddRecipient("carol@partner.example");
        message.ReadHeader(Letter.Read(From + "\n").Header);

        Assert.IsType<MessageOutcome.Refused>(await message.ReadBodyAsync(Workshop.Feed([1], 1), "4XyZ", TestContext.Current.CancellationToken));
    }

    public void Dispose()
    {
        workshop.Dispose();
        alice.Dispose();
        bob.Dispose();
    }

    private static string From => "From: =?utf-8?q?Alice?= (her) <Alice@Example.org>\nSubject: x\n";

    private CertificateView? Find(MailAddress address, DateTimeOffset at) =>
        address.Is(Alice) ? alice.Certificate.At(at, AlgorithmPolicy.Default) : null;

    private static IReadOnlyList<Fingerprint> Nowhere(PublicKey key) => [];

    private CertificateView Expired(DateTimeOffset at) => alice.Certificate.At(at, AlgorithmPolicy.Default) with { Problem = "expired 2025-03-01" };

    private FilteredMessage Begin(SignMode sign, Envelope envelope)
    {
        workshop.Rule(EncryptMode.Always, sign: sign);
        return workshop.Begin(envelope);
    }

    private async Task<(MessageOutcome Outcome, SignatureVerdict? Verdict)> SendAsync(SignMode sign, Envelope envelope, string? from = null)
    {
        var (processed, verdict) = await ProcessAsync(sign, envelope, Letter.Read((from ?? From) + "\nhello\n"));
        return (processed.Outcome, verdict);
    }

    private async Task<(Processed Processed, SignatureVerdict? Verdict)> ProcessAsync(SignMode sign, Envelope envelope, Letter letter)
    {
        await using var message = Begin(sign, envelope);
        Assert.IsType<RecipientOutcome.Accepted>(message.AddRecipient(Bob));
        Assert.IsType<HeaderOutcome.BodyWanted>(message.ReadHeader(letter.Header));
        var outcome = await message.ReadBodyAsync(Workshop.Feed(letter.Body, 1000), "4XyZ", TestContext.Current.CancellationToken);
        var processed = await Processed.FromAsync(letter, outcome);
        if (outcome is not MessageOutcome.Rewritten)
            return (processed, null);

        using var text = new MemoryStream();
        var content = await new Pgp().DecryptAsync(new MemoryStream(processed.Armor()), text, [bob], [alice.Certificate], TestContext.Current.CancellationToken);
        Assert.Equal(letter.ExpectedPart(), text.ToArray());
        return (processed, content.Signatures.SingleOrDefault());
    }
}
