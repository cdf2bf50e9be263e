using System.Diagnostics;
using MilterCrypt.TestSupport.Mta;

namespace MilterCrypt.Benchmarks;

/// <summary>What a thousand connections cost that are open and say nothing: MTAs keep one for each SMTP client.</summary>
internal static class IdleConnections
{
    private const int Count = 1000;
    private const double Kilo = 1e3;

    public static async Task<IReadOnlyList<Measurement>> MeasureAsync(TimeSpan watched)
    {
        var results = new List<Measurement>();
        foreach (var library in Enum.GetValues<EchoProcess.Library>().Where(l => l != EchoProcess.Library.Pymilter))
        {
            await using var filter = await EchoProcess.StartAsync(library, tcp: false);
            Visit(filter.Socket);
            double before = ProcessCost.Of(filter.ProcessId).ResidentBytes;
            var sessions = Enumerable.Range(0, Count).Select(_ => Visit(filter.Socket)).ToList();
            var settled = ProcessCost.Of(filter.ProcessId);
            var watch = Stopwatch.StartNew();
            await Task.Delay(watched);
            double cpu = ProcessCost.Of(filter.ProcessId).CpuSeconds - settled.CpuSeconds;
            string name = library == EchoProcess.Library.Ours ? "MilterCrypt.Milter" : "libmilter";
            results.Add(new($"{Count} idle connections, {name}: memory each", (settled.ResidentBytes - before) / Count / Kilo, "kB"));
            results.Add(new($"{Count} idle connections, {name}: CPU", cpu / watch.Elapsed.TotalSeconds * 100, "%"));
            foreach (var session in sessions)
                session.Dispose();
        }

        return results;
    }

    private static RawMilterSession Visit(MilterSocket socket)
    {
        var session = new RawMilterSession(socket.Connect());
        session.Greet();
        return session;
    }
}
