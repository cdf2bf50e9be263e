using System.Globalization;
using System.Text;
using System.Text.Json;

namespace MilterCrypt.Tests.Commands;

/// <summary>`miltercrypt report`: who was refused, or would have been.</summary>
public sealed class ReportCommandTests
{
    private const string Log = """
        2026-11-20T10:00:00.000Z information: s[192.0.2.1]: from=<a@x.example>, to=<old@y.example>, rule=secure, outcome=recipient-refused, reply=550 5.7.1, reason=no key
        2026-11-23T10:00:00.000Z information: s[192.0.2.1]: from=<a@x.example>, to=<nobody@y.example>, rule=secure, outcome=recipient-refused, reply=550 5.7.1, reason=no key
        2026-11-23T11:00:00.000Z information: s[192.0.2.1]: from=<b@x.example>, to=<nobody@y.example>, rule=secure, outcome=recipient-refused, reply=550 5.7.1, reason=no key
        2026-11-23T12:00:00.000Z information: 4B: from=<>, to=<carol@z.example>, rule=trial, would-be=refused, reply=550 5.7.1, reason=key unusable: expired 2025-03-01
        2026-11-23T12:00:00.000Z information: 4B: from=<>, to=<carol@z.example>, recipients=1, rule=trial, outcome=unchanged, reason=mode: report, ms=3
        2026-11-23T12:01:00.000Z information: 4C: from=<a@x.example>, to=<d@z.example> and 2 more, recipients=3, rule=secure, outcome=refused, reply=452 4.3.1, reason=no room in memory, ms=3
        2026-11-23T12:02:00.000Z information: 4D: from=<a@x.example>, to=<d@z.example>, recipients=1, rule=secure, outcome=encrypted, form=openpgp, format=SEIPDv2, keys=0123456789ABCDEF, signed-by=none, bytes=16, bytes-out=700, ms=3

        """;

    [Fact]
    public async Task TheMostFrequentRefusalIsFirstAndEachHasItsLastTime()
    {
        using var here = new Installation();
        string[] lines = (await ReportAsync(here)).Split('\n');
        Assert.Equal("encrypted 1, recipient-refused 3, refused 1, unchanged 1, would-be-refused 1", lines[0]);
        Assert.Matches(@"^COUNT +LAST +WHAT +SENDER +RECIPIENT +RULE +REPLY +REASON$", lines[2]);
        Assert.Matches(@"^2 +2026-11-23T12:01:00Z +refused +x\.example +\(not named in the log\) +secure +452 4\.3\.1 +no room in memory$", lines[3]);
        Assert.Matches(@"^2 +2026-11-23T11:00:00Z +refused +x\.example +nobody@y\.example +secure +550 5\.7\.1 +no key$", lines[4]);
        Assert.Contains(lines, line => line.Contains("would be refused", StringComparison.Ordinal) && line.Contains("carol@z.example", StringComparison.Ordinal)
            && line.EndsWith("key unusable: expired 2025-03-01", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("recipient", "nobody@y.example", 2)]
    [InlineData("sender", "a@x.example", 5)]
    [InlineData("rule", "secure", 6)]
    [InlineData("reason", "no key", 3)]
    public async Task ItCountsByOneThingAlone(string by, string value, int count)
    {
        using var here = new Installation();
        using var document = JsonDocument.Parse(await ReportAsync(here, "--by", by, "--json"));
        var row = document.RootElement.GetProperty("refusals").EnumerateArray().Single(one => one.GetProperty(by).GetString() == value);
        Assert.Equal(count, row.GetProperty("count").GetInt32());
    }

    [Fact]
    public async Task SinceAndUntilBoundIt()
    {
        using var here = new Installation();
        string text = await ReportAsync(here, "--since", "2026-11-23T10:30Z", "--until", "2026-11-23T11:30Z");
        Assert.StartsWith("recipient-refused 1\n", text, StringComparison.Ordinal);
        Assert.StartsWith("no messages", await ReportAsync(here, "--until", "2020-01-01"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ALogWithoutTimesCanNotBeBoundedAndThatIsSaid()
    {
        using var here = new Installation();
        byte[] log = Encoding.UTF8.GetBytes("4A: from=<a@x>, to=<b@x>, rule=r, outcome=recipient-refused, reply=550 5.7.1, reason=no key\n");
        var bounded = await here.RunAsync(["report", "--since", "7d", "--log", "-"], log);
        Assert.Equal(65, bounded.ExitCode);
        Assert.Contains("standard input has lines without a time", bounded.Error, StringComparison.Ordinal);
        Assert.Contains("b@x", (await here.RunAsync(["report", "--log", "-"], log)).OrThrow().OutputText, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--since", "yesterday")]
    [InlineData("--by", "weather")]
    public async Task ACommandLineThatMakesNoSenseIsAUsageError(string option, string value)
    {
        using var here = new Installation();
        Assert.Equal(64, (await here.RunAsync(["report", "--log", "-", option, value], default)).ExitCode);
    }

    [Fact]
    public async Task ReasonsThatNeverRepeatFillNoMemory()
    {
        using var here = new Installation();
        var log = new StringBuilder();
        for (int i = 0; i < 200_000; i++)
            log.Append(CultureInfo.InvariantCulture, $"4A: from=<a@x.example>, to=<u{i}@{new string('y', 200)}.example>, rule=r, outcome=recipient-refused, reply=550 5.7.1, reason=no key\n");
        var result = await here.RunInLittleMemoryAsync(["report", "--log", "-"], Encoding.ASCII.GetBytes(log.ToString()));
        string[] lines = result.OrThrow().OutputText.TrimEnd('\n').Split('\n');
        int others = int.Parse(lines[^1].Split(' ')[1], CultureInfo.InvariantCulture);
        Assert.Equal($"and {others} refusals more, of too many kinds to tell apart", lines[^1]);
        Assert.Equal(200_000, others + lines.Count(line => line.StartsWith("1  ", StringComparison.Ordinal)));
    }

    private static async Task<string> ReportAsync(Installation here, params string[] arguments) =>
        (await here.RunAsync(["report", "--log", "-", .. arguments], Encoding.UTF8.GetBytes(Log))).OrThrow().OutputText;
}
