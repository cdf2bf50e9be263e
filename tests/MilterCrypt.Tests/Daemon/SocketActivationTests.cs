using System.Globalization;
using MilterCrypt.Milter.Client;
using MilterCrypt.Milter.Listening;
using MilterCrypt.TestSupport;
using MilterCrypt.TestSupport.Processes;
using MilterCrypt.TestSupport.Program;
using MilterCrypt.Tests.Commands;

namespace MilterCrypt.Tests.Daemon;

/// <summary>`miltercrypt serve` on sockets that systemd opened: here its own tool does, which needs no running systemd.</summary>
public sealed class SocketActivationTests(People people)
{
    private const string Activate = "systemd-socket-activate";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ItServesTheSocketsOfTheNamesThatItWasGiven()
    {
        Assert.SkipUnless(Command.Exists(Activate), $"There is no {Activate} (Debian's package systemd).");
        using var here = new Installation("""
            rules: [{encrypt: never}]
            listen:
              - systemd:in
              - {address: systemd:out, role: egress, connections: 7}
            """);
        string unix = here.PathOf("in.sock"), second = here.PathOf("in2.sock"), last = here.PathOf("left.sock");
        int port = LoopbackPort.Free();
        await using var daemon = ChildProcess.Start(
            Activate,
            [
                "-l", unix, "-l", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}"), "-l", second, "-l", last,
                "--fdname=in:out:in:left", MilterCryptProgram.Path, "serve", "--config", here.ConfigurationFile,
            ]);
        await daemon.WaitForTextAsync($"Listening on {last}");
        MilterEndpoint[] all = [new MilterEndpoint.Unix(unix), new MilterEndpoint.Inet("127.0.0.1", port, false), new MilterEndpoint.Unix(second)];
        // The first connection is what starts the daemon, and waits for it.
        foreach (var endpoint in all)
        {
            await using var client = await MilterClient.OpenAsync(endpoint, MtaHabits.Postfix, Ct).WaitAsync(Patience.Ample, Ct);
            Assert.True((await client.MailAsync("<alice@example.org>", Ct)).GoesOn);
            Assert.True((await client.RecipientAsync("<bob@example.org>", Ct)).GoesOn);
        }

        await daemon.WaitForTextAsync(" is ready: ");
        await daemon.WaitForTextAsync($"listening on systemd:in ({unix}) as ingress, for 1000 connections");
        await daemon.WaitForTextAsync($"listening on systemd:in ({second}) as ingress");
        await daemon.WaitForTextAsync(string.Create(CultureInfo.InvariantCulture, $"listening on systemd:out (127.0.0.1:{port}) as egress, for 7 connections"));
        await daemon.WaitForTextAsync("systemd handed over a socket 'left' that nobody listens on");

        // None is for programs that it starts (O_CLOEXEC of fcntl.h).
        for (int descriptor = 3; descriptor < 7; descriptor++)
        {
            string[] facts = File.ReadAllLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{daemon.Id}/fdinfo/{descriptor}"));
            string flags = facts.Single(fact => fact.StartsWith("flags:", StringComparison.Ordinal))["flags:".Length..].Trim();
            Assert.NotEqual(0, Convert.ToInt32(flags, 8) & Convert.ToInt32("02000000", 8));
        }

        await daemon.SignalAsync("TERM");
        Assert.Equal(0, await daemon.WaitAsync());
        // They are systemd's, which goes on listening on them.
        Assert.True(File.Exists(unix));
    }

    [Fact]
    public async Task SocketsThatNoMtaCanConnectToAreRefused()
    {
        Assert.SkipUnless(Command.Exists("bash"), "There is no bash.");
        using var here = new Installation();
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        string port = ((System.Net.IPEndPoint)listener.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);
        foreach (var (open, fault) in new[]
        {
            ("3</dev/null", "file descriptor 3 is no socket"),
            ($"3<>/dev/udp/127.0.0.1/{port}", "file descriptor 3 is no stream socket; the unit needs ListenStream="),
            ($"3<>/dev/tcp/127.0.0.1/{port}", "file descriptor 3 is no listening socket; the unit needs Accept=no"),
        })
        {
            var ended = await ServeAsync(here, $"exec {open}; export LISTEN_PID=$$ LISTEN_FDS=1 LISTEN_FDNAMES=milter");
            Assert.Equal(69, ended.ExitCode);
            Assert.Contains($"Can't listen on systemd:milter: {fault}.", ended.Error, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("", "no sockets were handed over (LISTEN_PID is not set): is the .socket unit started?")]
    [InlineData("export LISTEN_PID=1 LISTEN_FDS=1 LISTEN_FDNAMES=milter", "the sockets are for process 1 (LISTEN_PID), and this is ")]
    [InlineData("export LISTEN_PID=$$ LISTEN_FDS=2 LISTEN_FDNAMES=a:b", "no socket of that name was handed over; there are: a, b")]
    public async Task WhyThereIsNoSocketIsSaid(string setUp, string fault)
    {
        using var here = new Installation();
        var ended = await ServeAsync(here, setUp);
        Assert.Equal(69, ended.ExitCode);
        Assert.Contains($"Can't listen on systemd:milter: {fault}", ended.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CheckLeavesAloneWhatIsForTheDaemon()
    {
        using var here = new Installation("rules: [{encrypt: never}]\nlisten: systemd:milter");
        await here.ImportAsync(people.Bob);
        Assert.Contains("0 errors, 0 warnings", (await here.RunAsync("check", "--no-mta")).OrThrow().OutputText, StringComparison.Ordinal);
    }

    // A shell that becomes the daemon keeps its process and its descriptors.
    private static Task<CommandResult> ServeAsync(Installation here, string setUp) => Command.RunAsync(
        "bash", ["-c", setUp + "\nexec \"$0\" \"$@\"", MilterCryptProgram.Path, "serve", "--config", here.ConfigurationFile, "--listen", "systemd:milter"], ct: Ct);
}
