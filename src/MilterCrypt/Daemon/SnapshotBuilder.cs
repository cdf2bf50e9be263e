using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using MilterCrypt.Configuration;
using MilterCrypt.Engine;
using MilterCrypt.Engine.Keys;
using MilterCrypt.Engine.Mail;
using MilterCrypt.Engine.Policy;

namespace MilterCrypt.Daemon;

/// <summary>Makes snapshots from settings, at the start and at each reload; owns what outlives them.</summary>
internal sealed class SnapshotBuilder(SpoolBudget budget, TimeProvider clock, RandomNumberGenerator random, ILogger logger)
{
    /// <summary>Opens what the settings name, taking over the last snapshot's keys where the store is the same.</summary>
    /// <exception cref="KeyStoreException">The store can't be opened.</exception>
    public async Task<Snapshot> BuildAsync(Settings settings, StoreSettings store, Snapshot? last, CancellationToken cancellationToken)
    {
        var keys = last is not null && last.Keys.Store == store
            ? last.Keys
            : await WatchedKeys.OpenAsync(store, clock, logger, cancellationToken);
        var processor = new MessageProcessor(
            new PolicyTable(settings.Rules),
            keys.Directory.Find,
            new SpoolOptions(settings.Spool.Directory, settings.Spool.MessageMemory),
            budget,
            clock,
            random);
        return new Snapshot(settings, keys, processor);
    }
}
