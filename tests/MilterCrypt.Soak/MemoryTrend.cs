namespace MilterCrypt.Soak;

/// <summary>How memory grows with the number of messages: the straight line that fits the second half of a run best. What
/// the first half takes is the process growing to the size that its load needs.</summary>
internal sealed class MemoryTrend
{
    private readonly List<(double Messages, double Bytes)> readings = [];

    public void Add(long messages, double bytes) => readings.Add((messages, bytes));

    /// <summary>Bytes for each message, and how many that comes to over the half.</summary>
    public (double EachMessage, double InAll) OfSecondHalf()
    {
        double half = readings[^1].Messages / 2;
        (double Messages, double Bytes)[] later = [.. readings.Where(reading => reading.Messages >= half)];
        double meanMessages = later.Average(reading => reading.Messages), meanBytes = later.Average(reading => reading.Bytes);
        double spread = later.Sum(reading => Math.Pow(reading.Messages - meanMessages, 2));
        double slope = spread == 0 ? 0
            : later.Sum(reading => (reading.Messages - meanMessages) * (reading.Bytes - meanBytes)) / spread;
        return (slope, slope * (later[^1].Messages - later[0].Messages));
    }
}
