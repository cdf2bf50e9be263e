namespace MilterCrypt.Milter.Listening;

/// <summary>How many connections the process's file descriptors are enough for, so that a flood of connections leaves
/// enough for all else: temporary files, key stores, logs. A connection that is served is reckoned with two, since its
/// message may need a file; one that waits for a place with one. Shared by all listeners of a filter.</summary>
/// <param name="limit">The descriptors that the process may have (RLIMIT_NOFILE).</param>
internal sealed class DescriptorBudget(long limit)
{
    private const int EachServed = 2;
    private const int EachWaiting = 1;

    // The runtime keeps two open for each assembly, which makes 150 before the first connection, and a large limit is for
    // a large process.
    private readonly long most = Math.Max(limit - 256 - (limit / 16), 8);
    private long taken;

    /// <summary>The limit that it was made from.</summary>
    public long Limit => limit;

    /// <summary>The most connections that can be served at a time.</summary>
    public long MostServed => MostForServed / EachServed;

    // Some are left for those who wait, so that they can be answered.
    private long MostForServed => most - (most / 8);

    /// <summary>Takes what a connection needs that is served.</summary>
    public bool TryServe() => TryTake(EachServed, MostForServed);

    /// <summary>Takes what a connection needs that waits.</summary>
    public bool TryWait() => TryTake(EachWaiting, most);

    /// <summary>Takes what a waiting connection needs in addition to be served.</summary>
    public bool TryServeWaiting() => TryTake(EachServed - EachWaiting, MostForServed);

    /// <summary>Gives back what a connection had.</summary>
    public void Return(bool served) => Interlocked.Add(ref taken, served ? -EachServed : -EachWaiting);

    private bool TryTake(int descriptors, long upTo)
    {
        if (Interlocked.Add(ref taken, descriptors) <= upTo)
            return true;
        Interlocked.Add(ref taken, -descriptors);
        return false;
    }
}
