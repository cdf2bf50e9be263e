using System.Diagnostics;
using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Certificates.Making;
using MilterCrypt.TestSupport;
using MilterCrypt.TestSupport.Mta;
using MilterCrypt.TestSupport.Processes;
using MilterCrypt.TestSupport.Program;

namespace MilterCrypt.Benchmarks;

/// <summary>What several recipients cost: the daemon's CPU for a message that it makes in several forms and hands back over SMTP,
/// beside that for one form, handed back over the milter protocol; and how fast a large message to a hundred recipients of one form
/// is, beside one to a single recipient. An MTA is played, and smtp-sink takes what is handed back.</summary>
internal static class SplitCost
{
    private const int Forms = 5;
    private const int Recipients = 100;
    private const int MessageLength = 1_000_000;
    private const int Piece = 65535;

    public static async Task<IReadOnlyList<Measurement>> MeasureAsync(int rounds, int megabytes)
    {
        string[] addresses = [.. Enumerable.Range(0, Recipients).Select(i => $"r{i}@partner.example")];
        byte[] keys = [.. addresses.SelectMany(static address => Key(address))];
        int sinkPort = LoopbackPort.Free();
        await using var sink = ChildProcess.Start("smtp-sink", ["-u", "nobody", "-c", $"127.0.0.1:{sinkPort}", "1000"]);
        await Patience.UntilAsync(() => LoopbackPort.AnswersAsync(sinkPort), () => "smtp-sink: " + sink.Said);

        using var directory = new TestDirectory();
        string settings = $"reinject: {{address: \"smtp://127.0.0.1:{sinkPort}\", connections: 20, bcc-copies: 10}}\njournal: {directory.PathOf("journal.db")}";
        await using var splitting = await StartAsync("  - {encrypt: always, bcc: separate}\n", settings, keys);
        await using var together = await StartAsync("  - {encrypt: always, bcc: with-others}\n", "", keys);

        byte[] message = Body(MessageLength), large = Body(megabytes * 1_000_000);
        List<double> costs = [], speeds = [];
        Deliver(splitting, addresses[..1], message, 20);
        Deliver(splitting, addresses[..Forms], message, 10);
        Deliver(together, addresses, large, 1);
        for (int round = 0; round < rounds; round++)
        {
            double one = Cost(splitting, () => Deliver(splitting, addresses[..1], message, 10 * Forms));
            double several = Cost(splitting, () => Deliver(splitting, addresses[..Forms], message, 10));
            costs.Add(several / one);
            var alone = Time(() => Deliver(together, addresses[..1], large, 2));
            var many = Time(() => Deliver(together, addresses, large, 2));
            speeds.Add(alone / many);
        }
        return
        [
            new Measurement($"daemon's CPU, {Forms} forms of 1 MB handed over beside {Forms} messages of one", Measurement.Median(costs), "×", 1.1, IsCeiling: true),
            new Measurement($"a message of {megabytes} MB to {Recipients} recipients beside one to a single recipient", Measurement.Median(speeds), "×", 0.8),
        ];
    }

    private static async Task<MilterCryptDaemon> StartAsync(string rules, string settings, byte[] keys)
    {
        var daemon = new MilterCryptDaemon(rules, tcp: false, settings);
        await daemon.ImportKeysAsync(keys, CancellationToken.None);
        await daemon.StartAsync();
        return daemon;
    }

    private static byte[] Key(string address)
    {
        using var key = SecretCertificate.Generate(new KeyGeneration { UserIds = [address] });
        return key.Certificate.ToArray();
    }

    private static byte[] Body(int length)
    {
        byte[] body = new byte[length];
        for (int i = 0; i < body.Length; i++)
            body[i] = (byte)(i % 64 < 62 ? 'a' + i % 26 : i % 64 == 62 ? '\r' : '\n');
        return body;
    }

    private static void Deliver(MilterCryptDaemon daemon, string[] recipients, byte[] body, int times)
    {
        using var session = new RawMilterSession(daemon.Socket.Connect());
        session.Greet();
        for (int i = 0; i < times; i++)
        {
            if (session.Begin(recipients) is var answer and not 'c')
                throw new InvalidOperationException($"'{answer}' where the body was to be asked for");
            for (int sent = 0; sent < body.Length; sent += Piece)
                session.WriteBody(body.AsSpan(sent, Math.Min(Piece, body.Length - sent)));
            session.End();
        }
        session.Quit();
    }

    private static double Cost(MilterCryptDaemon daemon, Action work)
    {
        double before = ProcessCost.Of(daemon.ProcessId).CpuSeconds;
        work();
        return ProcessCost.Of(daemon.ProcessId).CpuSeconds - before;
    }

    private static TimeSpan Time(Action work)
    {
        var watch = Stopwatch.StartNew();
        work();
        return watch.Elapsed;
    }
}
