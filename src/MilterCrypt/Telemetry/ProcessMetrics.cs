using System.Diagnostics.Metrics;
using System.Globalization;
using System.IO.Enumeration;

namespace MilterCrypt.Telemetry;

/// <summary>What Prometheus's own clients tell of a process, under the same names.</summary>
internal static class ProcessMetrics
{
    /// <summary>Adds them to a meter.</summary>
    /// <param name="meter">The meter.</param>
    /// <param name="started">When the daemon started.</param>
    public static void AddTo(Meter meter, DateTimeOffset started)
    {
        double since1970 = started.ToUnixTimeMilliseconds() / 1000.0;
        meter.CreateObservableGauge("process.start_time", () => since1970, "s", "When the daemon started, in seconds since 1970.");
        meter.CreateObservableCounter(
            "process.cpu", () => Environment.CpuUsage.TotalTime.TotalSeconds, "s", "Processor time that the process has taken.");
        meter.CreateObservableGauge("process.resident_memory", () => Environment.WorkingSet, "By", "Memory of the process that is in RAM.");
        meter.CreateObservableGauge("process.open_fds", CountOpenFiles, null, "Files and sockets that are open.");
        if (MostFiles() is { } most)
            meter.CreateObservableGauge("process.max_fds", () => most, null, "Files and sockets that may be open (RLIMIT_NOFILE).");
    }

    // Where no file can be opened any more, this can't be told either; the other metrics still can.
    private static IEnumerable<Measurement<long>> CountOpenFiles()
    {
        try
        {
            return [new(new FileSystemEnumerable<byte>("/proc/self/fd", static (ref FileSystemEntry _) => 0).LongCount())];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static long? MostFiles()
    {
        // Max open files            1024                 524288               files
        string? line = File.ReadLines("/proc/self/limits").FirstOrDefault(line => line.StartsWith("Max open files", StringComparison.Ordinal));
        string[] words = line?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];
        return words.Length > 3 && long.TryParse(words[3], NumberStyles.None, CultureInfo.InvariantCulture, out long most) ? most : null;
    }
}
