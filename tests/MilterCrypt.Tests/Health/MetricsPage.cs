using System.Globalization;
using System.Text.RegularExpressions;

namespace MilterCrypt.Tests.Health;

/// <summary>A page in Prometheus's text format, version 0.0.4, read strictly: what is written badly fails the test.</summary>
internal sealed partial class MetricsPage
{
    private readonly Dictionary<string, double> series = [];
    private readonly Dictionary<string, (string Type, string Help)> families = [];

    private MetricsPage(string text) => Text = text;

    public string Text { get; }

    /// <summary>Values by <c>name{label="value"}</c> as it stands in the page.</summary>
    public IReadOnlyDictionary<string, double> Series => series;

    /// <summary>Each metric's type and description.</summary>
    public IReadOnlyDictionary<string, (string Type, string Help)> Families => families;

    public static MetricsPage Read(string text)
    {
        var page = new MetricsPage(text);
        Assert.EndsWith("\n", text, StringComparison.Ordinal);
        string? help = null, family = null;
        foreach (string line in text[..^1].Split('\n'))
        {
            if (Help().Match(line) is { Success: true } helped)
            {
                help = helped.Groups[2].Value;
                family = helped.Groups[1].Value;
            }
            else if (Type().Match(line) is { Success: true } typed)
            {
                Assert.True(help is not null && typed.Groups[1].Value == family, $"no HELP before: {line}");
                page.families.Add(family, (typed.Groups[2].Value, help));
                help = null;
            }
            else
            {
                page.ReadSample(line, family);
            }
        }
        page.CheckHistograms();
        return page;
    }

    /// <summary>The series of metrics whose names begin so, but for those that are 0: a line each, in order.</summary>
    public string NonZero(string start) => string.Join(
        '\n',
        series.Where(entry => entry.Key.StartsWith(start, StringComparison.Ordinal) && entry.Value != 0)
            .OrderBy(entry => entry.Key, StringComparer.Ordinal)
            .Select(entry => string.Create(CultureInfo.InvariantCulture, $"{entry.Key} {entry.Value}")));

    private void ReadSample(string line, string? family)
    {
        var sample = Sample().Match(line);
        Assert.True(sample.Success && family is not null && families.ContainsKey(family), $"no sample: {line}");
        string name = sample.Groups[1].Value;
        string suffix = families[family].Type == "histogram" ? "(_bucket|_sum|_count)" : "";
        Assert.Matches($"^{family}{suffix}$", name);
        if (families[family].Type == "counter")
            Assert.EndsWith("_total", name, StringComparison.Ordinal);
        series.Add(name + sample.Groups[2].Value, double.Parse(sample.Groups[3].Value, NumberStyles.Float, CultureInfo.InvariantCulture));
    }

    private void CheckHistograms()
    {
        foreach (string name in families.Where(family => family.Value.Type == "histogram").Select(family => family.Key))
        {
            var buckets = series.Where(entry => entry.Key.StartsWith($"{name}_bucket{{", StringComparison.Ordinal)).ToList();
            Assert.Equal(buckets.Select(bucket => bucket.Value).Order(), buckets.Select(bucket => bucket.Value));
            Assert.Equal($"{name}_bucket{{le=\"+Inf\"}}", buckets[^1].Key);
            Assert.Equal(series[$"{name}_count"], buckets[^1].Value);
        }
    }

    [GeneratedRegex(@"^# HELP ([a-z_]+) (.+\.)$")]
    private static partial Regex Help();

    [GeneratedRegex("^# TYPE ([a-z_]+) (counter|gauge|histogram)$")]
    private static partial Regex Type();

    [GeneratedRegex("""^([a-z_]+)(\{[a-z]+="(?:[^"\\]|\\[\\"n])*"(?:,[a-z]+="(?:[^"\\]|\\[\\"n])*")*\})? ([0-9.E+-]+)$""")]
    private static partial Regex Sample();
}
