using MilterCrypt.Engine.Injection;

namespace MilterCrypt.Engine.Tests.Injection;

public sealed class InjectionLeaseTests
{
    private readonly SmtpInjector injector = Bringing.Injector(port: 1, connections: 4);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task MoreThanThereAreIsRefusedAtOnce()
    {
        Assert.Null(await injector.ReserveAsync(5, Cancellation));
        using var all = await injector.ReserveAsync(4, Cancellation);
        Assert.Equal(4, all!.Count);
    }

    [Fact]
    public async Task WhoAskedFirstIsServedFirstAndAllAtOnce()
    {
        var first = await injector.ReserveAsync(3, Cancellation);
        var large = injector.ReserveAsync(4, Cancellation).AsTask();
        // One would be free for this, but then one more, and the large one would never be served.
        var small = injector.ReserveAsync(1, Cancellation).AsTask();
        Assert.False(large.IsCompleted || small.IsCompleted);

        first!.Dispose();
        var lease = await large;
        Assert.False(small.IsCompleted);
        lease!.Dispose();
        (await small)!.Dispose();
    }

    [Fact]
    public async Task WhoGivesUpWaitingLetsThoseBehindPass()
    {
        using var patience = new CancellationTokenSource();
        using var first = await injector.ReserveAsync(3, Cancellation);
        var large = injector.ReserveAsync(4, patience.Token).AsTask();
        var small = injector.ReserveAsync(1, Cancellation).AsTask();
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => large);
        (await small)!.Dispose();
    }

    [Fact]
    public async Task ALeaseGivesBackWhatItTookWhicheverEndsFirst()
    {
        var lease = await injector.ReserveAsync(4, Cancellation);
        var open = lease!.Begin();
        lease.Dispose();
        lease.Dispose();
        Assert.Throws<ObjectDisposedException>(lease.Begin);
        using (await injector.ReserveAsync(3, Cancellation))
        {
            var all = injector.ReserveAsync(4, Cancellation).AsTask();
            await open.DisposeAsync();
            await open.DisposeAsync();
            Assert.False(all.IsCompleted);
            lease = null;
            _ = all.ContinueWith(done => lease = done.Result, TaskScheduler.Default);
        }

        await TestSupport.Patience.UntilAsync(() => lease is not null, () => "the places did not come back");
        lease!.Dispose();
    }

    [Fact]
    public async Task NoMoreTransactionsAreOpenThanWereReserved()
    {
        using var lease = await injector.ReserveAsync(1, Cancellation);
        await using (lease!.Begin())
            Assert.Throws<InvalidOperationException>(lease.Begin);
        await using var another = lease.Begin();
    }

    [Fact]
    public async Task ManyMessagesThatNeedSeveralEachAllEnd()
    {
        int held = 0, most = 0;
        await Task.WhenAll(Enumerable.Range(0, 200).Select(i => Task.Run(async () =>
        {
            int count = 1 + (i % 4);
            using var patience = new CancellationTokenSource();
            if (i % 9 == 0)
                patience.CancelAfter(TimeSpan.FromMilliseconds(1));
            try
            {
                using var lease = await injector.ReserveAsync(count, patience.Token);
                int now = Interlocked.Add(ref held, count);
                InterlockedMax(ref most, now);
                await Task.Yield();
                Interlocked.Add(ref held, -count);
            }
            catch (OperationCanceledException)
            {
                // It gave up.
            }
        }))).WaitAsync(TestSupport.Patience.Ample, Cancellation);
        Assert.InRange(most, 1, 4);
        using var all = await injector.ReserveAsync(4, Cancellation);

        static void InterlockedMax(ref int target, int value)
        {
            for (int seen = target; value > seen;)
            {
                int before = Interlocked.CompareExchange(ref target, value, seen);
                if (before == seen)
                    return;
                seen = before;
            }
        }
    }
}
