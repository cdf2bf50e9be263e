namespace MilterCrypt.Milter.Session;

/// <summary>Wakes a session that has waited too long for its MTA. Only the waiting counts, not what the session does
/// between. One timer that looks once in a while: arming one for each read would cost more than the frames themselves.
/// Owned by the session.</summary>
internal sealed class IdleWatch : IDisposable
{
    private const long AtRest = 0;
    private const long Expired = -1;

    private static readonly TimeSpan LongestLook = TimeSpan.FromMinutes(1);

    private readonly TimeProvider time;
    private readonly Action wake;
    private readonly ITimer timer;
    private readonly long origin;
    private TimeSpan limit;
    private long deadline = AtRest;
    private long lastDeadline;

    public IdleWatch(TimeProvider time, TimeSpan firstLimit, Action wake)
    {
        this.time = time;
        this.wake = wake;
        limit = firstLimit;
        origin = time.GetTimestamp();
        timer = time.CreateTimer(static watch => ((IdleWatch)watch!).Look(), this, Earlier(firstLimit), Timeout.InfiniteTimeSpan);
    }

    // Never 0 or below: those are the two states without a deadline.
    private long Now => time.GetElapsedTime(origin).Ticks + 1;

    /// <summary>The session begins to wait.</summary>
    /// <param name="longest">How long it may; null for what is left of the time that it had before.</param>
    public void Arm(TimeSpan? longest)
    {
        limit = longest ?? limit;
        Volatile.Write(ref deadline, longest is { } time ? Now + time.Ticks : lastDeadline);
    }

    /// <summary>The session waits no longer.</summary>
    /// <returns>Whether it was within its time.</returns>
    public bool Disarm()
    {
        lastDeadline = Interlocked.Exchange(ref deadline, AtRest);
        return lastDeadline != Expired;
    }

    /// <inheritdoc/>
    public void Dispose() => timer.Dispose();

    private static TimeSpan Earlier(TimeSpan limit) => limit < LongestLook ? limit : LongestLook;

    private void Look()
    {
        long due = Volatile.Read(ref deadline);
        var left = due == AtRest ? limit : new TimeSpan(due - Now);
        // Timers count whole milliseconds. A deadline that was moved meanwhile is looked at next time.
        if (left >= TimeSpan.FromMilliseconds(1))
            timer.Change(Earlier(left), Timeout.InfiniteTimeSpan);
        else if (Interlocked.CompareExchange(ref deadline, Expired, due) == due)
            wake();
        else
            timer.Change(TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);
    }
}
