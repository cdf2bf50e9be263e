namespace MilterCrypt.Engine.Journal;

/// <summary>Where a journal keeps its rows for the next start.</summary>
internal interface IHandoverLog : IAsyncDisposable
{
    /// <summary>Writes all of the changes or none. They stand in line when this returns, and are on the disk for good when
    /// the task is complete.</summary>
    /// <param name="changes">The rows.</param>
    /// <param name="age">How old the journal is.</param>
    /// <exception cref="JournalException">They can't be written.</exception>
    Task WriteAsync(IReadOnlyList<HandoverChange> changes, TimeSpan age);
}
