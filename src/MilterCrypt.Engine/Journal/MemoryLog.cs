namespace MilterCrypt.Engine.Journal;

/// <summary>Keeps nothing: for a daemon whose configuration names no journal, and for one run of a command.</summary>
internal sealed class MemoryLog : IHandoverLog
{
    /// <inheritdoc/>
    public Task WriteAsync(IReadOnlyList<HandoverChange> changes, TimeSpan age) => Task.CompletedTask;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
