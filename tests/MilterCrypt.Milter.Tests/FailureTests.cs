using Microsoft.Extensions.Logging;
using MilterCrypt.Milter.Client;
using MilterCrypt.Milter.Tests.Support;
using MilterCrypt.TestSupport;

namespace MilterCrypt.Milter.Tests;

public sealed class FailureTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("begin")]
    [InlineData("recipient")]
    [InlineData("header")]
    [InlineData("body")]
    [InlineData("body at once")]
    public async Task AnExceptionOfTheHandlerBecomesATemporaryRefusalAndAnErrorLine(string where)
    {
        static InvalidOperationException Boom() => new("boom");
        var filter = new ScriptedFilter
        {
            OnBegin = where == "begin" ? _ => throw Boom() : null,
            OnRecipient = (_, _, _) => where == "recipient" ? throw Boom() : ValueTask.FromResult(RecipientReply.Accept),
            OnHeader = (_, _) => where == "header" ? throw Boom() : ValueTask.FromResult(HeaderDecision.ReadBody),
            OnMessage = (_, _) => where == "body" ? throw Boom() : MailVerdict.Unchanged,
            OnBody = where == "body at once" ? (_, _, _) => throw Boom() : null,
        };
        await using TestServer server = await TestServer.StartAsync(filter);
        await using MilterClient client = await server.GreetAsync();
        ClientResult result = await client.DeliverAsync(Some.Message, Ct);
        Assert.StartsWith("451 4.3.0", result.Final.ToString(), StringComparison.Ordinal);
        Assert.Contains(server.Log.Entries, e => e.Level == LogLevel.Error && e.Failure is InvalidOperationException);

        // The connection is none the worse for it.
        Assert.StartsWith("451 4.3.0", (await client.DeliverAsync(Some.Message, Ct)).Final.ToString(), StringComparison.Ordinal);
        await client.QuitAsync(Ct);
        foreach (SeenMessage seen in filter.Seen)
            await seen.Ended.Task.WaitAsync(Patience.Ample, Ct);
        Assert.All(filter.Seen, s => Assert.Equal(1, s.Disposals));
    }

    public static TheoryData<string> Stages => ["mail", "recipient", "data", "header", "end of header", "body", "half a frame"];

    [Theory]
    [MemberData(nameof(Stages))]
    public async Task APeerThatVanishesEndsTheHandlerAndNeverLooksLikeAWholeMessage(string stage)
    {
        var filter = new ScriptedFilter();
        await using TestServer server = await TestServer.StartAsync(filter);
        await using (MilterClient client = await server.GreetAsync())
            await PlayUntilAsync(client, stage);

        await filter.Last.Ended.Task.WaitAsync(Patience.Ample, Ct);
        Assert.False(filter.Last.BodyEnded);
        if (stage is "body" or "half a frame")
            Assert.True(filter.Last.BodyFailure is MessageAbortedException or OperationCanceledException);
        Assert.Equal(1, filter.Last.Disposals);
        Assert.DoesNotContain(server.Log.Entries, e => e.Level == LogLevel.Error);
    }

    [Theory]
    [MemberData(nameof(Stages))]
    public async Task AbortEndsTheHandlerAndTheNextMessageIsWhole(string stage)
    {
        if (stage == "half a frame")
            return;
        var filter = new ScriptedFilter();
        await using TestServer server = await TestServer.StartAsync(filter);
        await using MilterClient client = await server.GreetAsync();
        await PlayUntilAsync(client, stage);
        await client.AbortAsync(Ct);
        await filter.Last.Ended.Task.WaitAsync(Patience.Ample, Ct);
        Assert.False(filter.Last.BodyEnded);

        await client.AbortAsync(Ct);
        Assert.Equal("continue", (await client.DeliverAsync(Some.Message, Ct)).Final.ToString());
        Assert.True(filter.Last.BodyEnded);
        Assert.Equal("line 1\r\nline 2\r\n", filter.Last.BodyText);
    }

    [Theory]
    [MemberData(nameof(Stages))]
    public async Task MailBeginsANewMessageWhateverCameBefore(string stage)
    {
        if (stage == "half a frame")
            return;
        var filter = new ScriptedFilter();
        await using TestServer server = await TestServer.StartAsync(filter);
        await using MilterClient client = await server.GreetAsync();
        await PlayUntilAsync(client, stage);
        Assert.Equal("continue", (await client.DeliverAsync(Some.Message with { Sender = "<second@a.example>" }, Ct)).Final.ToString());
        Assert.Equal("second@a.example", filter.Last.Mail.Sender);
        Assert.Equal(1, filter.Seen.First().Disposals);
        Assert.False(filter.Seen.First().BodyEnded);
    }

    [Fact]
    public async Task AVanishedPeerCancelsAHandlerThatWorksOnItsVerdict()
    {
        var started = new TaskCompletionSource();
        var filter = new ScriptedFilter
        {
            OnBody = async (_, _, cancellation) =>
            {
                started.SetResult();
                await Task.Delay(Timeout.Infinite, cancellation);
                return MailVerdict.Unchanged;
            },
        };
        await using TestServer server = await TestServer.StartAsync(filter);
        await using (MilterClient client = await server.GreetAsync())
        {
            Task<ClientResult> delivery = client.DeliverAsync(Some.Message, Ct);
            await started.Task.WaitAsync(Patience.Ample, Ct);
            Assert.False(delivery.IsCompleted);
            await client.DisposeAsync();
            await Assert.ThrowsAnyAsync<Exception>(() => delivery);
        }

        await filter.Last.Ended.Task.WaitAsync(Patience.Ample, Ct);
        Assert.IsAssignableFrom<OperationCanceledException>(filter.Last.BodyFailure);
    }

    [Fact]
    public async Task ProgressIsSentWhileTheVerdictIsAwaitedAndNeverAmidEdits()
    {
        var mayAnswer = new TaskCompletionSource();
        var filter = new ScriptedFilter
        {
            OnBody = async (_, _, _) =>
            {
                await mayAnswer.Task;
                return new MailVerdict.Changed(new MessageChanges([new HeaderEdit.Add("X", " y"u8.ToArray())], new MemoryStream(Some.Bytes(300_000))));
            },
        };
        var options = new MilterOptions();
        await using TestServer server = await TestServer.StartAsync(filter, options: options);
        await using MilterClient client = await server.GreetAsync();
        Task<ClientResult> delivery = client.DeliverAsync(Some.Message, Ct);
        for (int i = 0; i < 3; i++)
            await server.Clock.PassAsync(options.ProgressInterval);
        await server.Clock.WhenAwaitedAsync(options.ProgressInterval);
        mayAnswer.SetResult();
        ClientResult result = await delivery;
        Assert.Equal(3, result.ProgressCount);
        Assert.Equal(Some.Bytes(300_000), result.Body.ToArray());
    }

    [Fact]
    public async Task AVerdictThatTakesTooLongIsATemporaryRefusal()
    {
        var filter = new ScriptedFilter
        {
            OnBody = async (_, _, cancellation) =>
            {
                await Task.Delay(Timeout.Infinite, cancellation);
                return MailVerdict.Unchanged;
            },
        };
        var options = new MilterOptions { VerdictTimeout = TimeSpan.FromSeconds(10), ProgressInterval = TimeSpan.FromSeconds(4) };
        await using TestServer server = await TestServer.StartAsync(filter, options: options);
        await using MilterClient client = await server.GreetAsync();
        Task<ClientResult> delivery = client.DeliverAsync(Some.Message, Ct);
        await server.Clock.PassAsync(options.ProgressInterval);
        await server.Clock.PassAsync(options.ProgressInterval);
        await server.Clock.PassAsync(TimeSpan.FromSeconds(2));
        ClientResult result = await delivery;
        Assert.StartsWith("451 4.3.0", result.Final.ToString(), StringComparison.Ordinal);
        Assert.Equal(2, result.ProgressCount);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task AnAnswerAtRcptOrEndOfHeaderThatTakesTooLongIsATemporaryRefusal(bool atRecipient)
    {
        static async ValueTask<T> Stall<T>(CancellationToken cancellation)
        {
            await Task.Delay(Timeout.Infinite, cancellation);
            throw new InvalidOperationException();
        }

        var filter = new ScriptedFilter
        {
            OnRecipient = (_, _, c) => atRecipient ? Stall<RecipientReply>(c) : ValueTask.FromResult(RecipientReply.Accept),
            OnHeader = (_, c) => Stall<HeaderDecision>(c),
        };
        var options = new MilterOptions();
        await using TestServer server = await TestServer.StartAsync(filter, options: options);
        await using MilterClient client = await server.GreetAsync();
        Task<ClientResult> delivery = client.DeliverAsync(Some.Message, Ct);
        await server.Clock.PassAsync(options.CommandTimeout);
        ClientResult result = await delivery;
        Assert.StartsWith("451 4.3.0", result.Final.ToString(), StringComparison.Ordinal);
        await client.QuitAsync(Ct);
        await filter.Last.Ended.Task.WaitAsync(Patience.Ample, Ct);
    }

    [Fact]
    public async Task AHandlerThatStopsReadingIsGivenUpAndTheMessageRefused()
    {
        var filter = new ScriptedFilter
        {
            OnBody = async (_, _, cancellation) =>
            {
                await Task.Delay(Timeout.Infinite, cancellation);
                return MailVerdict.Unchanged;
            },
        };
        var options = new MilterOptions { StallTimeout = TimeSpan.FromSeconds(45) };
        await using TestServer server = await TestServer.StartAsync(filter, options: options);
        await using MilterClient client = await server.GreetAsync();
        Task<ClientResult> delivery = client.DeliverAsync(Some.WithBody(Some.Bytes(2_000_000)), Ct);
        await server.Clock.PassAsync(options.StallTimeout);
        ClientResult result = await delivery;
        Assert.StartsWith("451 4.3.0", result.Final.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AHandlerMayAnswerBeforeTheBodyIsWhole()
    {
        var filter = new ScriptedFilter
        {
            OnBody = (_, _, _) => ValueTask.FromResult<MailVerdict>(new MailVerdict.Refused(new SmtpReply(550, "5.7.1", "Early"))),
        };
        await using TestServer server = await TestServer.StartAsync(filter);
        await using MilterClient client = await server.GreetAsync();
        Assert.Equal("550 5.7.1 Early", (await client.DeliverAsync(Some.WithBody(Some.Bytes(2_000_000)), Ct)).Final.ToString());
    }

    [Fact]
    public async Task ANewBodyThatCannotBeReadToItsEndIsATemporaryRefusal()
    {
        var filter = new ScriptedFilter
        {
            OnMessage = (_, _) => new MailVerdict.Changed(new MessageChanges([], new BrokenStream(200_000))),
        };
        await using TestServer server = await TestServer.StartAsync(filter);
        await using MilterClient client = await server.GreetAsync();
        ClientResult result = await client.DeliverAsync(Some.Message, Ct);
        Assert.StartsWith("451 4.3.0", result.Final.ToString(), StringComparison.Ordinal);
        Assert.Contains(server.Log.Entries, e => e.Failure is IOException);
    }

    [Fact]
    public async Task TooMuchHeaderOrTooManyRecipientsAreRefused()
    {
        var filter = new ScriptedFilter();
        var options = new MilterOptions { MaxHeaderBytes = 100, MaxRecipients = 2 };
        await using TestServer server = await TestServer.StartAsync(filter, options: options);
        await using MilterClient client = await server.GreetAsync();
        ClientResult result = await client.DeliverAsync(
            Some.WithHeader(Some.Field("X", new string('x', 101))) with { Recipients = ["<a@a>", "<b@b>", "<c@c>"] }, Ct);
        Assert.StartsWith("552 5.3.4", result.Final.ToString(), StringComparison.Ordinal);
        Assert.StartsWith("452 4.5.3", result.Recipients[2].ToString(), StringComparison.Ordinal);
    }

    private static async Task PlayUntilAsync(MilterClient client, string stage)
    {
        await client.MailAsync("<a@a.example>", Ct);
        if (stage == "mail")
            return;
        await client.RecipientAsync("<b@b.example>", Ct);
        if (stage == "recipient")
            return;
        await client.DataAsync(Ct);
        if (stage == "data")
            return;
        await client.HeaderAsync(Some.Field("Subject", " x"), Ct);
        if (stage == "header")
            return;
        await client.EndOfHeaderAsync(Ct);
        if (stage == "end of header")
            return;
        await client.BodyAsync(Some.Bytes(65535), Ct);
        await client.BodyAsync(Some.Bytes(65535), Ct);
        if (stage == "half a frame")
            await client.SendRawAsync(new byte[] { 0, 0, 1, 0, (byte)'B', 1, 2 }, Ct);
    }

    private sealed class BrokenStream(int goodBytes) : MemoryStream(new byte[goodBytes])
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            int read = await base.ReadAsync(buffer, cancellationToken);
            return read > 0 ? read : throw new IOException("disk gone");
        }
    }
}
