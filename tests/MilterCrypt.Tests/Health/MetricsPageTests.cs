using System.Net;
using System.Text;
using MilterCrypt.TestSupport;
using MilterCrypt.TestSupport.Processes;
using MilterCrypt.Tests.Commands;

namespace MilterCrypt.Tests.Health;

/// <summary>/metrics of the running daemon: after mail that is known the numbers are known.</summary>
public sealed class MetricsPageTests(People people)
{
    // The name has what a label's value must not have unescaped.
    private const string Rules = """
        rules: [{name: 'the "partner" \ rule', match: {domain: example.org}, encrypt: always}, {name: rest, encrypt: never}]
        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task EachMessageAndRecipientIsCountedOnce()
    {
        using var here = new Installation($"{Rules}\n{MonitoredDaemon.Http}");
        await here.ImportAsync(people.Bob);
        await using var daemon = await MonitoredDaemon.StartAsync(here);
        var mta = await daemon.ConnectAsync();
        await mta.DeliverAsync(MonitoredDaemon.Letter("bob@example.org"), Token);
        await mta.DeliverAsync(MonitoredDaemon.Letter("somebody@else.example", "bob@example.org"), Token);
        await mta.DeliverAsync(MonitoredDaemon.Letter("nobody@example.org"), Token);
        await mta.MailAsync("<alice@example.org>", Token);
        await mta.RecipientAsync("<bob@example.org>", Token);
        await mta.AbortAsync(Token);
        await mta.QuitAsync(Token);
        await mta.DisposeAsync();

        var page = await daemon.MetricsWhenAsync($"milter_connections_closed_total{{listener=\"{daemon.Socket}\",reason=\"ended\"}}", 1);
        Assert.Equal(
            """
            miltercrypt_messages_total{outcome="aborted",form="none"} 1
            miltercrypt_messages_total{outcome="encrypted",form="openpgp"} 1
            miltercrypt_messages_total{outcome="unchanged",form="none"} 1
            """,
            page.NonZero("miltercrypt_messages_total"));
        Assert.Equal(
            """
            miltercrypt_recipients_total{outcome="aborted",rule="the \"partner\" \\ rule"} 1
            miltercrypt_recipients_total{outcome="encrypted",rule="the \"partner\" \\ rule"} 1
            miltercrypt_recipients_total{outcome="refused_permanently",rule="the \"partner\" \\ rule"} 1
            miltercrypt_recipients_total{outcome="refused_temporarily",rule="the \"partner\" \\ rule"} 1
            miltercrypt_recipients_total{outcome="unchanged",rule="rest"} 1
            """,
            page.NonZero("miltercrypt_recipients_total"));
        Assert.Equal(
            """
            milter_messages_total{outcome="aborted"} 2
            milter_messages_total{outcome="changed"} 1
            milter_messages_total{outcome="unchanged"} 1
            """,
            page.NonZero("milter_messages_total"));
        Assert.Equal(
            """
            milter_recipients_total{answer="accepted"} 3
            milter_recipients_total{answer="refused_permanently"} 1
            milter_recipients_total{answer="refused_temporarily"} 1
            """,
            page.NonZero("milter_recipients_total"));
        Assert.Equal(16, page.Series["milter_body_received_bytes_total"]);
        Assert.Equal((1, 4), (page.Series["milter_verdict_duration_seconds_count"], page.Series["milter_message_duration_seconds_count"]));
        Assert.Equal($"milter_connections_accepted_total{{listener=\"{daemon.Socket}\"}} 1", page.NonZero("milter_connections_accepted_total"));
        Assert.Equal("", page.NonZero("milter_connections{"));
    }

    [Fact]
    public async Task NothingOfAMessageIsInThePage()
    {
        using var here = new Installation($"{Rules}\n{MonitoredDaemon.Http}");
        await here.ImportAsync(people.Bob);
        await using var daemon = await MonitoredDaemon.StartAsync(here);
        await using var mta = await daemon.ConnectAsync();
        await mta.DeliverAsync(MonitoredDaemon.Letter("bob@example.org", "nobody@example.org"), Token);
        string text = (await daemon.MetricsWhenAsync("milter_message_duration_seconds_count", 1)).Text;
        foreach (string secret in (string[])["alice", "bob", "nobody", "example.org", "subject", "secret", "4QUEUEID", "192.0.2.1", "client.example"])
            Assert.DoesNotContain(secret, text, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task ARefusalOfTheWholeIsCountedForEachRecipient()
    {
        using var here = new Installation($"{Rules}\n{MonitoredDaemon.Http}\nlimits: {{header: 4KiB}}");
        await here.ImportAsync(people.Bob);
        await using var daemon = await MonitoredDaemon.StartAsync(here);
        await using var mta = await daemon.ConnectAsync();
        var large = MonitoredDaemon.Letter("bob@example.org") with { Header = [new("X", Encoding.ASCII.GetBytes(new string('x', 5000)))] };
        await mta.DeliverAsync(large, Token);
        var page = await daemon.MetricsWhenAsync("miltercrypt_messages_total{outcome=\"refused_permanently\",form=\"none\"}", 1);
        Assert.Equal("miltercrypt_recipients_total{outcome=\"refused_permanently\",rule=\"the \\\"partner\\\" \\\\ rule\"} 1", page.NonZero("miltercrypt_recipients_total"));
    }

    [Fact]
    public async Task KeysReloadsAndTheProcessAreTold()
    {
        using var here = new Installation($"{Rules}\n{MonitoredDaemon.Http}");
        await here.ImportAsync(people.Bob);
        await here.ImportAsync(people.Carol);
        await using var daemon = await MonitoredDaemon.StartAsync(here);
        // Carol's key has expired.
        var page = await daemon.MetricsWhenAsync("miltercrypt_keys_usable", 1);
        Assert.Equal(2, page.Series["miltercrypt_keys"]);
        Assert.InRange(page.Series["miltercrypt_key_store_age_seconds"], 0, 60);
        Assert.Equal(64 << 20, page.Series["miltercrypt_spool_memory_limit_bytes"]);
        Assert.Equal(4L << 30, page.Series["miltercrypt_spool_disk_limit_bytes"]);
        Assert.InRange(page.Series["process_resident_memory_bytes"], 10e6, 500e6);
        Assert.InRange(page.Series["process_cpu_seconds_total"], 0.001, 600);
        Assert.InRange(page.Series["process_open_fds"], 10, page.Series["process_max_fds"]);
        Assert.InRange(DateTimeOffset.UtcNow.ToUnixTimeSeconds() - page.Series["process_start_time_seconds"], -1, 600);
        Assert.Matches("^miltercrypt_build_info\\{version=\"[0-9.]+\"\\} 1$", page.NonZero("miltercrypt_build_info"));

        here.Configure("rules: [{encrypt: allways}]");
        await daemon.Process.SignalAsync("HUP");
        await daemon.MetricsWhenAsync("miltercrypt_reloads_total{result=\"failure\"}", 1);
        here.Configure($"{Rules}\nhttp: {{address: '127.0.0.1:1'}}");
        await daemon.Process.SignalAsync("HUP");
        await daemon.MetricsWhenAsync("miltercrypt_reloads_total{result=\"success\"}", 1);
        await daemon.Process.WaitForTextAsync("http has changed; that takes effect at the next start");
        (await here.RunAsync("keys", "remove", "--yes", "bob@example.org")).OrThrow();
        await daemon.MetricsWhenAsync("miltercrypt_keys_usable", 0);
    }

    [Fact]
    public async Task PrometheusOwnToolFindsNothingToComplainAbout()
    {
        string tool = Repository.PathOf("artifacts/prometheus/promtool");
        if (!File.Exists(tool))
            Assert.Skip($"{tool} is missing: tests/install-debian.sh test");
        using var here = new Installation($"{Rules}\n{MonitoredDaemon.Http}");
        await here.ImportAsync(people.Bob);
        await using var daemon = await MonitoredDaemon.StartAsync(here);
        await using var mta = await daemon.ConnectAsync();
        await mta.DeliverAsync(MonitoredDaemon.Letter("bob@example.org", "nobody@example.org"), Token);
        var page = await daemon.MetricsWhenAsync("milter_message_duration_seconds_count", 1);
        var judged = await Command.RunAsync(tool, ["check", "metrics"], Encoding.UTF8.GetBytes(page.Text), Token);
        Assert.Equal((0, "", ""), (judged.ExitCode, judged.OutputText, judged.Error));
    }

    [Fact]
    public async Task WithoutTheSettingThereIsNoPort()
    {
        using var here = new Installation(Rules);
        await using var daemon = MilterCrypt.TestSupport.Processes.ChildProcess.Start(
            TestSupport.Program.MilterCryptProgram.Path, ["serve", "--config", here.ConfigurationFile, "--listen", $"unix:{here.PathOf("m.sock")}"]);
        await daemon.WaitForTextAsync(" is ready: ");
        Assert.DoesNotContain("/metrics", daemon.Said, StringComparison.Ordinal);
        Assert.DoesNotContain("http", daemon.Said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task APortThatIsTakenIsUnavailable()
    {
        using var taken = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        using var here = new Installation($"{Rules}\nhttp: {{address: '{taken.LocalEndpoint}'}}");
        var refused = await here.RunAsync("serve", "--listen", $"unix:{here.PathOf("m.sock")}");
        Assert.Equal(69, refused.ExitCode);
        Assert.Contains($"http.address: can't listen on {taken.LocalEndpoint}: ", refused.Error, StringComparison.Ordinal);
    }
}
