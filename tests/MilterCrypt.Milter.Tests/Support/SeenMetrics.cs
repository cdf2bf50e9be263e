using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using MilterCrypt.TestSupport;

namespace MilterCrypt.Milter.Tests.Support;

/// <summary>What one meter's instruments have recorded: sums of counters, and of histograms how much they took. A series
/// is written <c>milter.messages{outcome=changed}</c>.</summary>
internal sealed class SeenMetrics : IDisposable
{
    private readonly MeterListener listener = new();
    private readonly ConcurrentDictionary<string, long> series = new();
    private readonly ConcurrentQueue<(string Name, double Value)> durations = new();

    public SeenMetrics()
    {
        listener.InstrumentPublished = (instrument, target) =>
        {
            if (ReferenceEquals(instrument.Meter, Meter))
                target.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) =>
        {
            durations.Enqueue((instrument.Name, value));
            Add(instrument, 1, tags);
        });
        listener.Start();
    }

    public Meter Meter { get; } = new("MilterCrypt.Milter");

    public IReadOnlyDictionary<string, long> Series => series;

    /// <summary>The sum of a series that must be there.</summary>
    public long this[string name] => series.TryGetValue(name, out long value) ? value : throw new KeyNotFoundException(name);

    /// <summary>All values that a histogram has taken.</summary>
    public IEnumerable<double> Taken(string name) => durations.Where(entry => entry.Name == name).Select(entry => entry.Value);

    /// <summary>What isn't 0, of the series whose names begin so, in order.</summary>
    public string NonZero(string start) => string.Join(
        ' ',
        series.Where(entry => entry.Key.StartsWith(start, StringComparison.Ordinal) && entry.Value != 0)
            .OrderBy(entry => entry.Key, StringComparer.Ordinal)
            .Select(entry => $"{entry.Key}={entry.Value}"));

    /// <summary>Waits for a value; counting goes on after the MTA has its answer.</summary>
    public Task UntilAsync(string name, long value) => Patience.UntilAsync(
        () => series.GetValueOrDefault(name) == value, () => $"{name} is {series.GetValueOrDefault(name)}, not {value}");

    public void Dispose()
    {
        listener.Dispose();
        Meter.Dispose();
    }

    private void Add(Instrument instrument, long value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        string labels = string.Join(',', tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}"));
        series.AddOrUpdate(labels.Length > 0 ? $"{instrument.Name}{{{labels}}}" : instrument.Name, value, (_, sum) => sum + value);
    }
}
