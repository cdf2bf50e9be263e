using System.Globalization;

namespace MilterCrypt.Soak;

/// <summary>What a process holds at a moment, as the kernel counts it (proc(5)).</summary>
/// <param name="Resident">Bytes of its pages in memory.</param>
/// <param name="Anonymous">Those of them that no file is behind: its heaps and stacks.</param>
/// <param name="Threads">How many threads it has.</param>
/// <param name="Descriptors">How many files and sockets it has open.</param>
internal sealed record ProcessReading(double Resident, double Anonymous, int Threads, int Descriptors)
{
    public static ProcessReading Of(int processId)
    {
        var status = File.ReadLines($"/proc/{processId}/status")
            .Select(line => line.Split(':', 2))
            .ToDictionary(pair => pair[0], pair => pair[1].Trim().Split(' ')[0]);
        double Number(string name) => double.Parse(status[name], CultureInfo.InvariantCulture);
        return new ProcessReading(
            Number("VmRSS") * 1024, Number("RssAnon") * 1024, (int)Number("Threads"),
            Directory.EnumerateFileSystemEntries($"/proc/{processId}/fd").Count());
    }
}
