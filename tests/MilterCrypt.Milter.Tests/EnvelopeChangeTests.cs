using System.Text;
using Microsoft.Extensions.Logging;
using MilterCrypt.Milter.Client;
using MilterCrypt.Milter.Tests.Support;
using MilterCrypt.Milter.Wire;

namespace MilterCrypt.Milter.Tests;

/// <summary>What a filter may do to an envelope, and what it must not.</summary>
public sealed class EnvelopeChangeTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string> Mtas => ["Postfix", "Sendmail"];

    public static TheoryData<int, string> Actions => new()
    {
        { 0x01, "add" }, { 0x01, "prepend" }, { 0x02, "body" }, { 0x04, "recipient" }, { 0x08, "remove" }, { 0x10, "change" },
        { 0x10, "delete" }, { 0x20, "quarantine" }, { 0x20, "hold" }, { 0x40, "sender" }, { 0x80, "arguments" },
    };

    [Theory]
    [MemberData(nameof(Mtas))]
    public async Task SenderAndRecipientsAreChangedTogetherWithTheMessage(string mta)
    {
        var changes = new MessageChanges([new HeaderEdit.Change(2, " changed"u8.ToArray())], new MemoryStream("new\r\n"u8.ToArray()))
        {
            Sender = new EnvelopeAddress("bounces@a.example", ["RET=HDRS", "ENVID=x"]),
            AddedRecipients = [new EnvelopeAddress("dave@d.example"), new EnvelopeAddress("erin@e.example", ["NOTIFY=NEVER"])],
        };
        (ClientResult result, _, _) = await DeliverAsync(
            mta, mail => changes with { RemovedRecipients = [mail.Recipients[1]] }, ["<bob@b.example>", "<Carol@C.Example> NOTIFY=DELAY"]);
        Assert.Equal(ClientOutcome.Delivered, result.Outcome);
        Assert.Equal("<bounces@a.example> RET=HDRS ENVID=x", result.EnvelopeSender);
        Assert.Equal(["<bob@b.example>", "<dave@d.example>", "<erin@e.example> NOTIFY=NEVER"], result.EnvelopeRecipients);
        Assert.Contains("Subject: changed", Some.Text(result), StringComparison.Ordinal);
        Assert.Equal("new\r\n", Encoding.ASCII.GetString(result.Body.Span));
    }

    [Fact]
    public async Task TheNullSenderIsASender()
    {
        (ClientResult result, _, _) = await DeliverAsync("Postfix", _ => new MessageChanges { Sender = new EnvelopeAddress("") });
        Assert.Equal("<>", result.EnvelopeSender);
    }

    [Theory]
    [InlineData("<Bob@B.Example>", "<Bob@B.Example>")]
    [InlineData("bob@b.example", "bob@b.example")]
    [InlineData("<bob@b.example> NOTIFY=NEVER", "<bob@b.example>")]
    public async Task ARecipientIsTakenAwayInTheVeryWordsInWhichItCame(string given, string expected)
    {
        (_, List<FrameTrace> frames, _) = await DeliverAsync(
            "Postfix", mail => new MessageChanges { RemovedRecipients = [mail.Recipients[0]] }, [given, "<carol@c.example>"]);
        FrameTrace removal = Assert.Single(frames, frame => frame.Name == "SMFIR_DELRCPT");
        Assert.Equal(expected + "\0", Encoding.UTF8.GetString(removal.Payload.Span));
    }

    [Fact]
    public async Task ARecipientWhoseArgumentsSendmailWroteBehindItIsTakenAwayWithoutThem()
    {
        var frames = new List<FrameTrace>();
        await using TestServer server = await TestServer.StartAsync(Filter(mail => new MessageChanges { RemovedRecipients = [mail.Recipients[0]] }));
        await using MilterClient client = await server.GreetAsync(MtaHabits.Sendmail, frames.Add);
        await client.MailAsync("<a@a.example>", Ct);
        byte[] recipient = Encoding.UTF8.GetBytes("R<jürgen@b.example> NOTIFY=NEVER\0");
        await client.SendRawAsync(new byte[] { 0, 0, 0, (byte)recipient.Length }.Concat(recipient).ToArray(), Ct);
        await client.ReadAsync(Ct);
        await client.RecipientAsync("<c@c.example>", Ct);
        await client.EndOfHeaderAsync(Ct);
        await client.EndOfMessageAsync(Ct);
        FrameTrace removal = Assert.Single(frames, frame => frame.Name == "SMFIR_DELRCPT");
        Assert.Equal("<jürgen@b.example>\0", Encoding.UTF8.GetString(removal.Payload.Span));
    }

    [Theory]
    [MemberData(nameof(Mtas))]
    public async Task AMessageIsNotMadeToVanishByTakingItsRecipientsAway(string mta)
    {
        (ClientResult result, List<FrameTrace> frames, CollectingLogger log) = await DeliverAsync(
            mta, mail => new MessageChanges { RemovedRecipients = mail.Recipients }, ["<bob@b.example>", "<bob@b.example>", "<carol@c.example>"]);
        Assert.Equal(ClientOutcome.Deferred, result.Outcome);
        Assert.StartsWith("451 4.3.0", result.Reply, StringComparison.Ordinal);
        Assert.DoesNotContain(frames, frame => frame.Name == "SMFIR_DELRCPT");
        Assert.Contains(log.Entries, entry => entry.Level == LogLevel.Error);
    }

    [Fact]
    public async Task OneThatCameTwiceIsTakenAwayTwiceOver()
    {
        (ClientResult result, _, _) = await DeliverAsync(
            "Postfix", mail => new MessageChanges { RemovedRecipients = [mail.Recipients[0]] }, ["<bob@b.example>", "<bob@b.example>"]);
        Assert.Equal(ClientOutcome.Deferred, result.Outcome);
    }

    [Theory]
    [MemberData(nameof(Mtas))]
    public async Task AllRecipientsMayBeReplaced(string mta)
    {
        (ClientResult result, _, _) = await DeliverAsync(mta, mail => new MessageChanges
        {
            RemovedRecipients = mail.Recipients,
            AddedRecipients = [new EnvelopeAddress("bob@b.example", ["ORCPT=rfc822;carol@c.example"])],
        });
        Assert.Equal(["<bob@b.example> ORCPT=rfc822;carol@c.example"], result.EnvelopeRecipients);
    }

    [Fact]
    public async Task AQuarantineGoesWithChanges()
    {
        (ClientResult result, _, _) = await DeliverAsync("Postfix", _ => new MessageChanges(
            [new HeaderEdit.Add("X-Held", " yes"u8.ToArray())], null) { QuarantineReason = "look\r\nat it" });
        Assert.Equal(ClientOutcome.Held, result.Outcome);
        Assert.Equal("look  at it", result.QuarantineReason);
        Assert.EndsWith("X-Held: yes", Some.Text(result), StringComparison.Ordinal);
    }

    [Fact]
    public async Task EverythingLeavesInOneSequenceAndTheVerdictLast()
    {
        (_, List<FrameTrace> frames, _) = await DeliverAsync("Postfix", mail => new MessageChanges(
            [new HeaderEdit.Delete(0), new HeaderEdit.Add("X", " y"u8.ToArray())], new MemoryStream(Some.Bytes(200_000)))
        {
            Sender = new EnvelopeAddress("x@a.example"),
            AddedRecipients = [new EnvelopeAddress("d@d.example")],
            RemovedRecipients = [mail.Recipients[0]],
            QuarantineReason = "held",
        });
        int end = frames.FindIndex(frame => frame.Name == "SMFIC_BODYEOB");
        var answer = frames.Skip(end + 1).TakeWhile(frame => frame.Direction == FrameDirection.FromFilter).ToList();
        Assert.Equal(
            [
                "SMFIR_CHGFROM", "SMFIR_DELRCPT", "SMFIR_ADDRCPT", "SMFIR_CHGHEADER", "SMFIR_ADDHEADER", "SMFIR_REPLBODY",
                "SMFIR_REPLBODY", "SMFIR_REPLBODY", "SMFIR_REPLBODY", "SMFIR_QUARANTINE", "SMFIR_CONTINUE",
            ],
            answer.Select(frame => frame.Name));
        Assert.All(answer, frame => Assert.True(frame.Payload.Length <= 65535));
    }

    [Theory]
    [MemberData(nameof(Actions))]
    public async Task WhatTheMtaDidNotAllowIsATemporaryRefusalBeforeTheFirstEdit(int missing, string change)
    {
        MtaHabits habits = MtaHabits.Sendmail;
        // A recipient without arguments can be added by either of two commands.
        int taken = change == "recipient" ? 0x84 : missing;
        habits = habits with { Offer = habits.Offer with { Actions = habits.Offer.Actions & ~(MilterActions)taken } };
        var filter = new ScriptedFilter
        {
            OnMessage = (mail, _) => change switch
            {
                "hold" => new MailVerdict.Quarantined("x"),
                _ => new MailVerdict.Changed(Change(change, mail)),
            },
        };
        var frames = new List<FrameTrace>();
        await using TestServer server = await TestServer.StartAsync(filter);
        await using MilterClient client = await server.GreetAsync(habits, frames.Add);
        ClientResult result = await client.DeliverAsync(Some.Message with { Recipients = ["<b@b>", "<c@c>"] }, Ct);
        Assert.StartsWith("451 4.3.0", result.Final.ToString(), StringComparison.Ordinal);
        int end = frames.FindIndex(frame => frame.Name == "SMFIC_BODYEOB");
        Assert.Equal("SMFIR_REPLYCODE", Assert.Single(frames.Skip(end + 1)).Name);

        // The same is done where it is allowed.
        await using MilterClient able = await server.GreetAsync(MtaHabits.Sendmail);
        Assert.True((await able.DeliverAsync(Some.Message with { Recipients = ["<b@b>", "<c@c>"] }, Ct)).Final.GoesOn);
    }

    [Fact]
    public async Task AnOptionLimitsWhatIsClaimed()
    {
        var options = new MilterOptions { Actions = MilterActions.AddHeaders | MilterActions.RequestMacros };
        await using TestServer server = await TestServer.StartAsync(new ScriptedFilter(), options: options);
        await using MilterClient client = await server.OpenAsync();
        Assert.Equal(MilterActions.AddHeaders | MilterActions.RequestMacros, client.Agreed.Actions);
        await using TestServer usual = await TestServer.StartAsync(new ScriptedFilter());
        await using MilterClient all = await usual.OpenAsync();
        Assert.Equal((MilterActions)0x1FF, all.Agreed.Actions);
    }

    [Fact]
    public async Task ARecipientWithoutArgumentsIsAddedByEitherCommandAndOneWithOnlyByTheNewer()
    {
        MtaHabits newer = MtaHabits.Sendmail with { Offer = MtaHabits.Sendmail.Offer with { Actions = MilterActions.AddRecipientsWithArguments } };
        (ClientResult result, List<FrameTrace> frames, _) = await DeliverAsync(newer, _ => new MessageChanges { AddedRecipients = [new EnvelopeAddress("d@d")] });
        Assert.Equal(["<bob@b.example>", "<d@d>"], result.EnvelopeRecipients);
        Assert.Contains(frames, frame => frame.Name == "SMFIR_ADDRCPT_PAR" && frame.Payload.Length == 6);
    }

    [Theory]
    [InlineData("a@b>\0x", "")]
    [InlineData("a@b> RET=FULL <c@d", "")]
    [InlineData("a b@c", "")]
    [InlineData("a@b\r\nc", "")]
    [InlineData("\"a@b", "")]
    [InlineData("<a@b>", "")]
    [InlineData("a@b", "RET=FULL ENVID=x")]
    [InlineData("a@b", "RET=FULL\0")]
    [InlineData("a@b", "\n")]
    public async Task WhatIsNoAddressOrArgumentIsRefused(string address, string argument)
    {
        var bad = new EnvelopeAddress(address, argument == "" ? [] : [argument]);
        Assert.Equal(ClientOutcome.Deferred, (await DeliverAsync("Postfix", _ => new MessageChanges { Sender = bad })).Result.Outcome);
        Assert.Equal(ClientOutcome.Deferred, (await DeliverAsync("Postfix", _ => new MessageChanges { AddedRecipients = [bad] })).Result.Outcome);
    }

    [Fact]
    public async Task WhatCannotBeDoneIsRefused()
    {
        foreach (MessageChanges changes in new MessageChanges[]
        {
            new() { AddedRecipients = [new EnvelopeAddress("")] },
            new() { AddedRecipients = [new EnvelopeAddress("d@d", [""])] },
            new() { RemovedRecipients = [new Recipient("nobody@b.example", [])] },
            // Another case is another recipient to the MTA, which would pass over it in silence.
            new() { RemovedRecipients = [new Recipient("BOB@b.example", [])] },
            new() { QuarantineReason = "" },
        })
        {
            (ClientResult result, _, CollectingLogger log) = await DeliverAsync("Postfix", _ => changes, ["<bob@b.example>", "<carol@c.example>"]);
            Assert.Equal(ClientOutcome.Deferred, result.Outcome);
            Assert.Contains(log.Entries, entry => entry.Level == LogLevel.Error);
        }
    }

    [Fact]
    public async Task AQuotedLocalPartMayHoldWhatElseEndsAnAddress()
    {
        (ClientResult result, _, _) = await DeliverAsync("Sendmail", _ => new MessageChanges { Sender = new EnvelopeAddress("\"a> \\\"b\"@c.example") });
        Assert.Equal("<\"a> \\\"b\"@c.example>", result.EnvelopeSender);
    }

    private static MessageChanges Change(string change, MailTransaction mail) => change switch
    {
        "add" => new MessageChanges([new HeaderEdit.Add("X", " y"u8.ToArray())], null),
        "prepend" => new MessageChanges([new HeaderEdit.Prepend("X", " y"u8.ToArray())], null),
        "change" => new MessageChanges([new HeaderEdit.Change(0, " y"u8.ToArray())], null),
        "delete" => new MessageChanges([new HeaderEdit.Delete(0)], null),
        "body" => new MessageChanges([], new MemoryStream("x"u8.ToArray())),
        "recipient" => new MessageChanges { AddedRecipients = [new EnvelopeAddress("d@d"), new EnvelopeAddress("e@e")] },
        "arguments" => new MessageChanges { AddedRecipients = [new EnvelopeAddress("d@d", ["NOTIFY=NEVER"])] },
        "remove" => new MessageChanges { RemovedRecipients = [mail.Recipients[0]] },
        "quarantine" => new MessageChanges { QuarantineReason = "x" },
        _ => new MessageChanges { Sender = new EnvelopeAddress("x@x") },
    };

    private static ScriptedFilter Filter(Func<MailTransaction, MessageChanges> changes) => new()
    {
        OnMessage = (mail, _) => new MailVerdict.Changed(changes(mail)),
    };

    private static Task<(ClientResult Result, List<FrameTrace> Frames, CollectingLogger Log)> DeliverAsync(
        string mta, Func<MailTransaction, MessageChanges> changes, string[]? recipients = null) =>
        DeliverAsync(SessionTests.Habits(mta), changes, recipients);

    private static async Task<(ClientResult Result, List<FrameTrace> Frames, CollectingLogger Log)> DeliverAsync(
        MtaHabits habits, Func<MailTransaction, MessageChanges> changes, string[]? recipients = null)
    {
        var frames = new List<FrameTrace>();
        await using TestServer server = await TestServer.StartAsync(Filter(changes));
        await using MilterClient client = await server.GreetAsync(habits, frames.Add);
        ClientResult result = await client.DeliverAsync(Some.Message with { Recipients = recipients ?? ["<bob@b.example>"] }, Ct);
        return (result, frames, server.Log);
    }
}
