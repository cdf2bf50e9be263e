namespace MilterCrypt.Daemon;

/// <summary>The snapshot that is in force; swapped whole, so that nobody sees half of a configuration.</summary>
internal sealed class SnapshotHolder(Snapshot first)
{
    private volatile Snapshot current = first;

    /// <summary>The one in force now.</summary>
    public Snapshot Current => current;

    /// <summary>Puts another one in force for the messages that begin from now on.</summary>
    public void Replace(Snapshot next) => current = next;
}
