using System.Security.Cryptography;

namespace MilterCrypt.Engine.Journal;

/// <summary>Remembers which copies of messages that were split have been handed over, so that a client's next try of the same
/// message does not hand them over again. All answers come from memory; what changes is on the disk before a step is complete
/// (docs/exactly-once.md). Safe for use by several threads; owned by the process, the only one that has the journal open to write.</summary>
public sealed class HandoverJournal : IAsyncDisposable
{
    private readonly Lock access = new();
    private readonly IHandoverLog log;
    private readonly JournalClock clock;
    private readonly JournalOptions options;
    private readonly HandoverTable table;
    private readonly HashSet<HandoverKey> claimed = [];

    // What is so in memory and could not be written: goes along with what is written next.
    private readonly HashSet<HandoverKey> unwritten = [];

    internal HandoverJournal(
        IHandoverLog log, byte[] secret, IEnumerable<HandoverChange> rows, JournalClock clock, JournalOptions options)
    {
        this.log = log;
        this.clock = clock;
        this.options = options;
        table = new HandoverTable(options.MaxRows);
        Keys = new HandoverKeys(secret);
        foreach (var row in rows)
            table.Set(row.Key, row.Row);
    }

    /// <summary>Makes the names under which this journal knows messages.</summary>
    public HandoverKeys Keys { get; }

    /// <summary>How many copies it remembers.</summary>
    public int Count
    {
        get
        {
            lock (access)
                return table.Count;
        }
    }

    /// <summary>How many of these are of messages whose client has not been answered for good.</summary>
    public int OpenCount
    {
        get
        {
            lock (access)
                return table.OpenCount;
        }
    }

    /// <summary>A journal that ends with the process.</summary>
    public static HandoverJournal InMemory(JournalOptions options, TimeProvider clock, RandomNumberGenerator random)
    {
        byte[] secret = new byte[HandoverKeys.SecretLength];
        random.GetBytes(secret);
        return new HandoverJournal(new MemoryLog(), secret, [], new JournalClock(clock, TimeSpan.Zero), options);
    }

    /// <summary>Whether a message from this client and sender may be known, and its fingerprint is worth making. Asked for every
    /// message; waits for nothing.</summary>
    public bool MayKnow(HandoverHint hint) => table.MayKnow(hint);

    /// <summary>Takes a message for oneself and tells what is known of it; null where another session is handing over the same
    /// copies just now: then the client had better come again later, when it is known what became of them.</summary>
    public Handover? TryClaim(HandedMessage message)
    {
        lock (access)
        {
            if (message.Recipients.Any(claimed.Contains))
                return null;
            claimed.UnionWith(message.Recipients);
            return new Handover(this, message, Known(HandoverState.HandedOver), Known(HandoverState.Sending));
        }

        HashSet<HandoverKey> Known(HandoverState state) =>
            [.. message.Recipients.Where(key => table.Find(key) is { } row && row.State == state && !IsOld(row))];
    }

    /// <summary>Forgets what is older than its lifetime, and writes again what could not be written. To be called each hour or
    /// so.</summary>
    /// <exception cref="JournalException">It can't be written; it will be with what is written next.</exception>
    public async ValueTask ExpireAsync(CancellationToken cancellationToken)
    {
        Task writing;
        lock (access)
        {
            var old = table.UnchangedSince(clock.Age - options.Lifetime);
            old.RemoveAll(claimed.Contains);
            foreach (var key in old)
                table.Set(key, null);
            writing = Write(old);
        }
        await writing.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        try
        {
            // How old the journal is, if nothing else.
            await ExpireAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (JournalException)
        {
            // Whoever was waiting for these rows was told so then.
        }
        await log.DisposeAsync().ConfigureAwait(false);
    }

    internal async ValueTask BeginAsync(HandedMessage message, IReadOnlyCollection<HandoverGroup> groups, CancellationToken cancellationToken)
    {
        var before = new Dictionary<HandoverKey, HandoverRow?>();
        Task writing;
        lock (access)
        {
            foreach (var key in groups.SelectMany(group => group.Recipients))
                before[key] = table.Find(key);
            if (!table.TryMakeRoom(before.Values.Count(row => row is null), before.Keys.ToHashSet(), out var forgotten))
                throw new JournalException($"the journal is full: {table.OpenCount} copies are remembered of messages whose senders have yet to try again");
            foreach (var group in groups)
            {
                var row = new HandoverRow(message.Hint, HandoverState.Sending, group.Form, message.QueueId, clock.Now, clock.Age);
                foreach (var key in group.Recipients)
                    table.Set(key, row);
            }
            writing = Write([.. before.Keys, .. forgotten]);
        }

        try
        {
            await writing.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (JournalException)
        {
            TakeBack(before);
            throw;
        }
        catch (OperationCanceledException)
        {
            // What we no longer wait for may be written yet; behind it, in line, comes what puts it right.
            TakeBack(before);
            _ = log.WriteAsync([.. before.Select(row => new HandoverChange(row.Key, row.Value))], clock.Age);
            throw;
        }
    }

    internal Task HandedOverAsync(IReadOnlyCollection<HandoverKey> keys, string? injectedQueueId, CancellationToken cancellationToken) =>
        ChangeAsync(
            keys,
            row => row with { State = HandoverState.HandedOver, InjectedQueueId = injectedQueueId, HandedOver = clock.Now },
            cancellationToken);

    internal Task WithdrawAsync(IReadOnlyCollection<HandoverKey> keys, CancellationToken cancellationToken) =>
        // What the MTA has it has.
        ChangeAsync(keys, static row => row.State == HandoverState.Sending ? null : row, cancellationToken);

    internal Task SettleAsync(HandedMessage message, CancellationToken cancellationToken) =>
        ChangeAsync(
            message.Recipients,
            row => row.State switch
            {
                HandoverState.Sending => null,
                HandoverState.HandedOver when message.IsNamed => row with { Settled = clock.Now },
                HandoverState.HandedOver => row with { State = HandoverState.Closed, Settled = clock.Now },
                _ => row,
            },
            cancellationToken);

    internal void Release(HandedMessage message)
    {
        lock (access)
            claimed.ExceptWith(message.Recipients);
    }

    private bool IsOld(HandoverRow row) => clock.Age - row.Age > options.Lifetime;

    // So in memory from now on, written or not: it has happened.
    private Task ChangeAsync(
        IReadOnlyCollection<HandoverKey> keys, Func<HandoverRow, HandoverRow?> change, CancellationToken cancellationToken)
    {
        lock (access)
        {
            // Copies that went together share a row.
            var changed = new Dictionary<HandoverRow, HandoverRow?>(ReferenceEqualityComparer.Instance);
            var found = keys.Distinct().Where(key => table.Find(key) is not null).ToList();
            foreach (var key in found)
            {
                var row = table.Find(key)!;
                if (!changed.TryGetValue(row, out var next))
                    changed[row] = next = change(row) is { } result ? result with { Age = clock.Age } : null;
                table.Set(key, next);
            }
            return found.Count == 0 ? Task.CompletedTask : Write(found).WaitAsync(cancellationToken);
        }
    }

    private void TakeBack(Dictionary<HandoverKey, HandoverRow?> before)
    {
        lock (access)
        {
            foreach (var (key, row) in before)
                table.Set(key, row);
            // New rows that could not be written are not worth another try: more of them would come with each message. One that got
            // to the disk all the same says "may have been sent", which keeps no message back.
            unwritten.ExceptWith(before.Where(row => row.Value is null).Select(row => row.Key));
        }
    }

    private Task Write(List<HandoverKey> keys)
    {
        var all = keys.Union(unwritten).ToList();
        unwritten.Clear();
        return WriteAsync(all, log.WriteAsync([.. all.Select(key => new HandoverChange(key, table.Find(key)))], clock.Age));
    }

    private async Task WriteAsync(List<HandoverKey> keys, Task writing)
    {
        try
        {
            await writing.ConfigureAwait(false);
        }
        catch (JournalException)
        {
            lock (access)
                unwritten.UnionWith(keys);
            throw;
        }
    }
}
