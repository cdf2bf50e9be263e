using System.Diagnostics;
using System.Globalization;
using MilterCrypt.TestSupport;
using MilterCrypt.TestSupport.Mta;
using MilterCrypt.TestSupport.Processes;

namespace MilterCrypt.Benchmarks;

/// <summary>A filter behind a Postfix of its own, and what it was measured at.</summary>
internal sealed class Contender : IAsyncDisposable
{
    private readonly PostfixServer server;
    private readonly int? processId;
    private readonly List<double> rates = [];
    private readonly List<double> costs = [];

    private Contender(string name, PostfixServer server, int? processId) => (Name, this.server, this.processId) = (name, server, processId);

    public string Name { get; }

    /// <summary>Messages a second, round by round.</summary>
    public IReadOnlyList<double> Rates => rates;

    /// <summary>The filter's CPU seconds for each message, round by round; empty where there is no filter.</summary>
    public IReadOnlyList<double> Costs => costs;

    /// <param name="name">What the report calls it.</param>
    /// <param name="filter">Where the filter listens; null for none.</param>
    /// <param name="processId">The filter's process.</param>
    /// <param name="sinkPort">Where Postfix delivers.</param>
    public static async Task<Contender> StartAsync(string name, MilterSocket? filter, int? processId, int sinkPort) =>
        new(name, await PostfixServer.StartAsync(filter, sinkPort), processId);

    /// <summary>Messages a second until all are accepted; waits after that until they are all delivered, so that no run works
    /// for the one before.</summary>
    public async Task SendAsync(string recipient, int sessions, int messages, int length, bool counts)
    {
        static string Number(int n) => n.ToString(CultureInfo.InvariantCulture);
        double before = CpuSeconds();
        var watch = Stopwatch.StartNew();
        (await Command.RunAsync("smtp-source",
        [
            "-s", Number(sessions), "-m", Number(messages), "-l", Number(length),
            "-f", "alice@sender.example", "-t", recipient, $"127.0.0.1:{Number(server.SmtpPort)}",
        ])).OrThrow();
        double rate = messages / watch.Elapsed.TotalSeconds;
        await Patience.UntilAsync(() => server.QueueIsEmpty, () => "the queue does not empty");
        if (!counts)
            return;
        rates.Add(rate);
        if (processId is not null)
            costs.Add((CpuSeconds() - before) / messages);
    }

    /// <summary>The median of the rounds' ratios.</summary>
    public double RateBeside(Contender other) => Measurement.Median(rates.Zip(other.rates, (a, b) => a / b));

    public ValueTask DisposeAsync() => server.DisposeAsync();

    private double CpuSeconds() => processId is { } id ? ProcessCost.Of(id).CpuSeconds : 0;
}
