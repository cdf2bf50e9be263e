using System.Diagnostics;
using System.Globalization;
using MilterCrypt.TestSupport;
using MilterCrypt.TestSupport.Mta;
using MilterCrypt.TestSupport.Processes;
using MilterCrypt.TestSupport.Program;

namespace MilterCrypt.Benchmarks;

/// <summary>Messages of 10 KiB a second through Postfix, each encrypted, beside a C filter that only hands the body back, on each
/// kind of socket. All servers stand ready from the start, and the rounds visit them in turn, so that what else the machine
/// does meets all alike.</summary>
internal static class MessageRate
{
    private const int Sessions = 8;
    private const int MessageLength = 10 * 1024;

    public static async Task<IReadOnlyList<Measurement>> MeasureAsync(Correspondent bob, int rounds, int messages)
    {
        int sinkPort = LoopbackPort.Free();
        await using var sink = ChildProcess.Start("smtp-sink", ["-u", "nobody", "-c", $"127.0.0.1:{sinkPort}", "1000"]);
        await Patience.UntilAsync(() => LoopbackPort.AnswersAsync(sinkPort), () => "smtp-sink: " + sink.Said);

        using var directory = new TestDirectory();
        await using var daemonOnUnix = await StartDaemonAsync(bob, tcp: false);
        await using var daemonOnTcp = await StartDaemonAsync(bob, tcp: true);
        MilterSocket unix = new MilterSocket.Unix(directory.PathOf("noop.sock")), tcp = new MilterSocket.Tcp(LoopbackPort.Free());
        MilterSocket asMuch = new MilterSocket.Unix(directory.PathOf("as-encrypted.sock"));
        await using var noopOnUnix = await NoopFilter.StartAsync(unix);
        await using var noopAsMuch = await NoopFilter.StartAsync(asMuch, asEncrypted: true);
        await using var noopOnTcp = await NoopFilter.StartAsync(tcp);

        await using var cUnix = await PostfixServer.StartAsync(unix, sinkPort);
        await using var cAsMuch = await PostfixServer.StartAsync(asMuch, sinkPort);
        await using var cTcp = await PostfixServer.StartAsync(tcp, sinkPort);
        await using var oursUnix = await PostfixServer.StartAsync(daemonOnUnix.Socket, sinkPort);
        await using var oursTcp = await PostfixServer.StartAsync(daemonOnTcp.Socket, sinkPort);
        await using var none = await PostfixServer.StartAsync(filter: null, sinkPort);

        PostfixServer[] servers = [cUnix, cAsMuch, oursUnix, cTcp, oursTcp, none];
        var rates = servers.ToDictionary(server => server, _ => new List<double>());
        foreach (var server in servers)
            await SendAsync(server, bob.Address, messages);
        for (int round = 0; round < rounds; round++)
        {
            for (int i = 0; i < servers.Length; i++)
            {
                var server = servers[(i + round) % servers.Length];
                rates[server].Add(await SendAsync(server, bob.Address, messages));
            }
        }

        double Ratio(PostfixServer one, PostfixServer other) => Measurement.Median(rates[one].Zip(rates[other], (a, b) => a / b));
        return
        [
            .. servers.Zip((string[])["C filter, Unix socket", "C filter that moves as much as encryption, Unix socket", "MilterCrypt, Unix socket", "C filter, TCP", "MilterCrypt, TCP", "no filter"])
                .Select(pair => new Measurement("10 KiB messages through Postfix: " + pair.Second, Measurement.Median(rates[pair.First]), "1/s")),
            new Measurement("MilterCrypt beside the C filter, Unix socket", Ratio(oursUnix, cUnix), "×", 0.95),
            new Measurement("MilterCrypt beside the C filter that moves as much, Unix socket", Ratio(oursUnix, cAsMuch), "×"),
            new Measurement("MilterCrypt beside the C filter, TCP", Ratio(oursTcp, cTcp), "×"),
            new Measurement("MilterCrypt, TCP beside Unix socket", Ratio(oursTcp, oursUnix), "×", 0.9),
        ];
    }

    public static async Task<MilterCryptDaemon> StartDaemonAsync(Correspondent bob, bool tcp)
    {
        var daemon = new MilterCryptDaemon("  - {encrypt: always, without-key: reject}", tcp);
        await daemon.ImportKeysAsync(bob.PublicKey, CancellationToken.None);
        await daemon.StartAsync();
        return daemon;
    }

    /// <summary>Messages a second until all are accepted; waits after that until they are all delivered, so that no run works
    /// for the one before.</summary>
    private static async Task<double> SendAsync(PostfixServer server, string recipient, int messages)
    {
        string Number(int n) => n.ToString(CultureInfo.InvariantCulture);
        var watch = Stopwatch.StartNew();
        (await Command.RunAsync("smtp-source",
        [
            "-s", Number(Sessions), "-m", Number(messages), "-l", Number(MessageLength),
            "-f", "alice@sender.example", "-t", recipient, $"127.0.0.1:{Number(server.SmtpPort)}",
        ])).OrThrow();
        double rate = messages / watch.Elapsed.TotalSeconds;
        await Patience.UntilAsync(() => server.QueueIsEmpty, () => "the queue does not empty");
        return rate;
    }
}
