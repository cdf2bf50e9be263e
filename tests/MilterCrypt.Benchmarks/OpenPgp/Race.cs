using System.Diagnostics;

namespace MilterCrypt.Benchmarks.OpenPgp;

/// <summary>Several ways of doing the same, timed in turn, so that what else the machine does meets all alike.</summary>
internal sealed class Race
{
    private readonly List<Runner> runners = [];

    /// <summary>Enters a way of doing it; it reads the time it is given until what it does is long enough.</summary>
    /// <param name="name">What the report calls it.</param>
    /// <param name="work">Does it once.</param>
    /// <param name="amount">How much that is, in <paramref name="unit"/>'s numerator.</param>
    /// <param name="unit">Such as MB/s.</param>
    public Runner Enter(string name, Action work, double amount, string unit)
    {
        var runner = new Runner(name, work, amount, unit);
        runners.Add(runner);
        return runner;
    }

    /// <summary>Runs all, round by round, each for some time in each round.</summary>
    public void Run(int rounds, TimeSpan each)
    {
        // Until the runtime has settled on its best code.
        for (var warm = Stopwatch.StartNew(); warm.Elapsed < TimeSpan.FromSeconds(2);)
            runners.ForEach(static runner => runner.Work());
        for (int round = 0; round < rounds; round++)
        {
            for (int i = 0; i < runners.Count; i++)
                runners[(i + round) % runners.Count].Measure(each);
        }
    }

    /// <summary>One line a runner.</summary>
    public IEnumerable<Measurement> Rates() =>
        runners.Select(static runner => new Measurement(runner.Name, Measurement.Median(runner.Rates), runner.Unit));

    /// <summary>One way of doing it.</summary>
    internal sealed class Runner(string name, Action work, double amount, string unit)
    {
        private readonly List<double> rates = [];

        public string Name => name;

        public string Unit => unit;

        public Action Work => work;

        public IReadOnlyList<double> Rates => rates;

        /// <summary>The median of the rounds' ratios.</summary>
        public double Beside(Runner other) => Measurement.Median(rates.Zip(other.rates, static (a, b) => a / b));

        public void Measure(TimeSpan atLeast)
        {
            var watch = Stopwatch.StartNew();
            int times = 0;
            do
            {
                work();
                times++;
            }
            while (watch.Elapsed < atLeast);
            rates.Add(times * amount / watch.Elapsed.TotalSeconds);
        }
    }
}
