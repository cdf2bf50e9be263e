using System.Globalization;
using MilterCrypt.TestSupport;
using MilterCrypt.TestSupport.Mta;
using MilterCrypt.TestSupport.Processes;
using MilterCrypt.TestSupport.Program;

namespace MilterCrypt.Benchmarks;

/// <summary>What the daemon's memory comes to, idle and with many large messages in flight at once, as the kernel counts it for
/// the daemon's control group: its pages, and those that cache its temporary files, which the kernel takes back when the
/// group reaches its limit.</summary>
internal static class MemoryUse
{
    private const double Mega = 1e6;
    private const long Limit = 200_000_000;

    public static async Task<IReadOnlyList<Measurement>> MeasureAsync(Correspondent bob, int messages, int megabytes)
    {
        await using var daemon = await MessageRate.StartDaemonAsync(bob, tcp: false);
        double idle = Status(daemon.ProcessId, "VmRSS");
        using var group = MemoryGroup.TryCreate(daemon.ProcessId, Limit);
        await using var sink = SmtpSink.Start();
        await using var server = await PostfixServer.StartAsync(daemon.Socket, sink.Port, "smtp_destination_concurrency_limit = 2");

        using var done = new CancellationTokenSource();
        var inFlight = CountSpoolFilesAsync(daemon, done.Token);
        string Number(int n) => n.ToString(CultureInfo.InvariantCulture);
        (await Command.RunAsync("smtp-source",
        [
            "-s", Number(messages), "-m", Number(messages), "-l", Number(megabytes * 1_000_000),
            "-f", "alice@sender.example", "-t", bob.Address, $"127.0.0.1:{Number(server.SmtpPort)}",
        ])).OrThrow();
        await done.CancelAsync();

        var results = new List<Measurement>
        {
            new("memory idle, resident", idle, "MB", 60, IsCeiling: true),
            new($"messages of {megabytes} MB in flight, at most", await inFlight, ""),
            new("memory at its peak then, resident", Status(daemon.ProcessId, "VmHWM"), "MB", Limit / Mega, IsCeiling: true),
        };
        if (group is not null)
        {
            results.Add(new("memory at its peak then, control group held to 200 MB", group.Peak / Mega, "MB", Limit / Mega, IsCeiling: true));
            results.Add(new("of these, at most the daemon's own pages", group.OwnPages / Mega, "MB", Limit / Mega, IsCeiling: true));
        }

        return results;
    }

    /// <summary>A line of /proc/PID/status, in MB.</summary>
    private static double Status(int processId, string name)
    {
        string line = File.ReadLines($"/proc/{processId}/status").First(l => l.StartsWith(name + ":", StringComparison.Ordinal));
        return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture) * 1024 / Mega;
    }

    /// <summary>The most messages that waited in the daemon at one time: each has a temporary file.</summary>
    private static async Task<int> CountSpoolFilesAsync(MilterCryptDaemon daemon, CancellationToken ct)
    {
        int most = 0;
        while (!ct.IsCancellationRequested)
        {
            most = Math.Max(most, Directory.EnumerateFileSystemEntries($"/proc/{daemon.ProcessId}/fd")
                .Count(fd => new FileInfo(fd).LinkTarget?.StartsWith(daemon.SpoolDirectory, StringComparison.Ordinal) == true));
            await Task.Delay(TimeSpan.FromMilliseconds(20), CancellationToken.None);
        }

        return most;
    }
}
