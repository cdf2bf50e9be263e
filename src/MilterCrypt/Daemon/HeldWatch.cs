using Microsoft.Extensions.Logging;
using MilterCrypt.Engine.Holding;
using MilterCrypt.Telemetry;

namespace MilterCrypt.Daemon;

/// <summary>Looks each minute how many messages are held and since when, so that whoever asks gets an answer from memory; warns each
/// day of those that are held for too long. Owned by the daemon.</summary>
internal sealed class HeldWatch : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan BetweenWarnings = TimeSpan.FromDays(1);

    private readonly SnapshotHolder snapshots;
    private readonly TimeProvider clock;
    private readonly ILogger logger;
    private readonly CancellationTokenSource stop = new();
    private readonly Task watching;
    private volatile IReadOnlyList<string> ids = [];
    private long? warned;

    public HeldWatch(SnapshotHolder snapshots, TimeProvider clock, ILogger logger)
    {
        this.snapshots = snapshots;
        this.clock = clock;
        this.logger = logger;
        Look();
        watching = WatchAsync(new PeriodicTimer(Interval, clock));
    }

    /// <summary>How many are held.</summary>
    public int Count => ids.Count;

    /// <summary>How long the oldest has been; zero where there is none.</summary>
    public TimeSpan OldestAge => ids is [var oldest, ..] && HeldFolder.TimeOf(oldest) is { } at ? clock.GetUtcNow() - at : TimeSpan.Zero;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await watching;
        stop.Dispose();
    }

    private async Task WatchAsync(PeriodicTimer timer)
    {
        using (timer)
        {
            try
            {
                while (await timer.WaitForNextTickAsync(stop.Token))
                    Look();
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                // Disposed.
            }
        }
    }

    private void Look()
    {
        if (snapshots.Current is not { Held: { } folder, Settings.Held: { } settings })
        {
            ids = [];
            return;
        }
        try
        {
            ids = folder.Ids();
            folder.Sweep(clock.GetUtcNow());
        }
        catch (HoldingException e)
        {
            logger.HeldNotRead(e.Message);
            return;
        }
        var late = clock.GetUtcNow() - settings.Keep;
        int overdue = ids.Count(id => HeldFolder.TimeOf(id) < late);
        if (overdue == 0 || (warned is { } last && clock.GetElapsedTime(last) < BetweenWarnings))
            return;
        warned = clock.GetTimestamp();
        logger.HeldForLong(overdue, (int)OldestAge.TotalDays);
    }
}
