using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using MilterCrypt.Milter.Client;
using MilterCrypt.Milter.Tests.Support;

namespace MilterCrypt.Milter.Tests;

/// <summary>The steps that a filter asks for beyond the usual ones: what it may answer, and what that means.</summary>
public sealed class StepTests
{
    private const FilterSteps All = FilterSteps.Connect | FilterSteps.Helo | FilterSteps.Unknown | FilterSteps.Data;

    private static readonly StepReply.Refused No = new(new SmtpReply(554, "5.7.1", "Not from you"));

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string> Mtas => ["Postfix", "Sendmail"];

    public static TheoryData<string, string> StepsOfASession => new(
        from mta in new[] { "Postfix", "Sendmail" }
        from step in new[] { "connect", "helo" }
        select (mta, step));

    public static TheoryData<string, string, string> StepsOfAMessage => new(
        from mta in new[] { "Postfix", "Sendmail" }
        from step in new[] { "mail", "data" }
        from reply in new[] { "accept", "discard", "refuse" }
        select (mta, step, reply));

    public static TheoryData<string, bool> Failures => new(
        from step in new[] { "connect", "helo", "unknown", "mail", "data" }
        from hangs in new[] { false, true }
        select (step, hangs));

    [Theory]
    [MemberData(nameof(StepsOfASession))]
    public async Task ARefusalOfTheSessionRefusesEachOfItsMessagesAndNoHandlerBegins(string mta, string step)
    {
        var filter = Filter(step, No);
        await using TestServer server = await TestServer.StartAsync(filter);
        await using MilterClient client = await server.OpenAsync(SessionTests.Habits(mta));
        ClientSessionResult result = await client.RunAsync(new ClientSession(Some.Message, Some.Message), Ct);

        Assert.Equal("554 5.7.1 Not from you", (step == "connect" ? result.Connect : result.Helo).ToString());
        Assert.All(result.Messages, message => Assert.Equal(ClientOutcome.Refused, message.Outcome));
        // Sendmail drops the words at CONNECT.
        string words = mta == "Sendmail" && step == "connect" ? "550 5.7.1 Command rejected" : "554 5.7.1 Not from you";
        Assert.All(result.Messages, message => Assert.Equal(words, message.Reply));
        Assert.Empty(filter.Seen);
    }

    [Theory]
    [InlineData("connect", true)]
    [InlineData("helo", true)]
    [InlineData("connect", false)]
    [InlineData("helo", false)]
    public async Task AnMtaThatGoesOnWithASettledSessionHearsTheSameUntilTheClientBeginsAnew(string step, bool refused)
    {
        bool asked = false;
        var filter = Filter(step, () => asked ? StepReply.Continue : refused ? No : StepReply.Accept);
        await using TestServer server = await TestServer.StartAsync(filter);
        await using MilterClient client = await server.GreetAsync();
        asked = true;
        string expected = refused ? "554 5.7.1 Not from you" : "accept";
        for (int i = 0; i < 2; i++)
        {
            Assert.Equal(expected, (await client.MailAsync("<a@a.example>", Ct)).ToString());
            Assert.Equal(expected, (await client.RecipientAsync("<b@b.example>", Ct)).ToString());
            Assert.Equal(expected, (await client.DataAsync(Ct)).ToString());
            await client.HeaderAsync(Some.Header[0], Ct);
            Assert.Equal(expected, (await client.EndOfHeaderAsync(Ct)).ToString());
            await client.BodyAsync("x"u8.ToArray(), Ct);
            Assert.Equal(expected, Assert.Single(await client.EndOfMessageAsync(Ct)).ToString());
        }

        Assert.Equal(refused ? expected : "continue", (await client.UnknownAsync("XYZZY", Ct)).ToString());
        Assert.Empty(filter.Seen);
        if (step == "connect")
            await client.ConnectAsync("other.example", null, 0, Ct);
        await client.HeloAsync("other.example", Ct);
        Assert.Equal("continue", (await client.DeliverAsync(Some.Message, Ct)).Final.ToString());
        Assert.True(filter.Last.BodyEnded);
    }

    [Fact]
    public async Task WhatWasSaidAtConnectIsSaidAtHeloToo()
    {
        await using TestServer server = await TestServer.StartAsync(Filter("connect", No));
        await using MilterClient client = await server.OpenAsync();
        await client.ConnectAsync("client.example", null, 0, Ct);
        Assert.Equal("554 5.7.1 Not from you", (await client.HeloAsync("client.example", Ct)).ToString());
    }

    [Theory]
    [MemberData(nameof(StepsOfASession))]
    public async Task ASessionThatIsAcceptedPassesByTheFilter(string mta, string step)
    {
        var filter = Filter(step, StepReply.Accept);
        await using TestServer server = await TestServer.StartAsync(filter);
        await using MilterClient client = await server.OpenAsync(SessionTests.Habits(mta));
        ClientSessionResult result = await client.RunAsync(new ClientSession(Some.Message), Ct);
        Assert.Equal(ClientOutcome.Delivered, Assert.Single(result.Messages).Outcome);
        Assert.Equal(["<bob@b.example>"], result.Messages[0].EnvelopeRecipients);
        Assert.Empty(filter.Seen);
    }

    [Theory]
    [MemberData(nameof(Mtas))]
    public async Task A421AtConnectEndsTheClientsSession(string mta)
    {
        await using TestServer server = await TestServer.StartAsync(
            Filter("connect", new StepReply.Refused(new SmtpReply(421, "4.7.0", "Go away"))));
        await using MilterClient client = await server.OpenAsync(SessionTests.Habits(mta));
        ClientSessionResult result = await client.RunAsync(new ClientSession(Some.Message), Ct);
        Assert.Equal(ClientOutcome.Disconnected, Assert.Single(result.Messages).Outcome);
    }

    [Theory]
    [MemberData(nameof(StepsOfAMessage))]
    public async Task AnAnswerAtMailOrDataIsTheLastWordOnThatMessageAlone(string mta, string step, string reply)
    {
        var replies = new Queue<StepReply>([
            reply switch { "accept" => StepReply.Accept, "discard" => StepReply.Discard, _ => No }, StepReply.Continue,
        ]);
        var filter = Filter(step, replies.Dequeue);
        await using TestServer server = await TestServer.StartAsync(filter);
        await using MilterClient client = await server.OpenAsync(SessionTests.Habits(mta));
        ClientSessionResult result = await client.RunAsync(new ClientSession(Some.Message, Some.Message), Ct);

        Assert.Equal(
            reply switch { "accept" => ClientOutcome.Delivered, "discard" => ClientOutcome.Discarded, _ => ClientOutcome.Refused },
            result.Messages[0].Outcome);
        Assert.False(result.Messages[0].BodySent);
        Assert.True(result.Messages[1].BodySent);
        SeenMessage first = filter.Seen.First();
        await first.Ended.Task.WaitAsync(Ct);
        Assert.Equal(
            reply switch { "accept" => typeof(MailVerdict.LeftUnchanged), "discard" => typeof(MailVerdict.Discarded), _ => typeof(MailVerdict.Refused) },
            Assert.Single(first.Answers).GetType());
        Assert.Equal(1, first.Disposals);
        Assert.True(filter.Last.BodyEnded);
    }

    [Fact]
    public async Task AnMtaThatGoesOnWithARefusedMessageHearsTheSame()
    {
        var filter = Filter("data", No);
        await using TestServer server = await TestServer.StartAsync(filter);
        await using MilterClient client = await server.GreetAsync();
        await client.MailAsync("<a@a.example>", Ct);
        await client.RecipientAsync("<b@b.example>", Ct);
        for (int i = 0; i < 2; i++)
        {
            Assert.Equal("554 5.7.1 Not from you", (await client.DataAsync(Ct)).ToString());
            Assert.Equal("554 5.7.1 Not from you", (await client.RecipientAsync("<c@c.example>", Ct)).ToString());
        }

        await client.ResetAsync(Ct);
        Assert.Equal("continue", (await client.MailAsync("<a@a.example>", Ct)).ToString());
        Assert.Equal(2, filter.Seen.Count);
    }

    [Fact]
    public async Task AnUnknownCommandIsRefusedInTheFiltersWordsAndHarmsNoMessage()
    {
        var lines = new List<string>();
        var filter = new ScriptedFilter
        {
            Steps = All,
            OnUnknown = (session, line, _) =>
            {
                lines.Add($"{session.ClientHost} {line}");
                return ValueTask.FromResult<StepReply>(new StepReply.Refused(new SmtpReply(502, "5.5.1", "No such magic")));
            },
        };
        await using TestServer server = await TestServer.StartAsync(filter);
        await using MilterClient client = await server.GreetAsync();
        await client.MailAsync("<a@a.example>", Ct);
        Assert.Equal("502 5.5.1 No such magic", (await client.UnknownAsync("XYZZY plugh", Ct)).ToString());
        Assert.Equal("continue", (await client.RecipientAsync("<b@b.example>", Ct)).ToString());
        Assert.Equal(["client.example XYZZY plugh"], lines);
        Assert.Equal(0, filter.Last.Disposals);
    }

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task AStepThatThrowsOrHangsIsATemporaryRefusalAndAnErrorLineAndNothingElseSuffers(string step, bool hangs)
    {
        int calls = 0;
        ValueTask<StepReply> Fail(CancellationToken cancellation)
        {
            if (calls++ > 0)
                return ValueTask.FromResult(StepReply.Continue);
            return hangs ? HangAsync(cancellation) : throw new InvalidOperationException("boom");
        }

        var filter = new ScriptedFilter
        {
            Steps = All,
            OnConnect = (_, c) => step == "connect" ? Fail(c) : Continue,
            OnHelo = (_, c) => step == "helo" ? Fail(c) : Continue,
            OnUnknown = (_, _, c) => step == "unknown" ? Fail(c) : Continue,
            OnSender = (_, c) => step == "mail" ? Fail(c) : Continue,
            OnData = (_, c) => step == "data" ? Fail(c) : Continue,
        };
        await using TestServer server = await TestServer.StartAsync(filter);
        await using MilterClient client = await server.OpenAsync();
        Task<string[]> playing = PlayAsync(client);
        if (hangs)
            await server.Clock.PassAsync(new MilterOptions().CommandTimeout);
        string[] answers = await playing;
        string[] order = ["connect", "helo", "unknown", "mail", "recipient", "data"];
        Assert.Equal(
            order.Select(s => s == step || (step is "connect" or "helo" or "mail" && Array.IndexOf(order, s) > Array.IndexOf(order, step)) ? "451 4.3.0" : "continue"),
            answers);
        Assert.Single(server.Log.Entries, entry => entry.Level == LogLevel.Error);

        // The same connection, begun anew.
        await client.QuitNewClientAsync(Ct);
        Assert.All(await PlayAsync(client), answer => Assert.Equal("continue", answer));
    }

    [Fact]
    public async Task ACallThatHeedsNothingIsNotJoinedByAnotherUntilItHasEnded()
    {
        int calls = 0;
        var mayEnd = new TaskCompletionSource();
        var filter = new ScriptedFilter
        {
            Steps = All,
            OnUnknown = async (_, _, _) =>
            {
                if (calls++ == 0)
                    await mayEnd.Task;
                return No;
            },
        };
        await using TestServer server = await TestServer.StartAsync(filter);
        await using MilterClient client = await server.GreetAsync();
        for (int i = 0; i < 2; i++)
        {
            Task<MilterAnswer> answer = client.UnknownAsync("XYZZY", Ct);
            await server.Clock.PassAsync(new MilterOptions().CommandTimeout);
            Assert.StartsWith("451 4.3.0", (await answer).ToString(), StringComparison.Ordinal);
        }

        Assert.Equal(1, calls);
        mayEnd.SetResult();
        Assert.Equal("554 5.7.1 Not from you", (await client.UnknownAsync("XYZZY", Ct)).ToString());
        Assert.Equal(2, calls);
    }

    [Theory]
    [InlineData("connect")]
    [InlineData("helo")]
    [InlineData("unknown")]
    public async Task AnAnswerThatTheStepDoesNotKnowIsAFailureOfTheFilter(string step)
    {
        await using TestServer server = await TestServer.StartAsync(Filter(step, StepReply.Discard));
        await using MilterClient client = await server.OpenAsync();
        string[] answers = await PlayAsync(client);
        Assert.Contains("451 4.3.0", answers);
        Assert.Contains(server.Log.Entries, entry => entry.Level == LogLevel.Error && entry.Failure is InvalidOperationException);
    }

    [Fact]
    public async Task WhatIsNotAskedForIsNotShown()
    {
        var filter = new ScriptedFilter
        {
            OnConnect = (_, _) => throw new InvalidOperationException(),
            OnHelo = (_, _) => throw new InvalidOperationException(),
            OnUnknown = (_, _, _) => throw new InvalidOperationException(),
            OnData = (_, _) => throw new InvalidOperationException(),
        };
        await using TestServer server = await TestServer.StartAsync(filter);
        foreach (uint version in new uint[] { 2, 4, 6 })
        {
            await using MilterClient client = await server.OpenAsync(MtaHabits.Sendmail.Speaking(version));
            Assert.All(await PlayAsync(client), answer => Assert.Equal("continue", answer));
        }

        Assert.DoesNotContain(server.Log.Entries, entry => entry.Level >= LogLevel.Warning);
    }

    [Fact]
    public async Task NoProgressIsSentBeforeTheEndOfTheMessageSinceSendmailGivesTheFilterUp()
    {
        var options = new MilterOptions();
        var asked = Channel.CreateUnbounded<TaskCompletionSource>();
        async ValueTask<T> SlowlyAsync<T>(T answer)
        {
            var mayAnswer = new TaskCompletionSource();
            asked.Writer.TryWrite(mayAnswer);
            await mayAnswer.Task;
            return answer;
        }

        var filter = new ScriptedFilter
        {
            Steps = All,
            OnConnect = (_, _) => SlowlyAsync(StepReply.Continue),
            OnHelo = (_, _) => SlowlyAsync(StepReply.Continue),
            OnSender = (_, _) => SlowlyAsync(StepReply.Continue),
            OnRecipient = (_, _, _) => SlowlyAsync(RecipientReply.Accept),
            OnData = (_, _) => SlowlyAsync(StepReply.Continue),
            OnHeader = (_, _) => SlowlyAsync(HeaderDecision.ReadBody),
        };
        await using TestServer server = await TestServer.StartAsync(filter, options: options);
        await using MilterClient client = await server.OpenAsync(MtaHabits.Sendmail);
        Task<ClientSessionResult> running = client.RunAsync(new ClientSession(Some.Message), Ct);
        for (int steps = 0; steps < 6; steps++)
        {
            TaskCompletionSource mayAnswer = await asked.Reader.ReadAsync(Ct);
            await server.Clock.WhenAwaitedAsync(options.CommandTimeout);
            server.Clock.Advance(options.ProgressInterval + TimeSpan.FromSeconds(1));
            mayAnswer.SetResult();
        }

        Assert.Equal(ClientOutcome.Delivered, Assert.Single((await running).Messages).Outcome);
    }

    private static ValueTask<StepReply> Continue => ValueTask.FromResult(StepReply.Continue);

    private static ScriptedFilter Filter(string step, StepReply reply) => Filter(step, () => reply);

    private static ScriptedFilter Filter(string step, Func<StepReply> reply) => new()
    {
        Steps = All,
        OnConnect = (_, _) => step == "connect" ? ValueTask.FromResult(reply()) : Continue,
        OnHelo = (_, _) => step == "helo" ? ValueTask.FromResult(reply()) : Continue,
        OnUnknown = (_, _, _) => step == "unknown" ? ValueTask.FromResult(reply()) : Continue,
        OnSender = (_, _) => step == "mail" ? ValueTask.FromResult(reply()) : Continue,
        OnData = (_, _) => step == "data" ? ValueTask.FromResult(reply()) : Continue,
    };

    private static async ValueTask<StepReply> HangAsync(CancellationToken cancellation)
    {
        await Task.Delay(Timeout.Infinite, cancellation);
        return StepReply.Continue;
    }

    // The first words of each answer.
    private static async Task<string[]> PlayAsync(MilterClient client)
    {
        MilterAnswer[] answers =
        [
            await client.ConnectAsync("client.example", null, 0, Ct),
            await client.HeloAsync("client.example", Ct),
            await client.UnknownAsync("XYZZY", Ct),
            await client.MailAsync("<a@a.example>", Ct),
            await client.RecipientAsync("<b@b.example>", Ct),
            await client.DataAsync(Ct),
        ];
        await client.AbortAsync(Ct);
        return [.. answers.Select(answer => string.Join(' ', answer.ToString().Split(' ').Take(2)))];
    }
}
