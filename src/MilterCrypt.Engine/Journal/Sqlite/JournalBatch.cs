namespace MilterCrypt.Engine.Journal.Sqlite;

/// <summary>What goes to the disk together: all that came while the one before was being written.</summary>
internal sealed class JournalBatch
{
    public List<HandoverChange> Changes { get; } = [];

    public TimeSpan Age { get; set; }

    /// <summary>Complete once all of it is on the disk.</summary>
    public Task Written { get; set; } = Task.CompletedTask;
}
