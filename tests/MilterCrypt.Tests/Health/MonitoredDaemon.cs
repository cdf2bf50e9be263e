using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using MilterCrypt.Milter;
using MilterCrypt.Milter.Client;
using MilterCrypt.Milter.Listening;
using MilterCrypt.TestSupport;
using MilterCrypt.TestSupport.Processes;
using MilterCrypt.Tests.Commands;
using MilterCrypt.Tests.Daemon;

namespace MilterCrypt.Tests.Health;

/// <summary>The running daemon with its HTTP port, and an MTA's side of its socket.</summary>
internal sealed partial class MonitoredDaemon : IAsyncDisposable
{
    public const string Http = "http: {address: '127.0.0.1:0'}";

    private readonly Installation here;
    private readonly HttpClient client;

    private MonitoredDaemon(Installation here, ChildProcess process, int port)
    {
        this.here = here;
        Process = process;
        Port = port;
        client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}"), Timeout = Patience.Ample };
    }

    public ChildProcess Process { get; }

    public int Port { get; }

    public MilterEndpoint Socket => new MilterEndpoint.Unix(here.PathOf("m.sock"));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <param name="here">Its configuration.</param>
    /// <param name="environment">Variables, each as NAME=value.</param>
    public static async Task<MonitoredDaemon> StartAsync(Installation here, params string[] environment)
    {
        var process = await ServingProgram.StartAsync(here, ServingProgram.ListenOnSocket(here), ["env", .. environment]);
        return new MonitoredDaemon(here, process, int.Parse(HttpPort().Match(process.Said).Groups[1].ValueSpan));
    }

    public static ClientMessage Letter(params string[] recipients) => new(
        "<alice@example.org>",
        [.. recipients.Select(recipient => $"<{recipient}>")],
        [new HeaderField("Subject", Encoding.ASCII.GetBytes(" subject of the letter"))],
        Encoding.ASCII.GetBytes("this is secret\r\n"));

    /// <summary>A page: its status and its text.</summary>
    public async Task<(HttpStatusCode Status, string Text)> GetAsync(string page)
    {
        using var response = await AskAsync(page);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(Token));
    }

    public async Task<MetricsPage> MetricsAsync()
    {
        using var response = await AskAsync("/metrics");
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", response.Content.Headers.ContentType?.ToString());
        return MetricsPage.Read(await response.Content.ReadAsStringAsync(Token));
    }

    /// <summary>The page, once a series has a value: counting goes on after the MTA has its answer.</summary>
    public async Task<MetricsPage> MetricsWhenAsync(string series, double value)
    {
        MetricsPage? page = null;
        await Patience.UntilAsync(
            async () => (page = await MetricsAsync()).Series.TryGetValue(series, out double now) && now == value,
            () => $"{series} is not {value}:\n{page?.Text}");
        return page!;
    }

    /// <summary>Waits until /readyz says this and nothing else.</summary>
    public async Task UntilReadyzAsync(HttpStatusCode status, string pattern)
    {
        (HttpStatusCode Status, string Text) page = default;
        await Patience.UntilAsync(
            async () => (page = await GetAsync("/readyz")).Status == status && Regex.IsMatch(page.Text, $@"\A{pattern}\n\z"),
            () => $"/readyz is {page}; {Process.Said}");
    }

    /// <summary>An MTA's connection that has said HELO.</summary>
    public async Task<MilterClient> ConnectAsync()
    {
        var mta = await MilterClient.OpenAsync(Socket, MtaHabits.Sendmail, Token);
        mta.MacroValues["i"] = "4QUEUEID";
        await mta.ConnectAsync("client.example", IPAddress.Parse("192.0.2.1"), 4711, Token);
        await mta.HeloAsync("client.example", Token);
        return mta;
    }

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await Process.DisposeAsync();
    }

    // Who says nothing for two seconds is cut off, and this process may have been held up for as long.
    private async Task<HttpResponseMessage> AskAsync(string page)
    {
        while (true)
        {
            var response = await client.GetAsync(new Uri(page, UriKind.Relative), Token);
            if (response.StatusCode != HttpStatusCode.RequestTimeout)
                return response;
            response.Dispose();
        }
    }

    [GeneratedRegex(@"/metrics, /healthz and /readyz on http://127\.0\.0\.1:(\d+)")]
    private static partial Regex HttpPort();
}
