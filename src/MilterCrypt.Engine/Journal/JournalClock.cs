namespace MilterCrypt.Engine.Journal;

/// <summary>How long a journal has been open, all its openings together. Rows grow old by this and not by the time of day: that may
/// jump by years, as on machines that know no time before their network is up, and would take fresh rows with it.</summary>
/// <param name="clock">Measures.</param>
/// <param name="atStart">How old the journal was when it was opened.</param>
internal sealed class JournalClock(TimeProvider clock, TimeSpan atStart)
{
    private readonly long start = clock.GetTimestamp();

    public TimeSpan Age => atStart + clock.GetElapsedTime(start);

    /// <summary>The time of day, to be shown to people and for nothing else.</summary>
    public DateTimeOffset Now => clock.GetUtcNow();
}
