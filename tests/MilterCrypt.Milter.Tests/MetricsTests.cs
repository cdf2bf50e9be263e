using MilterCrypt.Milter.Tests.Support;
using MilterCrypt.TestSupport;

namespace MilterCrypt.Milter.Tests;

/// <summary>What the library counts: each thing once, under words that no sender chooses.</summary>
public sealed class MetricsTests
{
    private static readonly SmtpReply Later = new(451, "4.7.1", "Later"), Never = new(550, "5.7.1", "Never");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task EverythingIsThereFromTheStartWithZero()
    {
        await using var server = await TestServer.StartAsync(new ScriptedFilter());
        Assert.Equal(10, server.Counted.Series.Keys.Count(name => name.StartsWith("milter.messages{", StringComparison.Ordinal)));
        Assert.Contains($"milter.connections.refused{{listener={server.Endpoint}}}", server.Counted.Series.Keys);
        Assert.Equal("", server.Counted.NonZero(""));
    }

    [Theory]
    [InlineData("unchanged at end of header", "unchanged")]
    [InlineData("unchanged", "unchanged")]
    [InlineData("changed", "changed")]
    [InlineData("refused for now", "refused_temporarily")]
    [InlineData("refused for good", "refused_permanently")]
    [InlineData("discarded", "discarded")]
    [InlineData("quarantined", "quarantined")]
    [InlineData("failed", "failed")]
    [InlineData("failed at recipient", "failed")]
    [InlineData("changes that can't be sent", "failed")]
    public async Task AMessageIsCountedOnceByWhatBecameOfIt(string script, string outcome)
    {
        var filter = new ScriptedFilter
        {
            OnRecipient = (_, _, _) => script == "failed at recipient" ? throw new InvalidOperationException() : ValueTask.FromResult(RecipientReply.Accept),
            OnHeader = (_, _) => ValueTask.FromResult(script == "unchanged at end of header" ? HeaderDecision.Unchanged : HeaderDecision.ReadBody),
            OnMessage = (_, _) => script switch
            {
                "unchanged" => MailVerdict.Unchanged,
                "changed" => new MailVerdict.Changed(new MessageChanges([new HeaderEdit.Delete(0)], null)),
                "refused for now" => new MailVerdict.Refused(Later),
                "refused for good" => new MailVerdict.Refused(Never),
                "discarded" => new MailVerdict.Discarded(),
                "quarantined" => new MailVerdict.Quarantined("why"),
                "changes that can't be sent" => new MailVerdict.Changed(new MessageChanges([new HeaderEdit.Delete(1000)], null)),
                _ => throw new InvalidOperationException(),
            },
        };
        await using var server = await TestServer.StartAsync(filter);
        await using var client = await server.GreetAsync();
        await client.DeliverAsync(Some.Message, Ct);
        await server.Counted.UntilAsync("milter.message.duration", 1);
        Assert.Equal($"milter.messages{{outcome={outcome}}}=1", server.Counted.NonZero("milter.messages"));
    }

    [Fact]
    public async Task AHandlerThatTakesTooLongIsCountedAsSuch()
    {
        var filter = new ScriptedFilter
        {
            OnRecipient = async (_, _, ct) =>
            {
                await Task.Delay(Timeout.Infinite, ct);
                return RecipientReply.Accept;
            },
        };
        var options = new MilterOptions();
        await using var server = await TestServer.StartAsync(filter, options: options);
        await using var client = await server.GreetAsync();
        var delivery = client.DeliverAsync(Some.Message, Ct);
        await server.Clock.PassAsync(options.CommandTimeout);
        await delivery;
        await server.Counted.UntilAsync("milter.message.duration", 1);
        Assert.Equal("milter.messages{outcome=too_slow}=1", server.Counted.NonZero("milter.messages"));
    }

    [Fact]
    public async Task MessagesThatTheMtaGivesUpAreCountedAsAborted()
    {
        await using var server = await TestServer.StartAsync(new ScriptedFilter());
        var client = await server.GreetAsync();
        await client.MailAsync("<a@a>", Ct);
        await client.AbortAsync(Ct);
        await client.MailAsync("<a@a>", Ct);
        await client.MailAsync("<a@a>", Ct);
        await client.DisposeAsync();
        await server.Counted.UntilAsync("milter.messages{outcome=aborted}", 3);
        await server.Counted.UntilAsync("milter.message.duration", 3);
        Assert.Equal("milter.messages{outcome=aborted}=3", server.Counted.NonZero("milter.messages"));
    }

    [Fact]
    public async Task RecipientsAreCountedByTheirAnswers()
    {
        var filter = new ScriptedFilter
        {
            OnRecipient = (_, recipient, _) => ValueTask.FromResult<RecipientReply>(recipient.Address switch
            {
                "later@b" => new RecipientReply.Refused(Later),
                "never@b" => new RecipientReply.Refused(Never),
                _ => RecipientReply.Accept,
            }),
        };
        await using var server = await TestServer.StartAsync(filter, options: new MilterOptions { MaxRecipients = 2 });
        await using var client = await server.GreetAsync();
        await client.DeliverAsync(Some.Message with { Recipients = ["<a@b>", "<later@b>", "<never@b>", "<b@b>", "<one-too-many@b>"] }, Ct);
        Assert.Equal(
            "milter.recipients{answer=accepted}=2 milter.recipients{answer=refused_permanently}=1 milter.recipients{answer=refused_temporarily}=2",
            server.Counted.NonZero("milter.recipients"));
    }

    [Fact]
    public async Task BodiesAreCountedInBytesAndAnswersInSeconds()
    {
        var filter = new ScriptedFilter
        {
            OnMessage = (_, _) => new MailVerdict.Changed(new MessageChanges([], new MemoryStream(new byte[100_000]))),
        };
        await using var server = await TestServer.StartAsync(filter);
        await using var client = await server.GreetAsync();
        await client.DeliverAsync(Some.WithBody(new byte[200_000]), Ct);
        await server.Counted.UntilAsync("milter.message.duration", 1);
        Assert.Equal("milter.body.received=200000 milter.body.sent=100000", server.Counted.NonZero("milter.body"));
        Assert.Equal(1, server.Counted["milter.verdict.duration"]);
        // One that is settled before its body has no verdict that anybody waits for.
        await client.MailAsync("<a@a>", Ct);
        await client.AbortAsync(Ct);
        await server.Counted.UntilAsync("milter.message.duration", 2);
        Assert.Equal(1, server.Counted["milter.verdict.duration"]);
    }

    [Fact]
    public async Task WhatTheMtaWaitsForIsTakenInSecondsAndProgressCounted()
    {
        var goOn = new TaskCompletionSource<MailVerdict>(TaskCreationOptions.RunContinuationsAsynchronously);
        var filter = new ScriptedFilter { OnBody = async (_, _, _) => await goOn.Task };
        var options = new MilterOptions { ProgressInterval = TimeSpan.FromSeconds(4) };
        await using var server = await TestServer.StartAsync(filter, options: options);
        await using var client = await server.GreetAsync();
        var delivery = client.DeliverAsync(Some.Message, Ct);
        for (int i = 0; i < 3; i++)
            await server.Clock.PassAsync(options.ProgressInterval);
        goOn.SetResult(MailVerdict.Unchanged);
        Assert.Equal(3, (await delivery).ProgressCount);
        await server.Counted.UntilAsync("milter.message.duration", 1);
        Assert.Equal(3, server.Counted["milter.progress"]);
        Assert.Equal([12.0], server.Counted.Taken("milter.verdict.duration"));
        Assert.Equal([12.0], server.Counted.Taken("milter.message.duration"));
    }

    [Fact]
    public async Task ConnectionsAreCountedByTheirListener()
    {
        await using var server = await TestServer.StartAsync(new ScriptedFilter(), options: new MilterOptions { MaxConnections = 1 });
        string listener = $"{{listener={server.Endpoint}}}";
        await using var client = await server.GreetAsync();
        Assert.Equal(1, server.Counted["milter.connections.idle"]);
        await client.MailAsync("<a@a>", Ct);
        Assert.Equal(0, server.Counted["milter.connections.idle"]);
        await using (var waiting = await server.GreetAsync())
        {
            Assert.StartsWith("451 4.3.2", (await waiting.MailAsync("<a@a>", Ct)).ToString(), StringComparison.Ordinal);
            await Assert.ThrowsAnyAsync<IOException>(() => server.GreetAsync());
            Assert.Equal(2, server.Counted[$"milter.connections{listener}"]);
            await waiting.QuitAsync(Ct);
        }

        await client.AbortAsync(Ct);
        await client.QuitAsync(Ct);

        await server.Counted.UntilAsync($"milter.connections.closed{{listener={server.Endpoint},reason=ended}}", 2);
        Assert.Equal(0, server.Counted[$"milter.connections{listener}"]);
        Assert.Equal(0, server.Counted["milter.connections.idle"]);
        Assert.Equal(2, server.Counted[$"milter.connections.accepted{listener}"]);
        Assert.Equal(1, server.Counted[$"milter.connections.waited{listener}"]);
        Assert.Equal(1, server.Counted[$"milter.connections.refused{listener}"]);
        Assert.Equal(1, server.Counted["milter.messages{outcome=turned_away}"]);
    }

    [Theory]
    [InlineData("nonsense", "protocol_breach")]
    [InlineData("silence", "timeout")]
    [InlineData("hangs up before its verdict", "lost")]
    public async Task AConnectionThatEndsBadlyIsCountedByTheReason(string habit, string reason)
    {
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var filter = new ScriptedFilter
        {
            OnBody = async (_, _, ct) =>
            {
                begun.SetResult();
                await Task.Delay(Timeout.Infinite, ct);
                return MailVerdict.Unchanged;
            },
        };
        await using var server = await TestServer.StartAsync(filter);
        await using var client = await server.OpenAsync();
        switch (habit)
        {
            case "nonsense":
                await client.SendRawAsync(new byte[] { 0, 0, 0, 1, (byte)'!' }, Ct);
                break;
            case "silence":
                var closed = Assert.ThrowsAnyAsync<IOException>(() => client.ReadAsync(Ct));
                await server.Clock.PassUntilAsync(closed, TimeSpan.FromMinutes(5));
                await closed;
                break;
            case "hangs up before its verdict":
                await client.MailAsync("<a@a>", Ct);
                await client.RecipientAsync("<b@b>", Ct);
                await client.EndOfHeaderAsync(Ct);
                await client.SendRawAsync(new byte[] { 0, 0, 0, 1, (byte)'E' }, Ct);
                await begun.Task.WaitAsync(Patience.Ample, Ct);
                await client.DisposeAsync();
                break;
        }

        await server.Counted.UntilAsync($"milter.connections.closed{{listener={server.Endpoint},reason={reason}}}", 1);
        Assert.Equal(
            $"milter.connections.closed{{listener={server.Endpoint},reason={reason}}}=1", server.Counted.NonZero("milter.connections.closed"));
    }

    [Fact]
    public async Task NoLabelIsTheSendersToChoose()
    {
        var filter = new ScriptedFilter { OnRecipient = (_, _, _) => ValueTask.FromResult<RecipientReply>(new RecipientReply.Refused(Never)) };
        await using var server = await TestServer.StartAsync(filter);
        await using var client = await server.GreetAsync();
        int before = server.Counted.Series.Count;
        await client.DeliverAsync(Some.Message with { Sender = "<mallory@evil.example>", Recipients = ["<victim@b.example>"] }, Ct);
        await server.Counted.UntilAsync("milter.message.duration", 1);
        Assert.Equal(before + 1, server.Counted.Series.Count);
        Assert.DoesNotContain(server.Counted.Series.Keys, name => name.Contains("example", StringComparison.Ordinal));
    }
}
