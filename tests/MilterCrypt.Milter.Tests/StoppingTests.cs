using System.Buffers;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using MilterCrypt.Milter.Client;
using MilterCrypt.Milter.Tests.Support;
using MilterCrypt.Milter.Wire;
using MilterCrypt.TestSupport;

namespace MilterCrypt.Milter.Tests;

/// <summary>A server that is told to stop while mail is on its way: what has begun is finished, or refused for now, and an
/// MTA that is owed an answer gets one.</summary>
public sealed class StoppingTests
{
    private const string Stopping = "451 4.3.2 Mail filter is being stopped, please try again later";

    // Nothing but the end of the time for stopping is to happen here.
    private static MilterOptions Options { get; } = new()
    {
        CommandTimeout = TimeSpan.FromDays(1),
        ContentTimeout = TimeSpan.FromDays(1),
        StallTimeout = TimeSpan.FromDays(1),
        VerdictTimeout = TimeSpan.FromDays(1),
        LastWordTimeout = TimeSpan.FromDays(1),
    };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task NobodyCanConnectAnyMoreIdleConnectionsCloseAndTheMessageInFlightIsFinished()
    {
        var filter = new ScriptedFilter { OnMessage = (_, _) => Changed("new\r\n"u8.ToArray()) };
        await using var server = await TestServer.StartAsync(filter, options: Options);
        await using var busy = await server.GreetAsync(MtaHabits.Sendmail);
        await using var idle = await server.GreetAsync();
        await using var unused = await server.OpenAsync();
        await busy.MailAsync("<a@a.example>", Ct);
        var stopping = server.StopAsync();

        await AssertClosedAsync(idle);
        await AssertClosedAsync(unused);
        await Assert.ThrowsAnyAsync<SocketException>(() => server.OpenAsync());

        Assert.True((await busy.RecipientAsync("<b@b.example>", Ct)).GoesOn);
        Assert.True((await busy.RecipientAsync("<c@c.example>", Ct)).GoesOn);
        await busy.HeaderAsync(Some.Field("Subject", " x"), Ct);
        Assert.True((await busy.EndOfHeaderAsync(Ct)).GoesOn);
        await busy.BodyAsync("old\r\n"u8.ToArray(), Ct);
        var answers = await busy.EndOfMessageAsync(Ct);
        Assert.Equal(["SMFIR_REPLBODY with 5 bytes", "continue"], answers.Select(answer => answer.ToString()));
        await AssertClosedAsync(busy);
        await stopping.WaitAsync(Patience.Ample, Ct);
        Assert.Equal(["b@b.example", "c@c.example"], filter.Last.Mail.Recipients.Select(r => r.Address));
        Assert.DoesNotContain(server.Log.Entries, entry => entry.Level >= LogLevel.Warning);
    }

    public static TheoryData<string> Waits => ["recipient", "header", "body", "verdict"];

    [Theory]
    [MemberData(nameof(Waits))]
    public async Task AHandlerThatTheServerWaitsForIsGivenTimeToFinish(string wait)
    {
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var filter = Waiting(wait, goOn.Task);
        await using var server = await TestServer.StartAsync(filter, options: Options);
        await using var idle = await server.GreetAsync();
        await using var client = await server.GreetAsync(MtaHabits.Sendmail);
        var delivery = client.DeliverAsync(Some.WithBody(Some.Bytes(2_000_000)), Ct);
        await filter.Reached.WaitAsync(Patience.Ample, Ct);
        var stopping = server.StopAsync();
        await AssertClosedAsync(idle);
        server.Clock.Advance(Options.StopTimeout - TimeSpan.FromSeconds(1));
        goOn.SetResult();
        var result = await delivery.WaitAsync(Patience.Ample, Ct);
        Assert.Equal("continue", result.Final.ToString());
        Assert.Equal(3_000_000, result.Body.Length);
        await stopping.WaitAsync(Patience.Ample, Ct);
    }

    [Theory]
    [MemberData(nameof(Waits))]
    public async Task AHandlerThatIsNotDoneInTimeDoesNotHoldBackTheAnswer(string wait)
    {
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var filter = Waiting(wait, goOn.Task);
        await using var server = await TestServer.StartAsync(filter, options: Options);
        await using var client = await server.GreetAsync(MtaHabits.Sendmail);
        var delivery = client.DeliverAsync(Some.WithBody(Some.Bytes(2_000_000)), Ct);
        await filter.Reached.WaitAsync(Patience.Ample, Ct);
        var stopping = server.StopAsync();
        await server.Clock.PassUntilAsync(delivery, TimeSpan.FromSeconds(1));
        Assert.Equal(Stopping, (await delivery).Final.ToString());
        goOn.SetResult();
        await client.DisposeAsync();
        await stopping.WaitAsync(Patience.Ample, Ct);
        await filter.Last.Ended.Task.WaitAsync(Patience.Ample, Ct);
        Assert.Equal(wait == "recipient" ? [] : [Stopping], filter.Last.Answers.Select(a => ((MailVerdict.Refused)a).Reply.ToString()));
        Assert.DoesNotContain(server.Log.Entries, entry => entry.Level == LogLevel.Error);
    }

    // The MTA owes the next command, which its client may take long for.
    [Theory]
    [InlineData("mail")]
    [InlineData("recipient")]
    [InlineData("header")]
    [InlineData("body")]
    public async Task AnMtaThatComesTooLateIsStillToldSo(string stage)
    {
        await using var server = await TestServer.StartAsync(new ScriptedFilter(), options: Options);
        await using var client = await server.GreetAsync(MtaHabits.Sendmail);
        await client.MailAsync("<a@a.example>", Ct);
        if (stage != "mail")
            await client.RecipientAsync("<b@b.example>", Ct);
        if (stage is "header" or "body")
            await client.HeaderAsync(Some.Field("Subject", " x"), Ct);
        if (stage == "body")
        {
            await client.EndOfHeaderAsync(Ct);
            await client.BodyAsync(Some.Bytes(65535), Ct);
        }

        var stopping = server.StopAsync();
        await server.Clock.PassAsync(Options.StopTimeout);
        await Patience.UntilAsync(
            () => server.Log.Entries.Any(e => e.Text.Contains("not finished when the server had to stop", StringComparison.Ordinal)),
            () => "the time for stopping doesn't end");
        var late = stage switch
        {
            "body" => (await client.EndOfMessageAsync(Ct))[^1],
            "mail" => await client.RecipientAsync("<b@b.example>", Ct),
            _ => await client.EndOfHeaderAsync(Ct),
        };
        Assert.Equal(Stopping, late.ToString());
        await client.DisposeAsync();
        await stopping.WaitAsync(Patience.Ample, Ct);
    }

    [Fact]
    public async Task AnMtaThatNeverComesDoesNotHoldUpTheStop()
    {
        var options = Options with { LastWordTimeout = new MilterOptions().LastWordTimeout };
        await using var server = await TestServer.StartAsync(new ScriptedFilter(), options: options);
        await using var client = await server.GreetAsync();
        await client.MailAsync("<a@a.example>", Ct);
        var stopping = server.StopAsync();
        await server.Clock.PassUntilAsync(stopping, TimeSpan.FromSeconds(1));
        await AssertClosedAsync(client);
    }

    [Fact]
    public async Task EditsThatHaveBegunAreCompletedHoweverSlowlyTheMtaReads()
    {
        byte[] body = Some.Bytes(20_000_000);
        var filter = new ScriptedFilter { OnMessage = (_, _) => Changed(body) };
        await using var server = await TestServer.StartAsync(filter, options: Options);
        await using var idle = await server.GreetAsync();
        await using var client = await server.GreetAsync(MtaHabits.Sendmail);
        await client.MailAsync("<a@a.example>", Ct);
        await client.RecipientAsync("<b@b.example>", Ct);
        await client.EndOfHeaderAsync(Ct);
        await client.SendRawAsync(new byte[] { 0, 0, 0, 1, (byte)'E' }, Ct);
        var answer = await client.ReadAsync(Ct);
        long length = 0;
        var stopping = server.StopAsync();
        await AssertClosedAsync(idle);
        for (int i = 0; i < 60; i++)
            server.Clock.Advance(TimeSpan.FromSeconds(1));

        for (; answer.Code == MilterReply.ReplaceBody; answer = await client.ReadAsync(Ct))
        {
            Assert.True(answer.Payload.Span.SequenceEqual(body.AsSpan((int)length, answer.Payload.Length)));
            length += answer.Payload.Length;
        }

        Assert.Equal("continue", answer.ToString());
        Assert.Equal(body.Length, length);
        await stopping.WaitAsync(Patience.Ample, Ct);
        Assert.IsType<MailVerdict.Changed>(Assert.Single(filter.Last.Answers));
    }

    [Fact]
    public async Task AMessageThatBeginsAfterTheStopIsDeferred()
    {
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var filter = Waiting("verdict", goOn.Task);
        await using var server = await TestServer.StartAsync(filter, options: Options);
        await using var idle = await server.GreetAsync();
        await using var client = await server.GreetAsync(MtaHabits.Sendmail);
        await client.MailAsync("<a@a.example>", Ct);
        await client.RecipientAsync("<b@b.example>", Ct);
        await client.EndOfHeaderAsync(Ct);
        // The next MAIL is on its way when the one before is answered, and the connection is about to be closed.
        var frames = new ArrayBufferWriter<byte>();
        FrameWriter.WriteEmpty(frames, MilterCommand.EndOfMessage);
        FrameWriter.WriteBytes(frames, MilterCommand.Mail, "<next@a.example>\0"u8);
        await client.SendRawAsync(frames.WrittenMemory, Ct);
        await filter.Reached.WaitAsync(Patience.Ample, Ct);
        var stopping = server.StopAsync();
        await AssertClosedAsync(idle);
        goOn.SetResult();
        while ((await client.ReadAsync(Ct)).Code != MilterReply.Continue)
            ;
        Assert.Equal(Stopping, (await client.ReadAsync(Ct)).ToString());
        await AssertClosedAsync(client);
        Assert.Single(filter.Seen);
        await stopping.WaitAsync(Patience.Ample, Ct);
    }

    private static MailVerdict.Changed Changed(byte[] body) => new(new MessageChanges([], new MemoryStream(body)));

    private static Task<IOException> AssertClosedAsync(MilterClient client) =>
        Assert.ThrowsAnyAsync<IOException>(() => client.ReadAsync(Ct).WaitAsync(Patience.Ample, Ct));

    /// <summary>A filter that does nothing at a stage until it may.</summary>
    private static ScriptedFilter Waiting(string stage, Task goOn)
    {
        ScriptedFilter filter = null!;
        async Task WaitAsync(string here)
        {
            if (here != stage)
                return;
            filter.Reach();
            await goOn;
        }

        return filter = new ScriptedFilter
        {
            OnRecipient = async (_, _, _) =>
            {
                await WaitAsync("recipient");
                return RecipientReply.Accept;
            },
            OnHeader = async (_, _) =>
            {
                await WaitAsync("header");
                return HeaderDecision.ReadBody;
            },
            OnBody = async (_, body, _) =>
            {
                await WaitAsync("body");
                while (true)
                {
                    var read = await body.ReadAsync(Ct);
                    body.AdvanceTo(read.Buffer.End);
                    if (read.IsCompleted)
                        break;
                }

                await WaitAsync("verdict");
                return Changed(Some.Bytes(3_000_000));
            },
        };
    }
}
