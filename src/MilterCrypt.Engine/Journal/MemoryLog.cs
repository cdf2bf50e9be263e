namespace MilterCrypt.Engine.Journal;

/// <summary>Keeps nothing: for one run of a command, and for tests.</summary>
internal sealed class MemoryLog : IHandoverLog
{
    /// <inheritdoc/>
    public Task WriteAsync(IReadOnlyList<HandoverChange> changes, TimeSpan age) => Task.CompletedTask;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
