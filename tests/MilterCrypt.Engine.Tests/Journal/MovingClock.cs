namespace MilterCrypt.Engine.Tests.Journal;

/// <summary>Time goes on when it is told to, and the time of day may jump by itself.</summary>
internal sealed class MovingClock : TimeProvider
{
    private DateTimeOffset now = new(2026, 11, 26, 12, 0, 0, TimeSpan.Zero);
    private TimeSpan elapsed;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => now;

    public override long GetTimestamp() => elapsed.Ticks;

    public void Advance(TimeSpan time)
    {
        elapsed += time;
        now += time;
    }

    public void JumpTo(DateTimeOffset timeOfDay) => now = timeOfDay;
}
