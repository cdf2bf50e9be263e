using System.Text.RegularExpressions;
using MilterCrypt.TestSupport;
using MilterCrypt.Tests.Commands;

namespace MilterCrypt.Tests.Health;

/// <summary>docs/metrics.md is written by hand and held to what the daemon shows.</summary>
public sealed partial class MetricsReferenceTests(People people)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task EveryMetricHasItsRowAndEveryRowIsAMetric()
    {
        using var here = new Installation($"{Installation.EncryptOrReject}\n{MonitoredDaemon.Http}");
        await here.ImportAsync(people.Bob);
        await using var daemon = await MonitoredDaemon.StartAsync(here);
        await using var mta = await daemon.ConnectAsync();
        await mta.DeliverAsync(MonitoredDaemon.Letter("bob@example.org"), Token);
        await daemon.MetricsWhenAsync("miltercrypt_keys_usable", 1);
        var page = await daemon.MetricsWhenAsync("milter_message_duration_seconds_count", 1);

        var rows = page.Families.Select(family => $"| `{family.Key}` | {family.Value.Type} | {Labels(page, family.Key)} | {family.Value.Help} |");
        var written = File.ReadLines(Repository.PathOf("docs/metrics.md")).Where(line => Row().IsMatch(line));
        Assert.Equal(rows.Order(StringComparer.Ordinal), written.Order(StringComparer.Ordinal));
    }

    private static string Labels(MetricsPage page, string family) => string.Join(
        ", ",
        page.Series.Keys.Where(series => series.StartsWith(family + "{", StringComparison.Ordinal))
            .SelectMany(series => Label().Matches(series))
            .Select(match => $"`{match.Groups[1].Value}`")
            .Distinct());

    [GeneratedRegex("^[|] `(milter|process)")]
    private static partial Regex Row();

    [GeneratedRegex("""[{,]([a-z]+)="[^"]*"(?=[,}])""")]
    private static partial Regex Label();
}
