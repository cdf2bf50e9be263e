using System.Security.Cryptography;
using System.Text;
using MilterCrypt.Engine.Bodies;
using MilterCrypt.Engine.Deciding;
using MilterCrypt.Engine.Holding;
using MilterCrypt.Engine.Mail;
using static MilterCrypt.Engine.Tests.Holding.HoldWorkshop;

namespace MilterCrypt.Engine.Tests.Holding;

/// <summary>Who has no key has his mail held, where a rule says so: as ciphertext, whole, once.</summary>
public sealed class HoldingTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task WhoHasNoKeyIsAcceptedAndNothingIsSent(bool canInject)
    {
        await using var filter = new HoldWorkshop(canInject);
        var handed = Assert.IsType<MessageOutcome.HandedOver>(await filter.SendAsync([Erin, Frank]));
        Assert.Equal(MessageForm.Held, Assert.Single(handed.Parts).Form);
        Assert.Empty(filter.Sink.Messages);
        Assert.Equal([Erin, Frank], Assert.Single(filter.All).Left.Select(one => one.Recipient.Address));
        Assert.Equal(filter.All[0].Id, handed.Parts[0].QueueId);
    }

    [Fact]
    public async Task NothingOfTheMessageIsInTheFileInClear()
    {
        await using var filter = new HoldWorkshop();
        await filter.SendAsync([Erin]);
        string text = Encoding.Latin1.GetString(await File.ReadAllBytesAsync(filter.All[0].Path, TestContext.Current.CancellationToken));
        Assert.DoesNotContain("secret", text, StringComparison.Ordinal);
        Assert.DoesNotContain("plans", text, StringComparison.Ordinal);
        Assert.Contains("-----BEGIN PGP MESSAGE-----", text, StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(filter.All[0].Path));
    }

    [Fact]
    public async Task WhatIsHeldComesBackToTheOctetWithItsEnvelope()
    {
        await using var filter = new HoldWorkshop();
        // Octets of all kinds, bare line ends, no line end at the end.
        var letter = Letter("X-Odd: a\n\tb\nx-lower:no blank\n") with { Body = [.. RandomNumberGenerator.GetBytes(300_000), 13, 10, 10, 13, 0, (byte)'x'] };
        await filter.SendAsync([Erin], letter);
        var held = filter.All[0];
        await using var content = await filter.OpenAsync(held);
        Assert.Equal(
            letter.Header.Select(field => $"{field.Name}:{Convert.ToHexString(field.Value.Span)}"), content.Header.Select(field => $"{field.Name}:{Convert.ToHexString(field.Value.Span)}"));
        await using var body = await content.OpenBodyAsync(TestContext.Current.CancellationToken);
        using var all = new MemoryStream();
        await body.CopyToAsync(all, TestContext.Current.CancellationToken);
        Assert.Equal(letter.Body, all.ToArray());

        var (was, now) = (From(), held.Record.Envelope);
        Assert.Equal(
            (was.SenderText, was.GivenSender, was.AuthenticatedUser, was.Client, was.Tls, was.IsLocalSubmission, was.Trace),
            (now.SenderText, now.GivenSender, now.AuthenticatedUser, now.Client, now.Tls, now.IsLocalSubmission, now.Trace));
        Assert.Equal(was.SenderArguments, now.SenderArguments);
        Assert.Equal(["NOTIFY=FAILURE"], held.Record.Recipients[0].Recipient.Arguments);
        Assert.Equal(("4XyZ", "no key", "all"), (held.Record.QueueId, held.Record.Recipients[0].Reason, held.Record.Recipients[0].Rule));
    }

    /// <summary>Else it would be let go by a weaker rule than the one by which it was held.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void ThatNobodyKnowsWhoSentItIsNotForgottenMeanwhile(bool isLost)
    {
        var record = new HeldRecord(
            "4XyZ", DateTimeOffset.UtcNow, From() with { IsEgress = true, IdentityIsLost = isLost }, [new HeldRecipient(new EnvelopeRecipient(Erin), "all", "no key")], []);
        Assert.Equal(isLost, HeldRecordText.Read(HeldRecordText.Write(record))?.Envelope.IdentityIsLost);
    }

    [Fact]
    public async Task BesideOthersItIsOnePartOfTheSplit()
    {
        await using var filter = new HoldWorkshop();
        var handed = Assert.IsType<MessageOutcome.HandedOver>(await filter.SendAsync([Bob, Erin]));
        Assert.Equal([MessageForm.Held, MessageForm.OpenPgp], handed.Parts.Select(part => part.Form));
        Assert.Equal(new() { [Bob] = 1 }, filter.Deliveries());
        Assert.Equal([Erin], filter.All[0].Left.Select(one => one.Recipient.Address));
    }

    [Fact]
    public async Task ARetryOfANamedMessageIsNotHeldTwice()
    {
        await using var filter = new HoldWorkshop();
        for (int i = 0; i < 3; i++)
            Assert.IsType<MessageOutcome.HandedOver>(await filter.SendAsync([Erin]));
        Assert.Single(filter.All);
    }

    [Fact]
    public async Task NorAfterItWasReleased()
    {
        await using var filter = new HoldWorkshop();
        await filter.SendAsync([Erin]);
        filter.Know(Erin);
        Assert.Null((await filter.ReleaseAsync(filter.All[0])).Failure);
        Assert.IsType<MessageOutcome.HandedOver>(await filter.SendAsync([Erin]));
        Assert.Empty(filter.All);
        Assert.Equal(new() { [Erin] = 1 }, filter.Deliveries());
    }

    [Fact]
    public async Task WhereTheOtherPartFailsItStaysHeldAndTheRetryBringsOnlyTheRest()
    {
        await using var filter = new HoldWorkshop();
        filter.Sink.Answer = line => ValueTask.FromResult(line == "." ? "451 4.3.0 no room" : null);
        Assert.True(Assert.IsType<MessageOutcome.Refused>(await filter.SendAsync([Bob, Erin])).Refusal.IsTemporary);
        Assert.Single(filter.All);
        filter.Sink.Answer = null;
        Assert.IsType<MessageOutcome.HandedOver>(await filter.SendAsync([Bob, Erin]));
        Assert.Single(filter.All);
        Assert.Equal(new() { [Bob] = 1 }, filter.Deliveries());
    }

    [Fact]
    public async Task ARetryThatBringsOneMoreHoldsTheMessageForThatOneAlone()
    {
        await using var filter = new HoldWorkshop();
        filter.Sink.Answer = line => ValueTask.FromResult(line == "." ? "451 4.3.0 no room" : null);
        await filter.SendAsync([Erin, Bob]);
        filter.Sink.Answer = null;
        Assert.IsType<MessageOutcome.HandedOver>(await filter.SendAsync([Erin, Frank, Bob]));
        // Both files can be read, and neither is for somebody who is in the other.
        Assert.Equal([Erin, Frank], filter.All.SelectMany(held => held.Left).Select(one => one.Recipient.Address).Order());
        filter.Know(Erin);
        filter.Know(Frank);
        foreach (var held in filter.All)
            Assert.Null((await filter.ReleaseAsync(held)).Failure);
        Assert.Empty(filter.All);
        Assert.Equal(new() { [Bob] = 1, [Erin] = 1, [Frank] = 1 }, filter.Deliveries());
    }

    [Fact]
    public async Task WhatCouldNotBeReadAgainIsNotTakenForHeld()
    {
        await using var filter = new HoldWorkshop();
        await filter.SendAsync([Erin]);
        var held = filter.All[0];
        using var content = new MemoryStream();
        await Assert.ThrowsAsync<IOException>(async () => await filter.Folder.PrepareAsync(
            held.RecordLine, held.Record.At, held.State with { Copies = [] }, content, 1, TestContext.Current.CancellationToken));
        Assert.Single(Directory.GetFiles(filter.Folder.Directory));
    }

    [Fact]
    public async Task WhereTheOtherPartIsRefusedBeforeItsEndNothingIsHeldEither()
    {
        await using var filter = new HoldWorkshop();
        filter.Sink.Answer = line => ValueTask.FromResult(line.StartsWith("RCPT", StringComparison.Ordinal) ? "550 5.1.1 nobody" : null);
        Assert.IsType<MessageOutcome.Refused>(await filter.SendAsync([Bob, Erin]));
        Assert.Empty(filter.All);
        Assert.Empty(Directory.GetFiles(filter.Folder.Directory));
    }

    [Theory]
    [InlineData(Alice, "REQUIRETLS", 550, "5.7.30")]
    [InlineData(Alice, "BODY=8BITMIME\r\nRCPT", 501, "5.5.4")]
    [InlineData("alice> <x@example.org", "BODY=8BITMIME", 553, "5.1.7")]
    public async Task WhatCouldNeverBeReleasedIsRefusedWhileTheSenderHearsIt(string sender, string argument, int code, string status)
    {
        await using var filter = new HoldWorkshop();
        var refused = Assert.IsType<MessageOutcome.Refused>(await filter.SendAsync([Erin], envelope: From() with { GivenSender = sender, SenderArguments = [argument] }));
        Assert.Equal((code, status), (refused.Refusal.Code, refused.Refusal.EnhancedStatus));
        Assert.Empty(filter.All);
        Assert.IsType<MessageOutcome.HandedOver>(await filter.SendAsync([Erin], envelope: From() with { SenderArguments = ["SMTPUTF8", "BODY=8BITMIME"] }));
    }

    [Fact]
    public async Task TwinsWithoutANameAreHeldBoth()
    {
        await using var filter = new HoldWorkshop();
        for (int i = 0; i < 2; i++)
            await filter.SendAsync([Erin], Letter(extra: ""));
        Assert.Equal(2, filter.All.Count);
    }

    [Fact]
    public async Task WhereThereIsNoRoomTheClientComesAgain()
    {
        await using var filter = new HoldWorkshop(room: 1000);
        var refused = Assert.IsType<MessageOutcome.Refused>(await filter.SendAsync([Erin]));
        Assert.Equal((452, "4.3.1", true), (refused.Refusal.Code, refused.Refusal.EnhancedStatus, refused.IsForSpace));
        Assert.Empty(Directory.GetFiles(filter.Folder.Directory));
    }

    [Fact]
    public async Task WithoutAKeyOfTheEscrowNothingIsAccepted()
    {
        await using var filter = new HoldWorkshop();
        filter.Rules.Know(Escrow, Engine.Keys.KeyAnswer.Unknown);
        Assert.Equal((451, "4.3.5"), (Assert.IsType<RecipientOutcome.Refused>(filter.Ask(Erin)).Refusal is var refusal ? (refusal.Code, refusal.EnhancedStatus) : default));
    }

    [Fact]
    public async Task WhereThereIsNowhereToHoldNothingIsLost()
    {
        await using var filter = new HoldWorkshop();
        filter.Rules.Split = null;
        Assert.Equal((451, "4.3.5"), Assert.IsType<MessageOutcome.Refused>(await filter.SendAsync([Erin])).Refusal is var refusal ? (refusal.Code, refusal.EnhancedStatus) : default);
    }

    [Fact]
    public async Task ReportsAreNeverHeld()
    {
        await using var filter = new HoldWorkshop();
        Assert.Equal(MessageForm.HeadersOnly, Assert.IsType<RecipientOutcome.Accepted>(filter.Ask(Erin, From(""))).Form);
    }

    [Fact]
    public async Task APartOfADividedMessageIsNotHeldSinceNoKeyWouldHelpIt()
    {
        await using var filter = new HoldWorkshop();
        var letter = Tests.Letter.Read($"From: {Alice}\nContent-Type: message/partial; id=x; number=1; total=2\n\n{Secret}\n");
        Assert.Equal(554, Assert.IsType<MessageOutcome.Refused>(await filter.SendAsync([Erin], letter)).Refusal.Code);
    }
}
