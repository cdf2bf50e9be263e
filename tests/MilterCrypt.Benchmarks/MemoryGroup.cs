using System.Globalization;

namespace MilterCrypt.Benchmarks;

/// <summary>A memory control group with one process in it, of version 1 or 2, whichever the machine has.</summary>
internal sealed class MemoryGroup : IDisposable
{
    private readonly string _folder;
    private readonly bool _version2;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _sampling;
    private long _ownPages;

    private MemoryGroup(string folder, bool version2)
    {
        (_folder, _version2) = (folder, version2);
        _sampling = SampleAsync();
    }

    /// <summary>The most it ever held, in bytes.</summary>
    public long Peak => Number(_version2 ? "memory.peak" : "memory.max_usage_in_bytes");

    /// <summary>The most of it that was the process's own, not a cache of files.</summary>
    public long OwnPages => Interlocked.Read(ref _ownPages);

    /// <summary>The group, or null where this machine gives us none.</summary>
    public static MemoryGroup? TryCreate(int processId, long limit)
    {
        bool version2 = File.Exists("/sys/fs/cgroup/cgroup.controllers");
        string folder = $"{(version2 ? "/sys/fs/cgroup" : "/sys/fs/cgroup/memory")}/miltercrypt-bench-{processId}";
        try
        {
            Directory.CreateDirectory(folder);
            File.WriteAllText(Path.Combine(folder, version2 ? "memory.max" : "memory.limit_in_bytes"), Text(limit));
            File.WriteAllText(Path.Combine(folder, "cgroup.procs"), Text(processId));
            return new MemoryGroup(folder, version2);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"no memory control group: {refused.Message}");
            return null;
        }
    }

    public void Dispose()
    {
        _stop.Cancel();
        _stop.Dispose();
        // The process may outlive the measuring: back to where it was, the root group, so that this one can go.
        foreach (string process in File.ReadAllLines(Path.Combine(_folder, "cgroup.procs")))
            File.WriteAllText(Path.Combine(_folder, "../cgroup.procs"), process);
        Directory.Delete(_folder);
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private long Number(string file) => long.Parse(File.ReadAllText(Path.Combine(_folder, file)), CultureInfo.InvariantCulture);

    private async Task SampleAsync()
    {
        string name = _version2 ? "anon " : "rss ";
        while (!_stop.IsCancellationRequested)
        {
            string? line = File.ReadLines(Path.Combine(_folder, "memory.stat")).FirstOrDefault(l => l.StartsWith(name, StringComparison.Ordinal));
            if (line is not null)
                Interlocked.Exchange(ref _ownPages, Math.Max(_ownPages, long.Parse(line[name.Length..], CultureInfo.InvariantCulture)));
            try
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), _stop.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }
}
