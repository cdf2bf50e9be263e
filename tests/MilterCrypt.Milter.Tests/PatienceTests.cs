using System.Diagnostics;
using Microsoft.Extensions.Logging;
using MilterCrypt.Milter.Client;
using MilterCrypt.Milter.Tests.Support;

namespace MilterCrypt.Milter.Tests;

/// <summary>Handlers that are slow, hang or compute without a pause, and what the MTA notices of it.</summary>
public sealed class PatienceTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ASessionThatIsBusyItselfIsNotIdle()
    {
        var filter = new ScriptedFilter
        {
            OnBody = async (_, _, cancellation) =>
            {
                await Task.Delay(3000, cancellation);
                return new MailVerdict.Changed(new MessageChanges([], new MemoryStream(Some.Bytes(500_000))));
            },
        };
        var silence = TimeSpan.FromMilliseconds(1500);
        await using var server = await TestServer.StartAsync(
            filter, options: new MilterOptions { NegotiationTimeout = silence, ContentTimeout = silence, IdleTimeout = silence });
        await using var client = await server.GreetAsync();
        Assert.Equal(500_000, (await client.DeliverAsync(Some.Message, Ct)).Body.Length);
        Assert.Equal(500_000, (await client.DeliverAsync(Some.Message, Ct)).Body.Length);
        Assert.DoesNotContain(server.Log.Entries, entry => entry.Level >= LogLevel.Warning);
        await Assert.ThrowsAnyAsync<IOException>(() => client.ReadAsync(Ct).WaitAsync(Patience, Ct));
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
        await using var server = await TestServer.StartAsync(
            filter, options: new MilterOptions { CommandTimeout = TimeSpan.FromMilliseconds(400) });
        await using var client = await server.GreetAsync(MtaHabits.Sendmail);
        var result = await client.DeliverAsync(Some.Message, Ct).WaitAsync(Patience, Ct);
        Assert.StartsWith("451 4.3.0", result.Final.ToString(), StringComparison.Ordinal);

        // The connection can't go on without it, and doesn't keep the MTA waiting.
        await Assert.ThrowsAnyAsync<IOException>(() => client.ReadAsync(Ct).WaitAsync(Patience, Ct));
        Assert.Equal(0, filter.Last.Disposals);
        goOn.SetResult();
        await filter.Last.Ended.Task.WaitAsync(Patience, Ct);
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
                goOn.Wait(Patience, Ct);
                return ValueTask.FromResult(MailVerdict.Unchanged);
            },
        };
        var options = new MilterOptions
        {
            ProgressInterval = TimeSpan.FromMilliseconds(150), VerdictTimeout = TimeSpan.FromMilliseconds(1000),
        };
        await using var server = await TestServer.StartAsync(filter, options: options);
        await using var client = await server.GreetAsync();
        long begun = Stopwatch.GetTimestamp();
        var result = await client.DeliverAsync(Some.WithBody(Some.Bytes(length)), Ct);
        Assert.StartsWith("451 4.3.0", result.Final.ToString(), StringComparison.Ordinal);
        Assert.InRange(result.ProgressCount, 2, 7);
        Assert.InRange(Stopwatch.GetElapsedTime(begun), TimeSpan.FromMilliseconds(900), Patience / 2);
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
        await using var server = await TestServer.StartAsync(filter);
        await using (var client = await server.GreetAsync())
        {
            await client.MailAsync("<a@a>", Ct);
            await client.RecipientAsync("<b@b>", Ct);
            await client.EndOfHeaderAsync(Ct);
            // The handler is too far behind at the fourth piece; what comes then would be handed to it once more.
            foreach (int length in (int[])[65535, 65535, 65535, 1, 65535, 1])
            {
                await client.BodyAsync(new byte[length], Ct);
                await Task.Delay(50, Ct);
            }
        }

        await Task.Delay(200, Ct);
        goOn.SetResult();
        await filter.Last.Ended.Task.WaitAsync(Patience, Ct);
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
        await Assert.ThrowsAnyAsync<IOException>(() => client.DeliverAsync(Some.Message, Ct).WaitAsync(Patience, Ct));
        await filter.Last.Ended.Task.WaitAsync(Patience, Ct);
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
