using MilterCrypt.Milter.Client;
using MilterCrypt.Milter.Listening;
using MilterCrypt.Milter.Tests.Support;
using MilterCrypt.TestSupport;
using MilterCrypt.TestSupport.Mta;
using MilterCrypt.TestSupport.Processes;

namespace MilterCrypt.Milter.Tests.Agreement;

/// <summary>The same scripted filter on three libraries, each on a Unix socket and on TCP, for all tests of a class.</summary>
public sealed class ThreeFilters : IAsyncLifetime
{
    /// <summary>Sendmail's own, in C; Python's binding of it; this one.</summary>
    internal static readonly string[] Libraries = ["libmilter", "pymilter", "ours"];

    private const string Sources = "tests/MilterCrypt.Milter.Tests/Agreement";

    private readonly List<IAsyncDisposable> running = [];
    private readonly Dictionary<(string Library, bool Tcp), MilterEndpoint> endpoints = [];
    private TestDirectory? directory;

    /// <summary>Why they can't be had here, or null.</summary>
    public static string? Missing() =>
        NoopFilter.Missing() ?? (Directory.Exists("/usr/lib/python3/dist-packages/Milter") ? null : "python3-milter is not installed");

    public async ValueTask InitializeAsync()
    {
        if (Missing() is not null)
            return;
        directory = new TestDirectory();
        string[][] script = [.. Script()];
        string file = directory.Write("script", string.Concat(script.Select(line => string.Join('\t', line) + '\n')));
        string[][] readByOurs = [.. script.Select(line => line.Select(word => word.Replace(@"\n", "\n", StringComparison.Ordinal)).ToArray())];

        string program = directory.PathOf("scripted-milter");
        (await Command.RunAsync("cc", ["-O2", "-o", program, Repository.PathOf($"{Sources}/scripted-milter.c"), "-lmilter", "-lpthread"])).OrThrow();
        foreach (bool tcp in new[] { false, true })
        {
            await StartAsync("libmilter", tcp, program, file);
            // Debian's own Python: another one on the PATH knows nothing of Debian's packages.
            await StartAsync("pymilter", tcp, "/usr/bin/python3", Repository.PathOf($"{Sources}/scripted-milter.py"), file);

            TestServer? server = null;
            server = await TestServer.StartAsync(
                new LibraryScript(readByOurs, () => server!.Clock.PassAsync(new MilterOptions().ProgressInterval)), tcp);
            running.Add(server);
            endpoints[("ours", tcp)] = server.Endpoint;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (IAsyncDisposable filter in running)
            await filter.DisposeAsync();
        directory?.Dispose();
    }

    /// <summary>What becomes of a message that a scenario's filter is shown.</summary>
    internal async Task<ClientResult> RunAsync(string library, bool tcp, MtaHabits mta, string scenario)
    {
        var message = new ClientMessage(
            $"<{scenario}@a.example>", ["<bob@b.example>", "<carol@c.example>"],
            [
                Some.Field("From", " alice@a.example"), Some.Field("X-Many", " a"), Some.Field("Subject", " hello"), Some.Field("X-Many", " b"),
                Some.Field("X-Many", " c"), Some.Field("Date", " Mon, 1 Jan 2024 00:00:00 +0000"), Some.Field("Message-Id", " <1@a.example>"),
            ],
            "A line.\r\nAnother one.\r\n"u8.ToArray());
        var session = new ClientSession(message) { Host = $"{scenario}.client.example", Helo = $"{scenario}.client.example" };
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(Patience.Ample);
        await using MilterClient client = await MilterClient.OpenAsync(endpoints[(library, tcp)], mta, deadline.Token);
        return Assert.Single((await client.RunAsync(session, deadline.Token)).Messages);
    }

    private static IEnumerable<string[]> Script() =>
        from scenario in Scenario.Alike.Concat(DifferenceTests.Scenarios)
        from line in scenario.Value.Script
        select (string[])[scenario.Key, .. line.Split('|')];

    private async Task StartAsync(string library, bool tcp, string program, params string[] arguments)
    {
        MilterSocket socket = tcp ? new MilterSocket.Tcp(LoopbackPort.Free()) : new MilterSocket.Unix(directory!.PathOf($"{library}.sock"));
        // The socket comes first, but for Python's own script.
        string[] ordered = arguments.Length == 2 ? [arguments[0], socket.ForSendmail, arguments[1]] : [socket.ForSendmail, .. arguments];
        ChildProcess process = ChildProcess.Start(program, ordered);
        running.Add(process);
        await Patience.UntilAsync(socket.AnswersAsync, () => $"{library} does not listen: {process.Said}");
        Assert.True(MilterEndpoint.TryParse(socket.ForPostfix, out MilterEndpoint? endpoint, out _));
        endpoints[(library, tcp)] = endpoint;
    }
}
