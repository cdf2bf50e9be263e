namespace MilterCrypt.Milter;

/// <summary>Wakes a session whose MTA has been silent for too long. One timer that looks once in a while: arming one
/// for each read would cost more than the frames themselves. Owned by the session.</summary>
internal sealed class IdleWatch : IDisposable
{
    private static readonly TimeSpan s_longestLook = TimeSpan.FromMinutes(1);

    private readonly TimeProvider _time;
    private readonly Action _wake;
    private readonly ITimer _timer;
    private long _lastSeen;
    private long _limitTicks;
    private volatile bool _expired;

    public IdleWatch(TimeProvider time, TimeSpan limit, Action wake)
    {
        _time = time;
        _wake = wake;
        _limitTicks = limit.Ticks;
        _lastSeen = time.GetTimestamp();
        _timer = time.CreateTimer(static watch => ((IdleWatch)watch!).Look(), this, Earlier(limit), Timeout.InfiniteTimeSpan);
    }

    /// <summary>Whether the limit has passed.</summary>
    public bool Expired => _expired;

    /// <summary>The MTA said something, and may be silent for so long now.</summary>
    public void Seen(TimeSpan limit)
    {
        Volatile.Write(ref _limitTicks, limit.Ticks);
        Volatile.Write(ref _lastSeen, _time.GetTimestamp());
    }

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    private static TimeSpan Earlier(TimeSpan limit) => limit < s_longestLook ? limit : s_longestLook;

    private void Look()
    {
        TimeSpan left = new TimeSpan(Volatile.Read(ref _limitTicks)) - _time.GetElapsedTime(Volatile.Read(ref _lastSeen));
        if (left <= TimeSpan.Zero)
        {
            _expired = true;
            _wake();
        }
        else
        {
            _timer.Change(Earlier(left), Timeout.InfiniteTimeSpan);
        }
    }
}
