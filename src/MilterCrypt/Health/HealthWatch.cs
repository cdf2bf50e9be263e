using MilterCrypt.Daemon;
using MilterCrypt.Engine.Keys;
using MilterCrypt.OpenPgp;

namespace MilterCrypt.Health;

/// <summary>Looks after what takes time, so that whoever asks gets an answer from memory: whether the spool's directory can
/// be written to, and how many keys can be used. Owned by the daemon.</summary>
internal sealed class HealthWatch : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>Trying the spool makes a file each time.</summary>
    private const int IntervalsPerSpoolCheck = 5;

    /// <summary>A key is judged in well under a millisecond as a rule: some per cent of one processor.</summary>
    private const int KeysPerInterval = 100;

    private readonly SnapshotHolder snapshots;
    private readonly TimeProvider clock;
    private readonly CancellationTokenSource stop = new();
    private readonly Task watching;
    private volatile string? spoolComplaint;
    private volatile KeyCensus census;
    private long spoolChecked;

    public HealthWatch(SnapshotHolder snapshots, TimeProvider clock)
    {
        this.snapshots = snapshots;
        this.clock = clock;
        census = NewCensus();
        // `serve` has just tried it.
        spoolChecked = clock.GetTimestamp();
        watching = WatchAsync(new PeriodicTimer(Interval, clock));
    }

    /// <summary>What is wrong with the spool's directory, or null.</summary>
    public string? SpoolComplaint => spoolComplaint;

    /// <summary>How long ago it was last looked at.</summary>
    public TimeSpan SinceSpoolCheck => clock.GetElapsedTime(Volatile.Read(ref spoolChecked));

    /// <summary>How many keys can be used; null as long as they have not all been looked at.</summary>
    public int? UsableKeys => census.Usable;

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
                for (long interval = 0; await timer.WaitForNextTickAsync(stop.Token); interval++)
                {
                    if (interval % IntervalsPerSpoolCheck == 0)
                        CheckSpool();
                    // A reload has brought other keys.
                    if (census.Directory != snapshots.Current.Keys.Directory)
                        census = NewCensus();
                    await census.AdvanceAsync(clock.GetUtcNow(), KeysPerInterval, stop.Token);
                }
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                // Disposed.
            }
        }
    }

    private void CheckSpool()
    {
        spoolComplaint = SpoolCheck.Complaint(snapshots.Current.Settings.Spool);
        Volatile.Write(ref spoolChecked, clock.GetTimestamp());
    }

    private KeyCensus NewCensus() => new(snapshots.Current.Keys.Directory, AlgorithmPolicy.Default);
}
