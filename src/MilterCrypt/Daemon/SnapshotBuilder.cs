using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using MilterCrypt.Configuration;
using MilterCrypt.Engine.Deciding;
using MilterCrypt.Engine.Journal;
using MilterCrypt.Engine.Keys;
using MilterCrypt.Engine.Mail;
using MilterCrypt.KeyHolding;

namespace MilterCrypt.Daemon;

/// <summary>Makes snapshots from settings, at the start and at each reload; owns what outlives them.</summary>
internal sealed class SnapshotBuilder(SpoolBudget budget, TimeProvider clock, RandomNumberGenerator random, DaemonKeys? secretKeys, HandoverJournal journal, ILogger logger)
{
    /// <summary>Opens what the settings name. The store is always opened: a reload is how an administrator says that
    /// another file lies there now.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="store">Where the keys are.</param>
    /// <param name="last">The snapshot that this one follows, or null at the start.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="KeyStoreException">The store can't be opened.</exception>
    /// <exception cref="Engine.Custody.SecretKeyException">A key of the hops can't be read.</exception>
    public async Task<Snapshot> BuildAsync(Settings settings, StoreSettings store, Snapshot? last, CancellationToken cancellationToken)
    {
        var hops = SecretKeyOpening.ReadHopKeys(settings.HopKeys);
        WatchedKeys? keys = null;
        bool isBuilt = false;
        try
        {
            // A store that was there before and is missing now is in no hurry to be an empty one.
            keys = await WatchedKeys.OpenAsync(store, create: last?.Keys.Store != store, clock, logger, cancellationToken);
            var means = new ProcessorMeans(keys.Directory.Find, budget, clock, random)
            {
                Hops = hops,
                Journal = journal,
                OwnKeys = secretKeys is null
                    ? null
                    : new OwnKeys(secretKeys.Source, keys.Directory.CertificateOf, keys.Directory.CertificatesWith, settings.Signers),
            };
            var processor = means.For(settings);
            // Last: where the settings are refused, nothing of them is in force.
            if (last is not null && settings.SecretKeys is { } custody)
                secretKeys?.Reload(custody);
            isBuilt = true;
            return new Snapshot(settings, keys, processor);
        }
        finally
        {
            if (!isBuilt)
            {
                hops?.Dispose();
                if (keys is not null)
                    await keys.DisposeAsync();
            }
        }
    }
}
