using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace MilterCrypt.Telemetry;

/// <summary>What one instrument has recorded: a series for each combination of labels. Owned by its reader.</summary>
internal sealed class MetricFamily
{
    /// <summary>No instrument of ours comes near it. Rules' names change with the configuration, so that in years there
    /// might be any number: those beyond share one series.</summary>
    public const int MostSeries = 2000;

    private readonly ConcurrentDictionary<string, MetricSeries> series = new(StringComparer.Ordinal);
    private readonly List<string> inOrder = [];
    private readonly IReadOnlyList<double> bounds;
    private readonly bool isObserved;

    public MetricFamily(Instrument instrument)
    {
        Type kind = instrument.GetType().GetGenericTypeDefinition();
        IsHistogram = kind == typeof(Histogram<>);
        IsCounter = kind == typeof(Counter<>) || kind == typeof(ObservableCounter<>);
        isObserved = instrument.IsObservable;
        bounds = (instrument as Histogram<double>)?.Advice?.HistogramBucketBoundaries ?? [];
        Name = PrometheusText.NameOf(instrument.Name, instrument.Unit, IsCounter);
        Help = instrument.Description ?? "";
    }

    /// <summary>As Prometheus has it: with unit, and _total where it is a counter.</summary>
    public string Name { get; }

    /// <summary>What it means, in a sentence.</summary>
    public string Help { get; }

    /// <summary>Whether it only ever grows.</summary>
    public bool IsCounter { get; }

    /// <summary>Whether it is made of buckets.</summary>
    public bool IsHistogram { get; }

    /// <summary>The upper bounds of a histogram's buckets.</summary>
    public IReadOnlyList<double> Bounds => bounds;

    /// <summary>The labels of all series, as <c>name="value",…</c>, in order. To be asked by one caller at a time.</summary>
    public IReadOnlyList<string> Labels
    {
        get
        {
            // They come and never go.
            if (inOrder.Count != series.Count)
            {
                inOrder.Clear();
                inOrder.AddRange(series.Select(entry => entry.Key));
                inOrder.Sort(StringComparer.Ordinal);
            }
            return inOrder;
        }
    }

    /// <summary>The series with these labels.</summary>
    public MetricSeries this[string labels] => series[labels];

    /// <summary>A measurement.</summary>
    public void Take(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        string labels = PrometheusText.Labels(tags);
        if (!series.TryGetValue(labels, out var one))
        {
            if (series.Count >= MostSeries)
                labels = "overflow=\"true\"";
            one = series.GetOrAdd(labels, static (_, upper) => new MetricSeries(upper), bounds);
        }

        if (IsHistogram)
            one.Record(value);
        else if (isObserved)
            one.Set(value);
        else
            one.Add(value);
    }

    /// <summary>What is observed is told anew: what isn't told any more has no value.</summary>
    public void BeginObservation()
    {
        if (!isObserved)
            return;
        foreach (var one in series)
            one.Value.Set(MetricSeries.None);
    }
}
