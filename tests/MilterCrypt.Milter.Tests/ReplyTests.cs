using System.Text;
using MilterCrypt.Milter.Client;
using MilterCrypt.Milter.Tests.Support;
using MilterCrypt.Milter.Wire;

namespace MilterCrypt.Milter.Tests;

/// <summary>Replies in a filter's own words, as MTAs get and show them.</summary>
public sealed class ReplyTests
{
    private static readonly SmtpReply Long = new(554, "5.7.1", "No 100% key for", "bob@b.example", "ask him");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string> Steps => ["connect", "helo", "unknown", "mail", "recipient", "data", "header", "message"];

    [Theory]
    [MemberData(nameof(Steps))]
    public async Task SeveralLinesAreSentSoThatPostfixFindsNothingToComplainAbout(string step)
    {
        StepReply refusal = new StepReply.Refused(Long);
        ValueTask<StepReply> At(string here) => ValueTask.FromResult(step == here ? refusal : StepReply.Continue);
        var filter = new ScriptedFilter
        {
            Steps = FilterSteps.Connect | FilterSteps.Helo | FilterSteps.Unknown | FilterSteps.Data,
            OnConnect = (_, _) => At("connect"),
            OnHelo = (_, _) => At("helo"),
            OnUnknown = (_, _, _) => At("unknown"),
            OnSender = (_, _) => At("mail"),
            OnRecipient = (_, _, _) => ValueTask.FromResult(step == "recipient" ? new RecipientReply.Refused(Long) : RecipientReply.Accept),
            OnData = (_, _) => At("data"),
            OnHeader = (_, _) => ValueTask.FromResult(step == "header" ? new HeaderDecision.Refused(Long) : HeaderDecision.ReadBody),
            OnMessage = (_, _) => step == "message" ? new MailVerdict.Refused(Long) : MailVerdict.Unchanged,
        };
        var frames = new List<FrameTrace>();
        await using TestServer server = await TestServer.StartAsync(filter);
        await using MilterClient client = await server.GreetAsync(null, frames.Add);
        await client.UnknownAsync("XYZZY", Ct);
        await client.DeliverAsync(Some.Message, Ct);
        FrameTrace reply = frames.First(frame => frame.Name == "SMFIR_REPLYCODE");
        Assert.Equal(
            "554-5.7.1 No 100%% key for\r\n554-5.7.1 bob@b.example\r\n554 5.7.1 ask him\0", Encoding.ASCII.GetString(reply.Payload.Span));
    }

    // As Postfix 3.12 does: ddd and a dash, but for the last line a blank; one class; CRLF between and none behind.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(32)]
    public void EachLineIsWellFormedAndShortEnough(int count)
    {
        var reply = new SmtpReply(451, "4.123.123", Enumerable.Repeat(new string('x', 5000), count).ToArray());
        string[] lines = reply.ToWire().Split("\r\n");
        Assert.Equal(count, lines.Length);
        Assert.All(lines, line => Assert.True(line.Length + 2 <= 512));
        Assert.All(lines.SkipLast(1), line => Assert.StartsWith("451-4.123.123 ", line, StringComparison.Ordinal));
        Assert.StartsWith("451 4.123.123 ", lines[^1], StringComparison.Ordinal);
        Assert.DoesNotContain(lines, line => line.Contains('\n', StringComparison.Ordinal));
    }

    [Fact]
    public void ALineThatHoldsALineEndingStaysOne() =>
        Assert.Equal(["a??250 ok", "b"], new SmtpReply(550, "5.7.1", "a\r\n250 ok", "b").Lines);

    [Fact]
    public void MoreLinesThanMtasTakeAreRefusedAndSoAreNone()
    {
        Assert.Throws<ArgumentException>(() => new SmtpReply(550, "5.7.1", new string[33]));
        Assert.Throws<ArgumentException>(() => new SmtpReply(550, "5.7.1"));
    }

    [Fact]
    public void RepliesOfTheSameWordsAreEqual()
    {
        Assert.Equal(new SmtpReply(550, "5.7.1", "a", "b"), new SmtpReply(550, "5.7.1", "a", "b"));
        Assert.NotEqual(new SmtpReply(550, "5.7.1", "a", "b"), new SmtpReply(550, "5.7.1", "a b"));
        Assert.Equal("a b", new SmtpReply(550, "5.7.1", "a", "b").Text);
    }

    [Theory]
    [InlineData("Postfix", "451-4.7.1 one\r\n451 4.7.1 two\0", "451-4.7.1 one\r\n451 4.7.1 two")]
    [InlineData("Sendmail", "451-4.7.1 one\r\n451 4.7.1 two\0", "451-4.7.1 one\r\n451 4.7.1 two")]
    [InlineData("Sendmail", "451-4.7.1 one\r\n4.7.1 two\0", "451 4.7.1 one")]
    [InlineData("Sendmail", "451-4.7.1 one\r\n\0", "451 4.7.1 one")]
    [InlineData("Postfix", "451 4.7.1 50%% off\0", "451 4.7.1 50% off")]
    [InlineData("Sendmail", "451 4.7.1 50%% off\0", "451 4.7.1 50% off")]
    [InlineData("Postfix", "451 4.7.1 50% off\0", "451 4.7.1 50 off")]
    [InlineData("Sendmail", "451 4.7.1 50% off\0", "554 5.3.5 The filter's reply is no format")]
    public void EachMtaShowsAReplyInItsWay(string mta, string wire, string shown) =>
        Assert.Equal(shown, SessionTests.Habits(mta).ReplyText(new MilterAnswer(MilterReply.ReplyCode, Encoding.ASCII.GetBytes(wire))));

    [Fact]
    public async Task WhatHasNoWordsHasNoData()
    {
        var verdicts = new Queue<MailVerdict>([MailVerdict.Unchanged, new MailVerdict.Discarded()]);
        var filter = new ScriptedFilter { OnMessage = (_, _) => verdicts.Dequeue() };
        var frames = new List<FrameTrace>();
        await using TestServer server = await TestServer.StartAsync(filter);
        await using MilterClient client = await server.GreetAsync(MtaHabits.Sendmail.Speaking(2), frames.Add);
        await client.DeliverAsync(Some.Message, Ct);
        await client.DeliverAsync(Some.Message, Ct);
        var answers = frames.Where(frame => frame.Direction == FrameDirection.FromFilter && frame.Code != MilterCommand.Negotiate).ToList();
        Assert.Contains(answers, frame => frame.Name == "SMFIR_DISCARD");
        Assert.All(answers, frame => Assert.Equal(0, frame.Payload.Length));
    }
}
