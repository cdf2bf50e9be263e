namespace MilterCrypt.Milter.Listening;

/// <summary>Keeps a flood out of the log. Not for use by two threads at once.</summary>
internal sealed class OnceAMinute(TimeProvider time)
{
    private static readonly TimeSpan Quiet = TimeSpan.FromMinutes(1);

    private long? lastTime;

    /// <summary>Whether it may be said now.</summary>
    public bool IsDue()
    {
        if (lastTime is { } last && time.GetElapsedTime(last) < Quiet)
            return false;
        lastTime = time.GetTimestamp();
        return true;
    }
}
