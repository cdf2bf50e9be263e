using System.Collections.Concurrent;

namespace MilterCrypt.Engine.Journal;

/// <summary>A journal's rows in memory. One thread at a time, but for <see cref="MayKnow"/>, which any may ask.</summary>
/// <param name="maxRows">How many rows it may hold.</param>
internal sealed class HandoverTable(int maxRows)
{
    private readonly Dictionary<HandoverKey, HandoverRow> rows = [];
    private readonly ConcurrentDictionary<HandoverHint, int> hints = new();

    // Those that may be forgotten, the oldest first.
    private readonly SortedSet<(TimeSpan Age, UInt128 Key)> settled = [];

    public int Count => rows.Count;

    public int OpenCount => rows.Count - settled.Count;

    /// <summary>Whether there may be a row that the next message of a client and sender has to do with.</summary>
    public bool MayKnow(HandoverHint hint) => hints.ContainsKey(hint);

    public HandoverRow? Find(HandoverKey key) => rows.GetValueOrDefault(key);

    /// <summary>Puts a row in the place of what was there, or takes away what was there.</summary>
    public void Set(HandoverKey key, HandoverRow? row)
    {
        if (rows.TryGetValue(key, out var before))
        {
            CountHint(before, -1);
            if (before.Settled is not null)
                settled.Remove((before.Age, key.Value));
        }
        if (row is null)
        {
            rows.Remove(key);
            return;
        }
        rows[key] = row;
        CountHint(row, 1);
        if (row.Settled is not null)
            settled.Add((row.Age, key.Value));
    }

    /// <summary>Forgets as many settled rows as must go before others can come.</summary>
    /// <param name="coming">How many are to come.</param>
    /// <param name="needed">Which of those that are here must stay.</param>
    /// <param name="forgotten">What was forgotten.</param>
    /// <returns>Whether there is room.</returns>
    public bool TryMakeRoom(int coming, IReadOnlySet<HandoverKey> needed, out List<HandoverKey> forgotten)
    {
        int excess = rows.Count + coming - maxRows;
        forgotten = excess <= 0
            ? []
            : [.. settled.Select(entry => new HandoverKey(entry.Key)).Where(key => !needed.Contains(key)).Take(excess)];
        if (forgotten.Count < excess)
            return false;
        foreach (var key in forgotten)
            Set(key, null);
        return true;
    }

    /// <summary>The rows that have not changed since the journal was so old.</summary>
    public List<HandoverKey> UnchangedSince(TimeSpan age) => [.. rows.Where(row => row.Value.Age < age).Select(row => row.Key)];

    // A closed row has to do with no message that comes.
    private void CountHint(HandoverRow row, int change)
    {
        if (row.State == HandoverState.Closed)
            return;
        if (hints.AddOrUpdate(row.Hint, change, (_, count) => count + change) == 0)
            hints.TryRemove(row.Hint, out _);
    }
}
