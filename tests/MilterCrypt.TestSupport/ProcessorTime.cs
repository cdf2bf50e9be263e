using System.Globalization;

namespace MilterCrypt.TestSupport;

/// <summary>What a piece of work costs, however long the machine lets it wait meanwhile.</summary>
public static class ProcessorTime
{
    // proc(5): the times are in hundredths of a second.
    private const int TicksPerSecond = 100;

    /// <summary>The time that processors have spent on this work, which must not change its thread.</summary>
    public static TimeSpan Of(Action work)
    {
        long begun = Ticks();
        work();
        return TimeSpan.FromSeconds((double)(Ticks() - begun) / TicksPerSecond);
    }

    // Of user and system, fields 14 and 15; the second, the name, is in parentheses.
    private static long Ticks()
    {
        string status = File.ReadAllText("/proc/thread-self/stat");
        string[] fields = status[(status.LastIndexOf(')') + 2)..].Split(' ');
        return long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture);
    }
}
