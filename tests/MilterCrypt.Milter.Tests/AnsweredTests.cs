using MilterCrypt.Milter.Client;
using MilterCrypt.Milter.Tests.Support;
using MilterCrypt.TestSupport;

namespace MilterCrypt.Milter.Tests;

/// <summary>What a handler is told of the answer that the MTA really got.</summary>
public sealed class AnsweredTests
{
    private static readonly SmtpReply No = new(550, "5.7.1", "No");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string, string> Answers => new()
    {
        { "unchanged at end of header", "LeftUnchanged" },
        { "refused at end of header", "Refused 550" },
        { "unchanged", "LeftUnchanged" },
        { "changed", "Changed" },
        { "refused", "Refused 550" },
        { "discarded", "Discarded" },
        { "failed", "Refused 451" },
        { "failed at recipient", "Refused 451" },
        { "changes that can't be sent", "Refused 451" },
        { "a body that breaks off", "Refused 451" },
    };

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task TheHandlerIsToldOnceWhatTheMtaGot(string script, string expected)
    {
        var filter = new ScriptedFilter
        {
            OnRecipient = (_, recipient, _) => script == "failed at recipient" && recipient.Address == "c@c"
                ? throw new InvalidOperationException()
                : ValueTask.FromResult(RecipientReply.Accept),
            OnHeader = (_, _) => ValueTask.FromResult(script switch
            {
                "unchanged at end of header" => HeaderDecision.Unchanged,
                "refused at end of header" => new HeaderDecision.Refused(No),
                _ => HeaderDecision.ReadBody,
            }),
            OnMessage = (_, _) => script switch
            {
                "unchanged" => MailVerdict.Unchanged,
                "refused" => new MailVerdict.Refused(No),
                "discarded" => new MailVerdict.Discarded(),
                "changed" => Changed(new HeaderEdit.Delete(0)),
                "changes that can't be sent" => Changed(new HeaderEdit.Delete(1000)),
                "a body that breaks off" => new MailVerdict.Changed(new MessageChanges([], new ClosedStream())),
                _ => throw new InvalidOperationException(),
            },
        };
        await using var server = await TestServer.StartAsync(filter);
        await using var client = await server.GreetAsync();
        await client.DeliverAsync(Some.Message with { Recipients = ["<b@b>", "<c@c>"] }, Ct);
        await client.QuitAsync(Ct);
        await filter.Last.Ended.Task.WaitAsync(Patience.Ample, Ct);
        var told = Assert.Single(filter.Last.Answers);
        Assert.Equal(expected, told is MailVerdict.Refused refused ? $"Refused {refused.Reply.Code}" : told.GetType().Name);
    }

    [Fact]
    public async Task TheHandlerOfAnAbortedMessageIsToldNothing()
    {
        var filter = new ScriptedFilter();
        await using var server = await TestServer.StartAsync(filter);
        await using var client = await server.GreetAsync();
        await client.MailAsync("<a@a>", Ct);
        await client.RecipientAsync("<b@b>", Ct);
        await client.AbortAsync(Ct);
        await filter.Last.Ended.Task.WaitAsync(Patience.Ample, Ct);
        Assert.Empty(filter.Last.Answers);
    }

    [Fact]
    public async Task AMessageThatTheNextOneEndsKeepsItsQueueId()
    {
        var filter = new ScriptedFilter();
        await using var server = await TestServer.StartAsync(filter);
        await using var client = await server.GreetAsync(MtaHabits.Sendmail);
        client.MacroValues["i"] = "FIRST";
        await client.MailAsync("<a@a>", Ct);
        await client.RecipientAsync("<b@b>", Ct);
        client.MacroValues["i"] = "SECOND";
        await client.MailAsync("<a@a>", Ct);
        Assert.Equal(["FIRST", "SECOND"], filter.Seen.Select(seen => seen.QueueIdAtEnd ?? seen.Mail.QueueId));
    }

    private static MailVerdict.Changed Changed(HeaderEdit edit) => new(new MessageChanges([edit], null));

    private sealed class ClosedStream : MemoryStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            throw new IOException("gone");
    }
}
