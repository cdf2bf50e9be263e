using System.Diagnostics.Metrics;
using MilterCrypt.Daemon;
using MilterCrypt.Engine.Mail;

namespace MilterCrypt.Telemetry;

/// <summary>What the daemon is and holds, looked up when it is asked for.</summary>
internal static class DaemonMetrics
{
    /// <summary>Adds them to a meter.</summary>
    /// <param name="meter">The meter.</param>
    /// <param name="snapshots">What is in force.</param>
    /// <param name="budget">What spools hold.</param>
    /// <param name="held">What is held.</param>
    /// <param name="usableKeys">How many keys can be used, if that is known.</param>
    public static void AddTo(Meter meter, SnapshotHolder snapshots, SpoolBudget budget, HeldWatch held, Func<int?> usableKeys)
    {
        meter.CreateObservableGauge(
            "miltercrypt.build_info", () => new Measurement<long>(1, new KeyValuePair<string, object?>("version", ProgramVersion.Text)), null, "Which MilterCrypt this is; always 1.");
        meter.CreateObservableGauge("miltercrypt.keys", () => (long)snapshots.Current.Keys.Directory.Count, "{key}", "Keys in the key store.");
        meter.CreateObservableGauge(
            "miltercrypt.keys.usable", () => usableKeys() is { } count ? [new Measurement<long>(count)] : (Measurement<long>[])[], "{key}",
            "Keys to which can be encrypted now; missing until all have been looked at once.");
        meter.CreateObservableGauge(
            "miltercrypt.key_store.age", () => snapshots.Current.Keys.SinceLastRead.TotalSeconds, "s", "How long ago the key store was last read without error.");
        meter.CreateObservableGauge("miltercrypt.spool.memory", () => budget.Memory - budget.MemoryLeft, "By", "Memory that messages hold in the spool.");
        meter.CreateObservableGauge("miltercrypt.spool.memory_limit", () => budget.Memory, "By", "Memory that messages may hold in the spool (spool.memory).");
        meter.CreateObservableGauge("miltercrypt.spool.disk", () => budget.Disk - budget.DiskLeft, "By", "Disk space that messages have taken in the spool.");
        meter.CreateObservableGauge("miltercrypt.spool.disk_limit", () => budget.Disk, "By", "Disk space that messages may take in the spool (spool.disk).");
        meter.CreateObservableGauge("miltercrypt.held", () => (long)held.Count, "{message}", "Messages that are held until there is a key.");
        meter.CreateObservableGauge("miltercrypt.held.oldest_age", () => held.OldestAge.TotalSeconds, "s", "How long the oldest of them has been held; 0 where there is none.");
    }
}
