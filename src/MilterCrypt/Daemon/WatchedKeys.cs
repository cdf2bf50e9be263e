using Microsoft.Extensions.Logging;
using MilterCrypt.Configuration;
using MilterCrypt.Engine.Keys;
using MilterCrypt.Engine.Keys.Sqlite;
using MilterCrypt.OpenPgp;
using MilterCrypt.Telemetry;

namespace MilterCrypt.Daemon;

/// <summary>A key store with the directory that follows it: what another process imports is seen within about a second.
/// Once disposed the directory still answers, from what it last knew.</summary>
internal sealed class WatchedKeys : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private SqliteKeyStore store;
    private readonly TimeProvider clock;
    private readonly ILogger logger;
    private readonly CancellationTokenSource stop = new();
    private readonly Task following;
    private long lastRead;

    private WatchedKeys(StoreSettings settings, SqliteKeyStore store, KeyDirectory directory, TimeProvider clock, ILogger logger)
    {
        this.store = store;
        this.clock = clock;
        this.logger = logger;
        Store = settings;
        Directory = directory;
        lastRead = clock.GetTimestamp();
        following = FollowAsync(new PeriodicTimer(Interval, clock));
    }

    /// <summary>Where the keys are from.</summary>
    public StoreSettings Store { get; }

    /// <summary>What answers.</summary>
    public KeyDirectory Directory { get; }

    /// <summary>How long ago the store was last read without error, be it to find nothing new.</summary>
    public TimeSpan SinceLastRead => clock.GetElapsedTime(Volatile.Read(ref lastRead));

    /// <summary>Opens a store and reads all of it.</summary>
    /// <param name="settings">Where it is.</param>
    /// <param name="create">Whether to make it where there is none.</param>
    /// <param name="clock">When to look again.</param>
    /// <param name="logger">Where it is said what can't be read.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="KeyStoreException">It can't be opened or read.</exception>
    public static async Task<WatchedKeys> OpenAsync(
        StoreSettings settings, bool create, TimeProvider clock, ILogger logger, CancellationToken cancellationToken)
    {
        var store = await SqliteKeyStore.OpenAsync(settings.Path, create, Interval, cancellationToken);
        var directory = new KeyDirectory(AlgorithmPolicy.Default);
        bool isRead = false;
        try
        {
            foreach (string damage in (await directory.UpdateAsync(store, cancellationToken)).Damaged)
                logger.KeyDamaged(damage);
            isRead = true;
        }
        finally
        {
            if (!isRead)
                await store.DisposeAsync();
        }
        return new WatchedKeys(settings, store, directory, clock, logger);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await following;
        await store.DisposeAsync();
        stop.Dispose();
    }

    private async Task FollowAsync(PeriodicTimer timer)
    {
        using (timer)
        {
            bool works = true;
            try
            {
                while (await timer.WaitForNextTickAsync(stop.Token))
                    works = await UpdateAsync(works);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                // Disposed.
            }
        }
    }

    private async Task<bool> UpdateAsync(bool workedBefore)
    {
        try
        {
            var update = store.IsReplaced ? await ReopenAsync() : await Directory.UpdateAsync(store, stop.Token);
            Volatile.Write(ref lastRead, clock.GetTimestamp());
            foreach (string damage in update.Damaged)
                logger.KeyDamaged(damage);
            if (update.StartedOver)
                logger.KeyStoreReplaced(Directory.Count);
            else if (update.Changes > 0)
                logger.KeysChanged(update.Changes, Directory.Count);
            if (!workedBefore)
                logger.KeyStoreBack();
            return true;
        }
        // All: a follower that ended would leave revoked keys in use without a word until the next start.
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // Said once, not each second.
            if (workedBefore)
                logger.KeyStoreFailed(e.Message);
            return false;
        }
    }

    private async Task<KeyUpdate> ReopenAsync()
    {
        var next = await SqliteKeyStore.OpenAsync(Store.Path, create: false, Interval, stop.Token);
        var unneeded = next;
        try
        {
            var update = await Directory.ReadAnewAsync(next, stop.Token);
            (unneeded, store) = (store, next);
            return update;
        }
        finally
        {
            await unneeded.DisposeAsync();
        }
    }
}
