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
        MilterSocket unix = new MilterSocket.Unix(directory.PathOf("noop.sock")), tcp = new MilterSocket.Tcp(LoopbackPort.Free());
        MilterSocket asMuch = new MilterSocket.Unix(directory.PathOf("as-encrypted.sock"));
        await using var noopOnUnix = await NoopFilter.StartAsync(unix);
        await using var noopAsMuch = await NoopFilter.StartAsync(asMuch, asEncrypted: true);
        await using var noopOnTcp = await NoopFilter.StartAsync(tcp);
        await using var echoOnUnix = await EchoProcess.StartAsync(EchoProcess.Library.Ours, tcp: false);
        await using var python = await EchoProcess.StartAsync(EchoProcess.Library.Pymilter, tcp: false);
        await using var daemonOnUnix = await StartDaemonAsync(bob, tcp: false);
        await using var daemonOnTcp = await StartDaemonAsync(bob, tcp: true);

        await using var c = await Contender.StartAsync("C filter, Unix socket", unix, noopOnUnix.ProcessId, sinkPort);
        await using var cAsMuch = await Contender.StartAsync("C filter that moves as much as encryption, Unix socket", asMuch, noopAsMuch.ProcessId, sinkPort);
        await using var echo = await Contender.StartAsync("the C filter's job on MilterCrypt.Milter, Unix socket", echoOnUnix.Socket, echoOnUnix.ProcessId, sinkPort);
        await using var pymilter = await Contender.StartAsync("the C filter's job on pymilter, Unix socket", python.Socket, python.ProcessId, sinkPort);
        await using var ours = await Contender.StartAsync("MilterCrypt, Unix socket", daemonOnUnix.Socket, daemonOnUnix.ProcessId, sinkPort);
        await using var cTcp = await Contender.StartAsync("C filter, TCP", tcp, noopOnTcp.ProcessId, sinkPort);
        await using var oursTcp = await Contender.StartAsync("MilterCrypt, TCP", daemonOnTcp.Socket, daemonOnTcp.ProcessId, sinkPort);
        await using var none = await Contender.StartAsync("no filter", null, null, sinkPort);

        Contender[] all = [c, cAsMuch, echo, pymilter, ours, cTcp, oursTcp, none];
        foreach (var contender in all)
            await contender.SendAsync(bob.Address, Sessions, messages, MessageLength, counts: false);
        for (int round = 0; round < rounds; round++)
        {
            for (int i = 0; i < all.Length; i++)
                await all[(i + round) % all.Length].SendAsync(bob.Address, Sessions, messages, MessageLength, counts: true);
        }

        return
        [
            .. all.Select(contender => new Measurement("10 KiB messages through Postfix: " + contender.Name, Measurement.Median(contender.Rates), "1/s")),
            .. all.Where(contender => contender.Costs.Count > 0).Select(contender =>
                new Measurement("its CPU for each: " + contender.Name, Measurement.Median(contender.Costs) * 1e3, "ms")),
            new Measurement("MilterCrypt.Milter beside the C filter, Unix socket", echo.RateBeside(c), "×", 0.95),
            new Measurement("MilterCrypt.Milter beside pymilter, Unix socket", echo.RateBeside(pymilter), "×", 1),
            new Measurement("MilterCrypt beside the C filter, Unix socket", ours.RateBeside(c), "×", 0.95),
            new Measurement("MilterCrypt beside the C filter that moves as much, Unix socket", ours.RateBeside(cAsMuch), "×"),
            new Measurement("MilterCrypt beside the C filter, TCP", oursTcp.RateBeside(cTcp), "×"),
            new Measurement("MilterCrypt, TCP beside Unix socket", oursTcp.RateBeside(ours), "×", 0.9),
        ];
    }

    public static async Task<MilterCryptDaemon> StartDaemonAsync(Correspondent bob, bool tcp)
    {
        var daemon = new MilterCryptDaemon("  - {encrypt: always, without-key: reject}", tcp);
        await daemon.ImportKeysAsync(bob.PublicKey, CancellationToken.None);
        await daemon.StartAsync();
        return daemon;
    }
}
