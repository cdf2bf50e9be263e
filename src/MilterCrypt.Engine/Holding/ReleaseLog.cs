using MilterCrypt.Engine.Journal;

namespace MilterCrypt.Engine.Holding;

/// <summary>The journal of one held message's release, kept in its own file: whoever is being sent it is written there before the first
/// end, and whoever has it is taken out before the next one. The last takes the file away.</summary>
/// <param name="folder">Where it is.</param>
/// <param name="file">The message.</param>
/// <param name="places">Each recipient's place in its record, by his copy's name in this journal.</param>
internal sealed class ReleaseLog(HeldFolder folder, HeldFile file, ILookup<HandoverKey, int> places) : IHandoverLog
{
    private HeldFile current = file;
    private Task last = Task.CompletedTask;

    /// <summary>For whom it is still held.</summary>
    internal IReadOnlyList<int> Left { get; private set; } = file.State.Left;

    /// <inheritdoc/>
    public Task WriteAsync(IReadOnlyList<HandoverChange> changes, TimeSpan age)
    {
        if (changes.Count == 0)
            return Task.CompletedTask;
        return last = WriteBehindAsync(last, changes);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await last.ConfigureAwait(false);
        }
        catch (JournalException)
        {
            // Whoever waited for it was told so.
        }
    }

    private async Task WriteBehindAsync(Task before, IReadOnlyList<HandoverChange> changes)
    {
        try
        {
            await before.ConfigureAwait(false);
        }
        catch (JournalException)
        {
            // As above.
        }
        if (Left.Count == 0)
            return;
        var left = current.State.Left.ToList();
        var sending = current.State.Sending.ToList();
        foreach (var (key, row) in changes)
        {
            foreach (int place in places[key])
            {
                sending.Remove(place);
                if (row is { State: HandoverState.HandedOver or HandoverState.Closed })
                    left.Remove(place);
                else if (row is not null && left.Contains(place))
                    sending.Add(place);
            }
        }
        try
        {
            if (left.Count == 0)
                folder.Remove(current);
            else
                current = await folder.ReplaceAsync(current, current.State with { Left = left, Sending = sending }, CancellationToken.None).ConfigureAwait(false);
            Left = left;
        }
        catch (HoldingException e)
        {
            throw new JournalException(e.Message, e);
        }
    }
}
