using System.Globalization;

namespace MilterCrypt.Benchmarks;

/// <summary>What a process has used so far, as the kernel counts it.</summary>
/// <param name="CpuSeconds">User and system time of all its threads.</param>
/// <param name="ResidentBytes">Its pages in memory.</param>
internal readonly record struct ProcessCost(double CpuSeconds, double ResidentBytes)
{
    // sysconf(_SC_CLK_TCK) and the page size are these on every Linux that .NET runs on with x86-64 and most others.
    private const double TicksPerSecond = 100;

    public static ProcessCost Of(int processId)
    {
        // The name in brackets may hold blanks; what is behind it doesn't (proc(5)).
        string stat = File.ReadAllText($"/proc/{processId}/stat");
        string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        double Number(int field) => double.Parse(fields[field - 3], CultureInfo.InvariantCulture);
        return new ProcessCost((Number(14) + Number(15)) / TicksPerSecond, Number(24) * Environment.SystemPageSize);
    }
}
