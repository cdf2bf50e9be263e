namespace MilterCrypt.Telemetry;

/// <summary>One number, or one histogram, that grows. Any thread may add to it.</summary>
/// <param name="bounds">The upper bounds of its buckets, if it is a histogram; what is larger than the last is in none.</param>
internal sealed class MetricSeries(IReadOnlyList<double> bounds)
{
    /// <summary>What was not told this time.</summary>
    public const double None = double.NaN;

    private readonly Lock gate = new();
    private readonly long[] buckets = new long[bounds.Count];
    private double sum;
    private long count;

    public void Add(double value)
    {
        lock (gate)
            sum += value;
    }

    public void Set(double value)
    {
        lock (gate)
            sum = value;
    }

    public void Record(double value)
    {
        int bucket = 0;
        while (bucket < bounds.Count && value > bounds[bucket])
            bucket++;
        lock (gate)
        {
            sum += value;
            count++;
            if (bucket < buckets.Length)
                buckets[bucket]++;
        }
    }

    /// <summary>Its state at one moment.</summary>
    /// <param name="inBuckets">Takes how much lies in each bucket: above the bound before, up to its own.</param>
    /// <returns>The number, or the sum of all that a histogram has taken, and how much that was.</returns>
    public (double Sum, long Count) Read(Span<long> inBuckets)
    {
        lock (gate)
        {
            buckets.CopyTo(inBuckets);
            return (sum, count);
        }
    }
}
