using System.Diagnostics;
using System.Globalization;
using MilterCrypt.TestSupport.Mta;

namespace MilterCrypt.Benchmarks;

/// <summary>What the milter library itself does: the same small filter on three libraries, driven without an MTA. "Sessions" are
/// connections that carry one message of 10 KiB each, as most SMTP clients make them; "messages" come one after the other on connections
/// that stay. Rounds visit the three in turn.</summary>
internal static class MilterRate
{
    private static readonly byte[] Body = [.. Enumerable.Repeat("The quick brown fox jumps over the lazy dog, 0123456789 times.\r\n"u8.ToArray(), 160).SelectMany(line => line)];

    public static async Task<IReadOnlyList<Measurement>> MeasureAsync(int rounds, TimeSpan each)
    {
        var results = new List<Measurement>();
        foreach (bool tcp in (bool[])[false, true])
        {
            await using var c = await EchoProcess.StartAsync(EchoProcess.Library.Libmilter, tcp);
            await using var python = await EchoProcess.StartAsync(EchoProcess.Library.Pymilter, tcp);
            await using var ours = await EchoProcess.StartAsync(EchoProcess.Library.Ours, tcp);
            foreach (bool stays in (bool[])[false, true])
            {
                // Until our code is compiled for good.
                Run(ours.Socket, 8, stays, each * 2);
                foreach (int connections in (int[])[1, 8, 100])
                    results.AddRange(Compare(c, python, ours, connections, stays, rounds, each, tcp ? "TCP" : "Unix"));
            }
        }

        return results;
    }

    private static IEnumerable<Measurement> Compare(
        EchoProcess c, EchoProcess python, EchoProcess ours, int connections, bool stays, int rounds, TimeSpan each, string socket)
    {
        EchoProcess[] filters = [c, python, ours];
        var rates = filters.ToDictionary(filter => filter, _ => new List<double>());
        var costs = filters.ToDictionary(filter => filter, _ => new List<double>());
        for (int round = 0; round < rounds; round++)
        {
            for (int i = 0; i < filters.Length; i++)
            {
                var filter = filters[(i + round) % filters.Length];
                double before = ProcessCost.Of(filter.ProcessId).CpuSeconds;
                var watch = Stopwatch.StartNew();
                int done = Run(filter.Socket, connections, stays, each);
                rates[filter].Add(done / watch.Elapsed.TotalSeconds);
                costs[filter].Add((ProcessCost.Of(filter.ProcessId).CpuSeconds - before) / done);
            }
        }

        string what = string.Create(CultureInfo.InvariantCulture, $"{socket}, {connections,3} connections, {(stays ? "messages" : "sessions")}");
        double Ratio(EchoProcess other) => Measurement.Median(rates[ours].Zip(rates[other], (a, b) => a / b));
        yield return new Measurement($"{what}: MilterCrypt.Milter", Measurement.Median(rates[ours]), "1/s");
        yield return new Measurement($"{what}: beside libmilter", Ratio(c), "×");
        yield return new Measurement($"{what}: beside pymilter", Ratio(python), "×", 1);
        // The kernel counts in hundredths of a second: over all rounds, or a slow peer's few messages would cost nothing.
        yield return new Measurement($"{what}: CPU each, MilterCrypt.Milter", costs[ours].Average() * 1e6, "µs");
        yield return new Measurement($"{what}: CPU each, libmilter", costs[c].Average() * 1e6, "µs");
    }

    /// <summary>How many messages were answered in the time.</summary>
    private static int Run(MilterSocket socket, int connections, bool stays, TimeSpan time)
    {
        int done = 0;
        Exception? failure = null;
        long end = Stopwatch.GetTimestamp() + (long)(time.TotalSeconds * Stopwatch.Frequency);
        void Work()
        {
            try
            {
                while (Stopwatch.GetTimestamp() < end)
                {
                    using var session = new RawMilterSession(socket.Connect());
                    session.Greet();
                    do
                    {
                        int returned = session.Deliver(Body);
                        if (returned != Body.Length)
                            throw new InvalidOperationException($"{returned} bytes came back of {Body.Length}");
                        Interlocked.Increment(ref done);
                    }
                    while (stays && Stopwatch.GetTimestamp() < end);
                    session.Quit();
                }
            }
            catch (Exception e)
            {
                failure = e;
            }
        }

        // Threads that block cost the driver less than tasks do, and the driver shares the machine with what it measures.
        Thread[] threads = [.. Enumerable.Range(0, connections).Select(_ => new Thread(Work, maxStackSize: 256 * 1024))];
        foreach (var thread in threads)
            thread.Start();
        foreach (var thread in threads)
            thread.Join();
        return failure is null ? done : throw new InvalidOperationException("A session failed.", failure);
    }
}
