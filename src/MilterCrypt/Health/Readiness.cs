using System.Globalization;
using MilterCrypt.Daemon;
using MilterCrypt.Engine.Mail;

namespace MilterCrypt.Health;

/// <summary>Whether mail is well served now. Looks at memory alone, so that an answer waits for no disk. Owned by the
/// daemon; any thread may ask.</summary>
/// <param name="snapshots">What is in force.</param>
/// <param name="budget">What spools hold.</param>
/// <param name="watch">What looks at the disk.</param>
internal sealed class Readiness(SnapshotHolder snapshots, SpoolBudget budget, HealthWatch watch)
{
    /// <summary>Both are looked at every second or few; what is older hangs or fails.</summary>
    private static readonly TimeSpan MostAge = TimeSpan.FromSeconds(15);

    private volatile Phase phase = Phase.Starting;

    private enum Phase
    {
        Starting,
        Serving,
        Stopping,
    }

    /// <summary>The sockets are open.</summary>
    public void Serving() => phase = Phase.Serving;

    /// <summary>The daemon was told to stop.</summary>
    public void Stopping() => phase = Phase.Stopping;

    /// <summary>What keeps the daemon from being ready, a line for each; none where it is.</summary>
    public IEnumerable<string> Reasons()
    {
        if (phase == Phase.Starting)
            yield return "starting: no socket is open yet";
        if (phase == Phase.Stopping)
            yield return "stopping: what is under way is being finished";
        if (snapshots.Current.Keys.SinceLastRead is var age && age > MostAge)
            yield return Late("store: the key store was last read without error", age);
        if (watch.SpoolComplaint is { } complaint)
            yield return complaint;
        if (watch.SinceSpoolCheck is var silence && silence > MostAge)
            yield return Late("spool.directory: it was last looked at", silence);
        if (budget.IsMemorySpent)
            yield return "spool.memory: it is spent";
        if (budget.IsDiskSpent)
            yield return "spool.disk: it is spent";
    }

    private static string Late(string what, TimeSpan ago) => string.Create(CultureInfo.InvariantCulture, $"{what} {ago.TotalSeconds:0} s ago");
}
