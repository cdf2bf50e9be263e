using MilterCrypt.Engine.Bodies;
using MilterCrypt.Engine.Deciding;
using MilterCrypt.Engine.Mail;
using MilterCrypt.Engine.Policy;
using MilterCrypt.TestSupport.Mta;
using static MilterCrypt.Engine.Tests.Splitting.SplitWorkshop;

namespace MilterCrypt.Engine.Tests.Splitting;

/// <summary>Messages whose recipients need different forms.</summary>
public sealed class SplitTests
{
    [Fact]
    public async Task EachRecipientGetsHisFormOnceAndTheSecretLeavesInClearOnlyToWhomItMay()
    {
        await using var filter = New();
        var handed = Assert.IsType<MessageOutcome.HandedOver>(await filter.SendAsync(Letter("bob@partner.example, erin@nokey.example"), [Bob, Erin, Frank]));

        Assert.Equal(2, filter.Sink.Messages.Count);
        Assert.Equal([Erin, Frank], filter.For(Erin).Recipients);
        Assert.Equal([Bob], filter.For(Bob).Recipients);
        Assert.False(filter.For(Bob).Contains("secret is 42"));
        Assert.True(filter.For(Bob).Contains("-----BEGIN PGP MESSAGE-----"));
        Assert.Equal([MessageForm.Clear, MessageForm.OpenPgp], handed.Parts.Select(part => part.Form).Order());
    }

    [Fact]
    public async Task WhatIsNotToBeChangedIsNotChangedButForItsTrace()
    {
        await using var filter = New();
        var letter = Letter();
        await filter.SendAsync(letter, [Bob, Erin]);
        var clear = filter.For(Erin);
        Assert.Equal(letter.Body, clear.Body);
        string[] lines = clear.HeaderText.Split("\r\n");
        Assert.Equal("Received: from client.example.org (client.example.org [192.0.2.7])", lines[0]);
        Assert.Equal("\tby mail.example.org (MilterCrypt) with ESMTP id 4XyZ;", lines[1]);
        Assert.Equal(
            ["From: alice@example.org", "To: bob@partner.example", "Subject: plans", "Message-ID: <1@example.org>", "Content-Type: text/plain; charset=utf-8"],
            lines.Skip(3).Where(line => line.Length > 0 && !line.StartsWith("Date:", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task AllFormsHaveOneNameAndOneDateWhereTheClientGaveNone()
    {
        await using var filter = New();
        await filter.SendAsync(Letter(extra: ""), [Bob, Erin]);
        foreach (string field in (string[])["Message-ID", "Date"])
            Assert.Equal(Assert.Single(filter.For(Bob).Field(field)), Assert.Single(filter.For(Erin).Field(field)));
    }

    [Fact]
    public async Task WhatIsEncryptedAlreadyGoesAsItCameToItsReadersAndToThoseWhoMayHaveAnything()
    {
        await using var filter = New();
        await filter.SendAsync(Letter(), [Bob, Erin]);
        var encrypted = filter.For(Bob);
        var again = Tests.Letter.Read(encrypted.Data);
        Assert.IsType<MessageOutcome.Unchanged>(await filter.SendAsync(again, [Bob, Erin]));

        // Carol, whom the header doesn't name, gets it encrypted once more.
        await filter.SendAsync(again, [Bob, Erin, Carol]);
        Assert.Equal(encrypted.Body, filter.Sink.Messages.Last(message => message.Recipients.Contains(Bob)).Body);
        Assert.Equal(encrypted.Body, filter.Sink.Messages.Last(message => message.Recipients.Contains(Erin)).Body);
        Assert.True(Names(filter.For(Carol), Carol));
    }

    [Fact]
    public async Task WhomTheHeaderDoesNotNameGetsACopyOfHisOwn()
    {
        await using var filter = New();
        await filter.SendAsync(Letter("Bob <bob@partner.example>, (carol@partner.example) \"dave@partner.example\" <x@y.example>"), [Bob, Carol, Dave]);
        Assert.Equal(3, filter.Sink.Messages.Count);
        foreach (var (reader, others) in (IEnumerable<(string, string[])>)[(Bob, [Carol, Dave]), (Carol, [Bob, Dave]), (Dave, [Bob, Carol])])
        {
            Assert.True(Names(filter.For(reader), reader));
            Assert.All(others, other => Assert.False(Names(filter.For(reader), other)));
        }
    }

    [Fact]
    public async Task BeyondANumberOfThemTheyShareOneInWhichTheirKeysHaveNoName()
    {
        await using var filter = New(bccCopies: 1);
        var outcome = Assert.IsType<MessageOutcome.Rewritten>(await filter.SendAsync(Letter(), [Bob, Carol, Dave]));
        byte[] body = await ReadAsync(outcome.Body);
        Assert.True(SplitWorkshop.Names(body, Bob));
        Assert.All((string[])[Carol, Dave], hidden => Assert.False(SplitWorkshop.Names(body, hidden)));
        Assert.Empty(filter.Sink.Messages);
    }

    [Fact]
    public async Task CopiesOfTheirOwnLeaveRoomForAllFormsThatThereMustBe()
    {
        // Two forms, each with recipients whom the header doesn't name: four connections are enough for copies of one form's alone.
        await using var filter = new SplitWorkshop(connections: 4);
        string[] bobs = [Bob, "bob+1@partner.example", "bob+2@partner.example"], carols = [Carol, "carol+1@partner.example", "carol+2@partner.example"];
        Assert.True(MailAddress.TryParse(Dave, out var dave));
        filter.Rules.Rules.Add(new Rule("escrowed", 0, new RuleMatch { Recipients = [.. bobs.Select(Policy.Patterns.Address)] }, new PolicyChoices { Encrypt = EncryptMode.Always, Escrow = [dave] }));
        filter.Rules.Rules.Add(new Rule("others", 0, RuleMatch.Everything, new PolicyChoices { Encrypt = EncryptMode.Always }));
        Assert.IsType<MessageOutcome.HandedOver>(await filter.SendAsync(Letter($"{Bob}, {Carol}"), [.. bobs, .. carols]));
        Assert.Equal([Bob], filter.For(Bob).Recipients);
        Assert.Equal(carols, filter.For(Carol).Recipients);
        Assert.Equal(4, filter.Sink.Messages.Count);
    }

    [Fact]
    public async Task WhatNeedsMoreFormsThanThereAreConnectionsIsRefusedBeforeItsBody()
    {
        await using var filter = new SplitWorkshop(connections: 1);
        filter.Rules.Rules.Add(new Rule("all", 0, RuleMatch.Everything, new PolicyChoices { Encrypt = EncryptMode.WhenPossible }));
        await using var message = filter.Rules.Begin();
        message.AddRecipient(Bob);
        message.AddRecipient(Erin);
        Assert.Equal(550, Assert.IsType<HeaderOutcome.Refused>(message.ReadHeader(Letter().Header)).Refusal.Code);
    }

    [Fact]
    public async Task WhoseRuleWantsHimToComeSeparatelyIsAskedToThoughTheFirstRecipientNeedsTheSame()
    {
        await using var filter = new SplitWorkshop();
        filter.Rules.Rules.Add(new Rule("carol", 0, new RuleMatch { Recipients = [Policy.Patterns.Address(Carol)] }, new PolicyChoices { Encrypt = EncryptMode.WhenPossible, Mixed = MixedMode.Separate }));
        filter.Rules.Rules.Add(new Rule("others", 0, RuleMatch.Everything, new PolicyChoices { Encrypt = EncryptMode.WhenPossible }));
        await using var message = filter.Rules.Begin();
        Assert.IsType<RecipientOutcome.Accepted>(message.AddRecipient(Bob));
        Assert.IsType<RecipientOutcome.Accepted>(message.AddRecipient(Erin));
        var later = Assert.IsType<RecipientOutcome.Refused>(message.AddRecipient(Carol)).Refusal;
        Assert.Equal((452, "4.5.3"), (later.Code, later.EnhancedStatus));
        Assert.IsType<HeaderOutcome.BodyWanted>(message.ReadHeader(Letter().Header));
        // With those alone who need the same she may come.
        await using var other = filter.Rules.Begin();
        Assert.All((string[])[Bob, Carol, Dave], address => Assert.IsType<RecipientOutcome.Accepted>(other.AddRecipient(address)));
    }

    [Fact]
    public async Task WhoIsNamedTwiceGetsOneCopyAsTheFirstTimeAskedForIt()
    {
        await using var filter = New();
        await using var message = filter.Rules.Begin(new Envelope(Alice, null, true));
        // Carol is in no field, and so would have a message of her own for each time.
        foreach (var (address, notify) in (IEnumerable<(string, string)>)[(Bob, "NEVER"), (Carol, "DELAY"), (Erin, "SUCCESS"), (Bob, "FAILURE"), (Carol, "FAILURE"), (Erin, "FAILURE")])
            message.AddRecipient(new EnvelopeRecipient(address) { Arguments = [$"NOTIFY={notify}"] });
        var letter = Letter();
        message.ReadHeader(letter.Header);
        Assert.IsType<MessageOutcome.HandedOver>(await message.ReadBodyAsync(Workshop.Feed(letter.Body, 10), "4XyZ", TestContext.Current.CancellationToken));
        Assert.Equal(new() { [Bob] = 1, [Carol] = 1, [Erin] = 1 }, filter.Deliveries());
        foreach (var (address, notify) in (IEnumerable<(string, string)>)[(Bob, "NEVER"), (Carol, "DELAY"), (Erin, "SUCCESS")])
            Assert.Equal($"RCPT TO:<{address}> NOTIFY={notify}", Assert.Single(filter.For(address).RcptCommands));
    }

    [Fact]
    public async Task TheEnvelopeIsKeptWhole()
    {
        await using var filter = New();
        var envelope = new Envelope(Alice, null, true) { SenderArguments = ["BODY=8BITMIME", "RET=HDRS", "ENVID=a+2Bb", "SIZE=1"], GivenSender = "\"alice\"@example.org" };
        await using var message = filter.Rules.Begin(envelope);
        message.AddRecipient(new EnvelopeRecipient(Bob) { Given = "BOB@partner.example", Arguments = ["NOTIFY=SUCCESS,FAILURE", "ORCPT=rfc822;team@example.org"] });
        message.AddRecipient(Erin);
        var letter = Letter();
        message.ReadHeader(letter.Header);
        Assert.IsType<MessageOutcome.HandedOver>(await message.ReadBodyAsync(Workshop.Feed(letter.Body, 10), "4XyZ", TestContext.Current.CancellationToken));

        var delivered = filter.For("BOB@partner.example");
        Assert.Equal("RCPT TO:<BOB@partner.example> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;team@example.org", Assert.Single(delivered.RcptCommands));
        Assert.StartsWith("MAIL FROM:<\"alice\"@example.org> ", delivered.MailCommand, StringComparison.Ordinal);
        Assert.All((string[])[" BODY=8BITMIME", " RET=HDRS", " ENVID=a+2Bb"], kept => Assert.Contains(kept, delivered.MailCommand, StringComparison.Ordinal));
        Assert.DoesNotContain("SIZE=1 ", delivered.MailCommand + " ", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("RCPT TO:<erin@nokey.example>", "550 5.1.1 no such user", 550, "5.1.1")]
    [InlineData("RCPT TO:<erin@nokey.example>", "450 4.2.1 greylisted", 450, "4.2.1")]
    [InlineData("MAIL", "552 5.3.4 too big", 552, "5.3.4")]
    [InlineData("DATA", "451 4.3.0 out of order", 451, "4.3.0")]
    public async Task WhatIsRefusedBeforeAnyEndIsTheSendersToKnowAndNothingWasDelivered(string step, string reply, int code, string status)
    {
        await using var filter = New();
        filter.Sink.Answer = line => ValueTask.FromResult(line.StartsWith(step, StringComparison.Ordinal) ? reply : null);
        var refused = Assert.IsType<MessageOutcome.Refused>(await filter.SendAsync(Letter(), [Bob, Erin]));
        Assert.Equal((code, status), (refused.Refusal.Code, refused.Refusal.EnhancedStatus));
        Assert.Contains(reply[10..], refused.Refusal.Text, StringComparison.Ordinal);
        Assert.Empty(filter.Sink.Messages);
        Assert.Equal(0, filter.Journal.Count);
    }

    [Fact]
    public async Task AReportIsNeverRefusedForGood()
    {
        await using var filter = New();
        filter.Sink.Answer = line => ValueTask.FromResult(line.StartsWith("RCPT", StringComparison.Ordinal) ? "550 5.1.1 no such user" : null);
        var refused = Assert.IsType<MessageOutcome.Refused>(await filter.SendAsync(Letter(), [Bob, Erin], new Envelope("", null, true)));
        Assert.True(refused.Refusal.IsTemporary);
    }

    [Fact]
    public async Task WhereMessagesAreNotSplitAnMtaComesAgainAndAMailProgramIsTold()
    {
        await using var filter = New(mixed: MixedMode.Separate);
        var later = Assert.IsType<MessageOutcome.Refused>(await filter.SendAsync(Letter(), [Bob, Erin]));
        Assert.Equal((452, "4.5.3"), (later.Refusal.Code, later.Refusal.EnhancedStatus));
        var never = Assert.IsType<MessageOutcome.Refused>(await filter.SendAsync(Letter(), [Bob, Erin], new Envelope(Alice, "alice", true)));
        Assert.Equal((550, "5.5.3"), (never.Refusal.Code, never.Refusal.EnhancedStatus));
        Assert.Empty(filter.Sink.Messages);
    }

    [Fact]
    public async Task WhatThereIsNoRoomForIsRefusedForNowAndNothingIsDelivered()
    {
        await using var filter = New();
        filter.Rules.Budget = new SpoolBudget(memory: 200 << 10, disk: 1 << 20);
        var big = new Letter(Letter().Header, [.. Enumerable.Repeat((byte)'x', 3 << 20)]);
        var refused = Assert.IsType<MessageOutcome.Refused>(await filter.SendAsync(big, [Bob, Erin]));
        Assert.Equal((452, "4.3.1"), (refused.Refusal.Code, refused.Refusal.EnhancedStatus));
        Assert.Empty(filter.Sink.Messages);
    }

    private static SplitWorkshop New(MixedMode mixed = MixedMode.Split, int bccCopies = 10)
    {
        var filter = new SplitWorkshop(bccCopies: bccCopies);
        filter.Rules.Rules.Add(new Rule("all", 0, RuleMatch.Everything, new PolicyChoices { Encrypt = EncryptMode.WhenPossible, Mixed = mixed }));
        return filter;
    }

    private static bool Names(SinkMessage message, string reader) => SplitWorkshop.Names(message.Body, reader);

    private static async Task<byte[]> ReadAsync(Stream body)
    {
        using var whole = new MemoryStream();
        await body.CopyToAsync(whole, TestContext.Current.CancellationToken);
        return whole.ToArray();
    }
}
