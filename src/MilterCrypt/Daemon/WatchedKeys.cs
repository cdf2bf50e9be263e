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

    private readonly IKeyStore store;
    private readonly ILogger logger;
    private readonly CancellationTokenSource stop = new();
    private readonly Task following;

    private WatchedKeys(StoreSettings settings, IKeyStore store, KeyDirectory directory, TimeProvider clock, ILogger logger)
    {
        this.store = store;
        this.logger = logger;
        Store = settings;
        Directory = directory;
        following = FollowAsync(new PeriodicTimer(Interval, clock));
    }

    /// <summary>Where the keys are from.</summary>
    public StoreSettings Store { get; }

    /// <summary>What answers.</summary>
    public KeyDirectory Directory { get; }

    /// <summary>Opens a store and reads all of it.</summary>
    /// <exception cref="KeyStoreException">It can't be opened or read.</exception>
    public static async Task<WatchedKeys> OpenAsync(
        StoreSettings settings, TimeProvider clock, ILogger logger, CancellationToken cancellationToken)
    {
        var store = await SqliteKeyStore.OpenAsync(settings.Path, create: true, Interval, cancellationToken);
        var directory = new KeyDirectory(AlgorithmPolicy.Default);
        bool isRead = false;
        try
        {
            await directory.UpdateAsync(store, cancellationToken);
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
            int changes = await Directory.UpdateAsync(store, stop.Token);
            if (changes > 0)
                logger.KeysChanged(changes, Directory.Count);
            if (!workedBefore)
                logger.KeyStoreBack();
            return true;
        }
        catch (KeyStoreException e)
        {
            // Said once, not each second.
            if (workedBefore)
                logger.KeyStoreFailed(e.Message);
            return false;
        }
    }
}
