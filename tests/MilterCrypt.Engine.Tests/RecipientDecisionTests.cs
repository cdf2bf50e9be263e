using MilterCrypt.Engine.Bodies;
using MilterCrypt.Engine.Deciding;
using MilterCrypt.Engine.Keys;
using MilterCrypt.Engine.Mail;
using MilterCrypt.Engine.Policy;

namespace MilterCrypt.Engine.Tests;

public sealed class RecipientDecisionTests
{
    private static readonly KeyAnswer Key = new KeyAnswer.Usable(OpenPgp.Packets.Fingerprint.FromBytes(new byte[20]), []);
    private static readonly KeyAnswer Expired = new KeyAnswer.Unusable("expired 2025-03-01");

    [Fact]
    public async Task ARecipientWithAKeyGetsTheMessageEncrypted()
    {
        using var workshop = new Workshop().Rule(EncryptMode.Always).Know("bob@partner.example", Key);
        await using var message = workshop.Begin();
        var accepted = Assert.IsType<RecipientOutcome.Accepted>(message.AddRecipient("bob@partner.example"));
        Assert.Equal(MessageForm.OpenPgp, accepted.Form);
        Assert.IsType<HeaderOutcome.BodyWanted>(message.ReadHeader([]));
    }

    [Fact]
    public async Task ARecipientWithoutAKeyIsRefusedInWordsThatTheSenderUnderstands()
    {
        using var workshop = new Workshop().Rule(EncryptMode.Always);
        var refusal = await RefusalAsync(workshop, "bob@partner.example");
        Assert.Equal((550, "5.7.1"), (refusal.Code, refusal.EnhancedStatus));
        Assert.Equal(
            "mail to bob@partner.example must be encrypted, but no key of that address is known here; "
            + "ask your administrator to import the recipient's key and send again", refusal.Text);
    }

    [Fact]
    public async Task ARecipientWithAnExpiredKeyIsRefusedAtRcptAndToldWhen()
    {
        using var workshop = new Workshop().Rule(EncryptMode.Always).Know("bob@partner.example", Expired);
        var refusal = await RefusalAsync(workshop, "bob@partner.example");
        Assert.Equal((550, "5.7.1"), (refusal.Code, refusal.EnhancedStatus));
        Assert.Contains("expired 2025-03-01", refusal.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(KeyTrust.Imported, KeyTrust.Imported, true)]
    [InlineData(KeyTrust.Imported, KeyTrust.Verified, true)]
    [InlineData(KeyTrust.Verified, KeyTrust.Verified, true)]
    [InlineData(KeyTrust.Verified, KeyTrust.Imported, false)]
    public async Task AKeyMustBeKnownWellEnoughToBeTheRecipients(KeyTrust minimum, KeyTrust trust, bool isTaken)
    {
        using var workshop = new Workshop().Know("bob@partner.example", ((KeyAnswer.Usable)Key) with { Trust = trust });
        workshop.Rules.Add(new Rule("all", 0, RuleMatch.Everything, new PolicyChoices { Encrypt = EncryptMode.Always, MinimumTrust = minimum }));
        await using var message = workshop.Begin();
        var outcome = message.AddRecipient("bob@partner.example");
        Assert.Equal(isTaken, outcome is RecipientOutcome.Accepted { Form: MessageForm.OpenPgp });
        if (isTaken)
            return;
        var refused = Assert.IsType<RecipientOutcome.Refused>(outcome);
        Assert.Equal((550, "5.7.1"), (refused.Refusal.Code, refused.Refusal.EnhancedStatus));
        Assert.Equal(
            "mail to bob@partner.example must be encrypted, but nobody has verified yet that the key which is known here is the recipient's; "
            + "ask your administrator to compare its fingerprint with the recipient's and send again", refused.Refusal.Text);
    }

    [Theory]
    [InlineData(EncryptMode.WhenPossible, WithoutKey.Reject)]
    [InlineData(EncryptMode.Always, WithoutKey.Clear)]
    public async Task WhatWouldLeaveInClearIsBetterEncryptedToAKeyThatNobodyVerified(EncryptMode encrypt, WithoutKey withoutKey)
    {
        using var workshop = new Workshop().Know("bob@partner.example", Key);
        workshop.Rules.Add(new Rule(
            "all", 0, RuleMatch.Everything, new PolicyChoices { Encrypt = encrypt, WithoutKey = withoutKey, MinimumTrust = KeyTrust.Verified }));
        await using var message = workshop.Begin();
        Assert.Equal(MessageForm.OpenPgp, Assert.IsType<RecipientOutcome.Accepted>(message.AddRecipient("bob@partner.example")).Form);
    }

    [Fact]
    public async Task DeferMakesTheSendingServerTryAgain()
    {
        using var workshop = new Workshop().Rule(EncryptMode.Always, WithoutKey.Defer);
        var refusal = await RefusalAsync(workshop, "bob@partner.example");
        Assert.Equal((450, "4.7.1", true), (refusal.Code, refusal.EnhancedStatus, refusal.IsTemporary));
    }

    [Fact]
    public async Task AReportThatNobodyCanBeToldAboutGoesOnWithoutItsContent()
    {
        using var workshop = new Workshop().Rule(EncryptMode.Always);
        await using var message = workshop.Begin(sender: "");
        Assert.Equal(MessageForm.HeadersOnly, Assert.IsType<RecipientOutcome.Accepted>(message.AddRecipient("bob@partner.example")).Form);
        Assert.IsType<HeaderOutcome.BodyWanted>(message.ReadHeader([]));
        var outcome = await message.ReadBodyAsync(Workshop.Feed("a secret\r\n"u8.ToArray(), 3), "4XyZ", TestContext.Current.CancellationToken);
        using var body = new StreamReader(Assert.IsType<MessageOutcome.Rewritten>(outcome).Body);
        Assert.DoesNotContain("secret", await body.ReadToEndAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task OrWaitsInItsQueueWhereThatIsWanted()
    {
        using var workshop = new Workshop();
        workshop.Rules.Add(new Rule("all", 0, RuleMatch.Everything, new PolicyChoices { Encrypt = EncryptMode.Always, ReportsWithoutKey = ReportsWithoutKey.Defer }));
        var refusal = await RefusalAsync(workshop, "bob@partner.example", sender: "");
        Assert.Equal((450, "4.7.1"), (refusal.Code, refusal.EnhancedStatus));
    }

    [Theory]
    [InlineData(EncryptMode.Always, "alice@example.org", false, null)]
    [InlineData(EncryptMode.Always, "", true, MessageForm.HeadersOnly)]
    [InlineData(EncryptMode.WhenPossible, "alice@example.org", true, MessageForm.Clear)]
    public async Task APieceOfADividedMessageIsNotEncrypted(EncryptMode encrypt, string sender, bool isTaken, MessageForm? form)
    {
        using var workshop = new Workshop().Rule(encrypt).Know("bob@partner.example", Key);
        await using var message = workshop.Begin(sender);
        message.AddRecipient("bob@partner.example");
        var outcome = message.ReadHeader([new HeaderField("Content-Type", " Message/Partial; id=x; number=1"u8.ToArray())]);
        if (!isTaken)
        {
            var refusal = Assert.IsType<HeaderOutcome.Refused>(outcome).Refusal;
            Assert.Equal((554, "5.6.1"), (refusal.Code, refusal.EnhancedStatus));
            return;
        }
        Assert.Equal(form, Assert.Single(message.Recipients).Form);
        Assert.Equal(form == MessageForm.Clear, outcome is HeaderOutcome.Unchanged);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task WhenPossibleLetsMailWithoutKeyPassAndSaysWhy(bool expired)
    {
        using var workshop = new Workshop().Rule(EncryptMode.WhenPossible);
        if (expired)
            workshop.Know("bob@partner.example", Expired);
        await using var message = workshop.Begin();
        var accepted = Assert.IsType<RecipientOutcome.Accepted>(message.AddRecipient("bob@partner.example"));
        Assert.Equal(MessageForm.Clear, accepted.Form);
        Assert.Equal(expired ? "key unusable: expired 2025-03-01" : "no key", accepted.Reason);
        Assert.IsType<HeaderOutcome.Unchanged>(message.ReadHeader([]));
    }

    [Fact]
    public async Task NeverAsksForNoKey()
    {
        using var workshop = new Workshop().Rule(EncryptMode.Never).Know("bob@partner.example", Key);
        await using var message = workshop.Begin();
        Assert.Equal(MessageForm.Clear, Assert.IsType<RecipientOutcome.Accepted>(message.AddRecipient("bob@partner.example")).Form);
        Assert.IsType<HeaderOutcome.Unchanged>(message.ReadHeader([]));
    }

    [Fact]
    public async Task ARecipientWhoNeedsAnotherFormIsAskedToComeSeparately()
    {
        using var workshop = new Workshop().Rule(EncryptMode.WhenPossible).Know("bob@partner.example", Key);
        await using var message = workshop.Begin();
        message.AddRecipient("bob@partner.example");
        var refused = Assert.IsType<RecipientOutcome.Refused>(message.AddRecipient("carol@nokey.example"));
        Assert.Equal((452, "4.5.3"), (refused.Refusal.Code, refused.Refusal.EnhancedStatus));
        Assert.Contains("separately", refused.Refusal.Text, StringComparison.Ordinal);

        Assert.IsType<HeaderOutcome.BodyWanted>(message.ReadHeader([]));
        Assert.Single(message.Recipients);
    }

    [Fact]
    public async Task ARefusedRecipientDoesNotDecideTheForm()
    {
        using var workshop = new Workshop().Rule(EncryptMode.Always, recipients: "*@partner.example").Know("bob@partner.example", Key);
        await using var message = workshop.Begin();
        Assert.IsType<RecipientOutcome.Refused>(message.AddRecipient("nokey@partner.example"));
        Assert.IsType<RecipientOutcome.Accepted>(message.AddRecipient("anybody@elsewhere.example"));
        Assert.IsType<RecipientOutcome.Refused>(message.AddRecipient("bob@partner.example"));
    }

    [Theory]
    [InlineData("alice@example.org", "<bob@partner.example", 553, "5.1.3")]
    [InlineData("alice at example.org", "", 553, "5.1.3")]
    public async Task WhatIsNoAddressIsRefusedSinceNoRuleCanBeAskedAboutIt(string sender, string recipient, int code, string status)
    {
        using var workshop = new Workshop().Rule(EncryptMode.WhenPossible);
        var refusal = await RefusalAsync(workshop, recipient, sender);
        Assert.Equal((code, status), (refusal.Code, refusal.EnhancedStatus));
    }

    [Fact]
    public async Task AnOddSenderIsRefusedOnlyWhereARuleForSendersCouldHaveDecided()
    {
        using var workshop = new Workshop().Rule(EncryptMode.Never, recipients: "*@example.org").SenderRule(EncryptMode.Always, "*@example.org");
        await using var message = workshop.Begin("alice at example.org");
        Assert.IsType<RecipientOutcome.Accepted>(message.AddRecipient("bob@example.org"));
        var refusal = Assert.IsType<RecipientOutcome.Refused>(message.AddRecipient("bob@partner.example")).Refusal;
        Assert.Equal((553, "5.1.7"), (refusal.Code, refusal.EnhancedStatus));
    }

    [Theory]
    [InlineData("a-very-long-name")]
    [InlineData("\u5341\u6587\u5B57\r\n250 OK")]
    public async Task ARefusalIsOneShortLineOfAsciiWhateverTheAddress(string name)
    {
        using var workshop = new Workshop().Rule(EncryptMode.Always);
        string address = $"{string.Concat(Enumerable.Repeat(name, 20))}@partner.example";
        var refusal = await RefusalAsync(workshop, address);
        Assert.All(refusal.Text, c => Assert.InRange(c, ' ', '~'));
        Assert.InRange(refusal.Text.Length, 1, 480);
    }

    [Fact]
    public async Task AnInternationalAddressIsNamedByItsALabels()
    {
        using var workshop = new Workshop().Rule(EncryptMode.Always);
        var refusal = await RefusalAsync(workshop, "info@b\u00FCcher.example");
        Assert.StartsWith("mail to info@xn--bcher-kva.example must", refusal.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LocalSubmissionIsRefusedAsAWholeSoThatItBounces()
    {
        using var workshop = new Workshop().Rule(EncryptMode.Always, WithoutKey.Defer).Know("bob@partner.example", Key);
        await using var message = workshop.Begin(canRefuseRecipients: false);
        Assert.IsType<RecipientOutcome.Accepted>(message.AddRecipient("bob@partner.example"));
        Assert.IsType<RecipientOutcome.RefusedWithMessage>(message.AddRecipient("carol@nokey.example"));
        Assert.IsType<RecipientOutcome.RefusedWithMessage>(message.AddRecipient("dave@nokey.example"));

        var refused = Assert.IsType<HeaderOutcome.Refused>(message.ReadHeader([]));
        Assert.Equal((550, "5.7.1"), (refused.Refusal.Code, refused.Refusal.EnhancedStatus));
        Assert.Contains("carol@nokey.example", refused.Refusal.Text, StringComparison.Ordinal);
        Assert.EndsWith("so it is with 1 more of the recipients; nobody got this message", refused.Refusal.Text, StringComparison.Ordinal);
        Assert.InRange(refused.Refusal.Text.Length, 1, 480);
    }

    [Theory]
    [InlineData(true, 452, "4.5.3")]
    [InlineData(false, 550, "5.5.3")]
    public async Task AMessageHasABoundedNumberOfKeys(bool canRefuseRecipients, int code, string status)
    {
        var twoHundred = SomeKey.New(200);
        using var workshop = new Workshop().Rule(EncryptMode.Always);
        await using var message = workshop.Begin(canRefuseRecipients: canRefuseRecipients);
        for (int i = 0; i < 10; i++)
            Assert.IsType<RecipientOutcome.Accepted>(Add(SomeKey.New(1) with { Recipients = twoHundred.Recipients }));
        var late = Add(SomeKey.New());

        var refusal = late is RecipientOutcome.Refused refused
            ? refused.Refusal
            : Assert.IsType<HeaderOutcome.Refused>(message.ReadHeader([])).Refusal;
        Assert.Equal((code, status), (refusal.Code, refusal.EnhancedStatus));
        Assert.Contains("separately", refusal.Text, StringComparison.Ordinal);
        Assert.Equal(canRefuseRecipients, late is RecipientOutcome.Refused);

        RecipientOutcome Add(KeyAnswer key)
        {
            string address = $"{Guid.NewGuid():N}@partner.example";
            workshop.Know(address, key);
            return message.AddRecipient(address);
        }
    }

    [Fact]
    public async Task RecipientsWhoShareACertificateAreCountedOnce()
    {
        var shared = SomeKey.New(1500);
        using var workshop = new Workshop().Rule(EncryptMode.Always).Know("a@partner.example", shared).Know("b@partner.example", shared);
        await using var message = workshop.Begin();
        Assert.IsType<RecipientOutcome.Accepted>(message.AddRecipient("a@partner.example"));
        Assert.IsType<RecipientOutcome.Accepted>(message.AddRecipient("b@partner.example"));
    }

    [Theory]
    [InlineData("bob%partner.example@here.example")]
    [InlineData("\"bob@partner.example\"@here.example")]
    [InlineData("partner.example!bob@here.example")]
    public async Task LocalSubmissionToWhatMayBeRoutedOnDoesNotLeaveInClearWhereAnyRuleAsksForEncryption(string disguised)
    {
        using var workshop = new Workshop().Rule(EncryptMode.WhenPossible);
        await using var message = workshop.Begin(canRefuseRecipients: false);
        Assert.IsType<RecipientOutcome.RefusedWithMessage>(message.AddRecipient(disguised));

        using var withoutEncryption = new Workshop().Rule(EncryptMode.Never);
        await using var untouched = withoutEncryption.Begin(canRefuseRecipients: false);
        Assert.IsType<RecipientOutcome.Accepted>(untouched.AddRecipient(disguised));
    }

    [Fact]
    public async Task LocalSubmissionToMixedRecipientsNamesBothKinds()
    {
        using var workshop = new Workshop().Rule(EncryptMode.WhenPossible).Know("bob@partner.example", Key);
        await using var message = workshop.Begin(canRefuseRecipients: false);
        message.AddRecipient("bob@partner.example");
        message.AddRecipient("carol@nokey.example");

        var refused = Assert.IsType<HeaderOutcome.Refused>(message.ReadHeader([]));
        Assert.Equal((550, "5.5.3"), (refused.Refusal.Code, refused.Refusal.EnhancedStatus));
        Assert.Contains("bob@partner.example must get this message encrypted", refused.Refusal.Text, StringComparison.Ordinal);
        Assert.Contains("carol@nokey.example can't", refused.Refusal.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ALocalReportThatNobodyCanBeToldAboutStaysInItsQueueWhereItMayNotGoOn()
    {
        using var workshop = new Workshop();
        workshop.Rules.Add(new Rule("all", 0, RuleMatch.Everything, new PolicyChoices { Encrypt = EncryptMode.Always, ReportsWithoutKey = ReportsWithoutKey.Defer }));
        await using var message = workshop.Begin(sender: "", canRefuseRecipients: false);
        message.AddRecipient("carol@nokey.example");
        Assert.True(Assert.IsType<HeaderOutcome.Refused>(message.ReadHeader([])).Refusal.IsTemporary);
    }

    [Fact]
    public async Task AMessageWhoseRecipientsAreNotKnownIsNotLetThrough()
    {
        using var workshop = new Workshop().Rule(EncryptMode.Always);
        await using var message = workshop.Begin();
        Assert.True(Assert.IsType<HeaderOutcome.Refused>(message.ReadHeader([])).Refusal.IsTemporary);
    }

    private static async Task<SmtpRefusal> RefusalAsync(Workshop workshop, string recipient, string sender = "alice@example.org")
    {
        await using var message = workshop.Begin(sender);
        return Assert.IsType<RecipientOutcome.Refused>(message.AddRecipient(recipient)).Refusal;
    }
}
