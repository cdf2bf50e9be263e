using System.Globalization;
using System.Text;

namespace MilterCrypt.Telemetry;

/// <summary>Prometheus's text format, version 0.0.4: names, escapes, and the lines of a family.</summary>
internal static class PrometheusText
{
    /// <summary>The media type.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private static readonly CultureInfo Invariant = CultureInfo.InvariantCulture;

    /// <summary>An instrument's name as Prometheus wants it: <c>milter.body.received</c>, a counter in <c>By</c>, is
    /// <c>milter_body_received_bytes_total</c>.</summary>
    public static string NameOf(string name, string? unit, bool isCounter)
    {
        // Units are UCUM's, as System.Diagnostics.Metrics has them; what stands in braces only says what is counted.
        string suffix = unit switch { "s" => "_seconds", "By" => "_bytes", _ => "" };
        return name.Replace('.', '_') + suffix + (isCounter ? "_total" : "");
    }

    /// <summary>Labels as they stand between braces.</summary>
    public static string Labels(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.IsEmpty)
            return "";
        var text = new StringBuilder();
        foreach (var (name, value) in tags)
        {
            text.Append(text.Length > 0 ? "," : "").Append(name).Append("=\"");
            foreach (char c in value as string ?? "")
                _ = c switch { '\\' => text.Append(@"\\"), '"' => text.Append("\\\""), '\n' => text.Append(@"\n"), _ => text.Append(c) };
            text.Append('"');
        }
        return text.ToString();
    }

    /// <summary>Writes a family; nothing where it has no series.</summary>
    public static void Write(StringBuilder text, MetricFamily family)
    {
        int before = text.Length;
        string kind = family.IsHistogram ? "histogram" : family.IsCounter ? "counter" : "gauge";
        text.Append($"# HELP {family.Name} {EscapeHelp(family.Help)}\n# TYPE {family.Name} {kind}\n");
        int begun = text.Length;
        foreach (string labels in family.Labels)
        {
            if (family.IsHistogram)
                WriteHistogram(text, family, labels);
            else if (family[labels].Read([]).Sum is var value && !double.IsNaN(value))
                WriteLine(text, family.Name, "", labels, value);
        }
        if (text.Length == begun)
            text.Length = before;
    }

    private static void WriteHistogram(StringBuilder text, MetricFamily family, string labels)
    {
        Span<long> buckets = stackalloc long[family.Bounds.Count];
        var (sum, count) = family[labels].Read(buckets);
        string before = labels.Length > 0 ? labels + "," : "";
        long through = 0;
        for (int i = 0; i < buckets.Length; i++)
        {
            through += buckets[i];
            text.Append(Invariant, $"{family.Name}_bucket{{{before}le=\"{family.Bounds[i]:R}\"}} {through}\n");
        }
        text.Append(Invariant, $"{family.Name}_bucket{{{before}le=\"+Inf\"}} {count}\n");
        WriteLine(text, family.Name, "_sum", labels, sum);
        WriteLine(text, family.Name, "_count", labels, count);
    }

    private static void WriteLine(StringBuilder text, string name, string suffix, string labels, double value)
    {
        if (labels.Length > 0)
            text.Append(Invariant, $"{name}{suffix}{{{labels}}} {value:R}\n");
        else
            text.Append(Invariant, $"{name}{suffix} {value:R}\n");
    }

    private static string EscapeHelp(string help) => help.Replace("\\", @"\\", StringComparison.Ordinal).Replace("\n", @"\n", StringComparison.Ordinal);
}
