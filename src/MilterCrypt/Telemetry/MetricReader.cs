using System.Diagnostics.Metrics;
using System.Text;

namespace MilterCrypt.Telemetry;

/// <summary>Adds up what instruments record, for whoever asks. Whoever records never waits for whoever reads longer than
/// one series takes to be copied. Owned by the daemon; to be there before the meters' instruments, so that nothing is
/// missed.</summary>
internal sealed class MetricReader : IDisposable
{
    private readonly MeterListener listener = new();
    private readonly Lock reading = new();
    private readonly List<MetricFamily> families = [];
    // Kept: without it, being read every few seconds is most of the garbage that an idle daemon makes.
    private readonly StringBuilder text = new(16 * 1024);

    /// <param name="meters">Whose instruments are read.</param>
    public MetricReader(params Meter[] meters)
    {
        listener.InstrumentPublished = (instrument, target) =>
        {
            if (!meters.Contains(instrument.Meter))
                return;
            var family = new MetricFamily(instrument);
            lock (reading)
            {
                families.Add(family);
                families.Sort((one, other) => string.CompareOrdinal(one.Name, other.Name));
            }

            target.EnableMeasurementEvents(instrument, family);
        };
        listener.SetMeasurementEventCallback<long>((_, value, tags, state) => ((MetricFamily)state!).Take(value, tags));
        listener.SetMeasurementEventCallback<double>((_, value, tags, state) => ((MetricFamily)state!).Take(value, tags));
        listener.Start();
    }

    /// <summary>All there is now, in Prometheus's words, in UTF-8.</summary>
    public byte[] Read()
    {
        lock (reading)
        {
            foreach (var family in families)
                family.BeginObservation();
            listener.RecordObservableInstruments();
            text.Clear();
            foreach (var family in families)
                PrometheusText.Write(text, family);
            int length = 0;
            foreach (var piece in text.GetChunks())
                length += Encoding.UTF8.GetByteCount(piece.Span);
            byte[] bytes = new byte[length];
            length = 0;
            foreach (var piece in text.GetChunks())
                length += Encoding.UTF8.GetBytes(piece.Span, bytes.AsSpan(length));
            return bytes;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => listener.Dispose();
}
