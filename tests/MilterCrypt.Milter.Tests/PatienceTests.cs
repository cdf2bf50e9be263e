using Microsoft.Extensions.Logging;
using MilterCrypt.Milter.Client;
using MilterCrypt.Milter.Tests.Support;
using MilterCrypt.TestSupport;

namespace MilterCrypt.Milter.Tests;

/// <summary>Handlers that are slow, hang or compute without a pause, and what the MTA notices of it.</summary>
public sealed class PatienceTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ASessionThatIsBusyItselfIsNotIdle()
    {
        using var mayAnswer = new SemaphoreSlim(0);
        var filter = new ScriptedFilter
        {
            OnBody = async (_, _, cancellation) =>
            {
                await mayAnswer.WaitAsync(cancellation);
                return new MailVerdict.Changed(new MessageChanges([], new MemoryStream(Some.Bytes(500_000))));
            },
        };
        var silence = TimeSpan.FromSeconds(50);
        var options = new MilterOptions
        {
            NegotiationTimeout = silence, ContentTimeout = silence, IdleTimeout = silence, ProgressInterval = TimeSpan.FromSeconds(40),
        };
        await using var server = await TestServer.StartAsync(filter, options: options);
        await using var client = await server.GreetAsync();
        for (int message = 0; message < 2; message++)
        {
            var delivery = client.DeliverAsync(Some.Message, Ct);
            for (int i = 0; i < 4; i++)
                await server.Clock.PassAsync(options.ProgressInterval);
            mayAnswer.Release();
            Assert.Equal(500_000, (await delivery).Body.Length);
        }

        Assert.DoesNotContain(server.Log.Entries, entry => entry.Level >= LogLevel.Warning);
        var closed = Assert.ThrowsAnyAsync<IOException>(() => client.ReadAsync(Ct));
        Assert.True(await server.Clock.PassUntilAsync(closed, TimeSpan.FromSeconds(1)) >= silence);
        await closed;
    }

    [Fact]
    public async Task AHandlerThatHangsAndHeedsNothingDoesNotHoldBackTheAnswer()
    {
        var goOn = new TaskCompletionSource();
        var filter = new ScriptedFilter
        {
            OnHeader = async (_, _) =>
            {
                await goOn.Task;
                return HeaderDecision.Unchanged;
            },
        };
        var options = new MilterOptions();
        await using var server = await TestServer.StartAsync(filter, options: options);
        await using var client = await server.GreetAsync(MtaHabits.Sendmail);
        var delivery = client.DeliverAsync(Some.Message, Ct);
        await server.Clock.PassAsync(options.CommandTimeout);
        Assert.StartsWith("451 4.3.0", (await delivery).Final.ToString(), StringComparison.Ordinal);

        // The connection can't go on without it, and doesn't keep the MTA waiting.
        await server.Clock.PassAsync(options.CommandTimeout);
        await Assert.ThrowsAnyAsync<IOException>(() => client.ReadAsync(Ct).WaitAsync(Patience.Ample, Ct));
        Assert.Equal(0, filter.Last.Disposals);
        goOn.SetResult();
        await filter.Last.Ended.Task.WaitAsync(Patience.Ample, Ct);
        Assert.IsType<MailVerdict.Refused>(Assert.Single(filter.Last.Answers));
    }

    [Theory]
    [InlineData(20)]
    [InlineData(100_000)]
    public async Task AHandlerThatComputesWithoutAPauseIsCoveredByProgressAndByTheDeadline(int length)
    {
        using var goOn = new ManualResetEventSlim();
        var filter = new ScriptedFilter
        {
            OnBody = (_, _, _) =>
            {
                goOn.Wait(Patience.Ample, Ct);
                return ValueTask.FromResult(MailVerdict.Unchanged);
            },
        };
        var options = new MilterOptions
        {
            ProgressInterval = TimeSpan.FromSeconds(4), VerdictTimeout = TimeSpan.FromSeconds(10),
        };
        await using var server = await TestServer.StartAsync(filter, options: options);
        await using var client = await server.GreetAsync();
        var delivery = client.DeliverAsync(Some.WithBody(Some.Bytes(length)), Ct);
        await server.Clock.PassAsync(options.ProgressInterval);
        await server.Clock.PassAsync(options.ProgressInterval);
        await server.Clock.PassAsync(TimeSpan.FromSeconds(2));
        var result = await delivery;
        Assert.StartsWith("451 4.3.0", result.Final.ToString(), StringComparison.Ordinal);
        Assert.Equal(2, result.ProgressCount);
        goOn.Set();
    }

    [Fact]
    public async Task AnMtaThatIsLostWhileTheHandlerIsBehindIsNoError()
    {
        var goOn = new TaskCompletionSource();
        var filter = new ScriptedFilter
        {
            OnBody = async (_, body, cancellation) =>
            {
                await goOn.Task;
                while (!(await body.ReadAsync(cancellation)).IsCompleted)
                    body.AdvanceTo(default);
                return MailVerdict.Unchanged;
            },
        };
        var options = new MilterOptions { StallTimeout = TimeSpan.FromSeconds(45) };
        await using var server = await TestServer.StartAsync(filter, options: options);
        await using (var client = await server.GreetAsync())
        {
            await client.MailAsync("<a@a>", Ct);
            await client.RecipientAsync("<b@b>", Ct);
            await client.EndOfHeaderAsync(Ct);
            // The handler is too far behind at the fourth piece; what comes then would be handed to it once more.
            foreach (int length in (int[])[65535, 65535, 65535, 1])
                await client.BodyAsync(new byte[length], Ct);
            await server.Clock.WhenAwaitedAsync(options.StallTimeout);
            foreach (int length in (int[])[65535, 1])
                await client.BodyAsync(new byte[length], Ct);
        }

        await Patience.UntilAsync(
            () => server.Log.Entries.Any(entry => entry.Text.Contains("hung up amid the body", StringComparison.Ordinal)),
            () => "the loss goes unnoticed");
        goOn.SetResult();
        await filter.Last.Ended.Task.WaitAsync(Patience.Ample, Ct);
        Assert.True(filter.Last.BodyFailure is MessageAbortedException or OperationCanceledException);
        Assert.Empty(filter.Last.Answers);
        Assert.DoesNotContain(server.Log.Entries, entry => entry.Level >= LogLevel.Warning);
    }

    [Fact]
    public async Task WhatNobodyExpectedEndsTheConnectionWithAnErrorLine()
    {
        var filter = new ScriptedFilter
        {
            OnMessage = (_, _) => new MailVerdict.Changed(new MessageChanges(new BrokenEdits(), null)),
        };
        await using var server = await TestServer.StartAsync(filter);
        await using var client = await server.GreetAsync();
        await Assert.ThrowsAnyAsync<IOException>(() => client.DeliverAsync(Some.Message, Ct).WaitAsync(Patience.Ample, Ct));
        await filter.Last.Ended.Task.WaitAsync(Patience.Ample, Ct);
        Assert.Empty(filter.Last.Answers);
        Assert.Single(server.Log.Entries, entry => entry is { Level: LogLevel.Error, Failure: NotSupportedException });
    }

    [Fact]
    public async Task AHandlerWhoseCancellationFailsHarmsItsMessageAlone()
    {
        var filter = new ScriptedFilter
        {
            OnRecipient = (_, _, cancellation) =>
            {
                cancellation.Register(() => throw new NotSupportedException("cancellation"));
                return ValueTask.FromResult(RecipientReply.Accept);
            },
        };
        await using var server = await TestServer.StartAsync(filter);
        await using var client = await server.GreetAsync();
        await client.MailAsync("<a@a>", Ct);
        await client.RecipientAsync("<b@b>", Ct);
        await client.AbortAsync(Ct);
        Assert.Equal("continue", (await client.DeliverAsync(Some.Message, Ct)).Final.ToString());
        Assert.Single(server.Log.Entries, entry => entry.Level == LogLevel.Error);
    }

    private sealed class BrokenEdits : IReadOnlyList<HeaderEdit>
    {
        public int Count => throw new NotSupportedException("edits");

        public HeaderEdit this[int index] => throw new NotSupportedException("edits");

        public IEnumerator<HeaderEdit> GetEnumerator() => throw new NotSupportedException("edits");

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
