using System.Diagnostics;
using System.Security.Cryptography;
using MilterCrypt.Configuration;
using MilterCrypt.Engine.Custody;
using MilterCrypt.Engine.Custody.Files;
using MilterCrypt.Engine.Custody.Holder;
using MilterCrypt.KeyHolding;
using MilterCrypt.OpenPgp;
using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Certificates.Making;
using MilterCrypt.OpenPgp.Messages;
using MilterCrypt.OpenPgp.Signatures;
using MilterCrypt.Telemetry;
using MilterCrypt.TestSupport.Program;

namespace MilterCrypt.Benchmarks.Custody;

/// <summary>Signatures per second with keys in this process, and with those of a key holder: verified by the asker, with a line
/// of the audit each, many under way at a time. Rounds visit both in turn.</summary>
internal static class SigningRate
{
    private const double Goal = 0.85;
    private const int InFlight = 64;

    private static readonly KeyUse Use = new("4XyZ", "<alice@example.org>");

    public static async Task<IReadOnlyList<Measurement>> MeasureAsync(int rounds, TimeSpan each)
    {
        // The audit goes where it costs no disk: both write it, each to a /dev/null of its own.
        var console = Console.Out;
        await using var nowhere = new StreamWriter("/dev/null") { AutoFlush = true };
        using var output = new LogOutput(new LogSettings(), forJournal: true);
        Console.SetOut(nowhere);
        try
        {
            return
            [
                .. await CompareAsync(KeyProfile.Curve25519, "Ed25519", output, rounds, each),
                .. await CompareAsync(KeyProfile.Rsa3072, "RSA-3072", output, rounds, each),
            ];
        }
        finally
        {
            Console.SetOut(console);
        }
    }

    private static async Task<IReadOnlyList<Measurement>> CompareAsync(
        KeyProfile profile, string name, LogOutput output, int rounds, TimeSpan each)
    {
        await using var process = new KeyHolderProcess(peers: "0");
        using var made = SecretCertificate.Generate(new KeyGeneration { Profile = profile, UserIds = ["Alice <alice@example.org>"] });
        process.AddKey("alice.asc", made.ToArmor());
        await process.StartAsync("sh", "-c", "exec \"$0\" \"$@\" >/dev/null");

        using var random = RandomNumberGenerator.Create();
        var ring = SecretKeyRing.Read(process.KeyFolder, passphrase: null);
        await using var here = new FileKeySource(
            new LocalKeys(ring, TimeProvider.System, random, KeyAudit.To(output.Factory.CreateLogger("miltercrypt"))));
        await using var there = new KeyHolderClient(process.Socket, new KeyHolderClientOptions(), TimeProvider.System);

        var pending = Pending(made);
        var rates = new Dictionary<ISecretKeySource, List<double>> { [here] = [], [there] = [] };
        var costs = new Dictionary<ISecretKeySource, List<double>> { [here] = [], [there] = [] };
        double Cost() => ProcessCost.Of(Environment.ProcessId).CpuSeconds + ProcessCost.Of(process.ProcessId).CpuSeconds;
        foreach (var source in rates.Keys)
            await SignAsync(source, pending, each);
        for (int round = 0; round < rounds; round++)
        {
            foreach (var source in round % 2 == 0 ? (ISecretKeySource[])[here, there] : [there, here])
            {
                double before = Cost();
                double rate = await SignAsync(source, pending, each);
                rates[source].Add(rate);
                costs[source].Add((Cost() - before) / (rate * each.TotalSeconds));
            }
        }

        return
        [
            new Measurement($"signatures, {name}, {InFlight} under way: keys in this process", Measurement.Median(rates[here]), "1/s"),
            new Measurement($"signatures, {name}, {InFlight} under way: key holder", Measurement.Median(rates[there]), "1/s"),
            new Measurement(
                $"signatures, {name}: key holder beside keys in this process",
                Measurement.Median(rates[there].Zip(rates[here], (a, b) => a / b)), "×", Goal),
            new Measurement($"signatures, {name}: CPU each, keys in this process", costs[here].Average() * 1e6, "µs"),
            new Measurement($"signatures, {name}: CPU each, asker and key holder", costs[there].Average() * 1e6, "µs"),
        ];
    }

    private static PendingSignature Pending(SecretCertificate certificate)
    {
        var key = certificate.SigningKey(TimeProvider.System.GetUtcNow(), AlgorithmPolicy.Default, out _)!;
        using var signer = MessageSigner.Detached([key.PublicKey], new System.Buffers.ArrayBufferWriter<byte>(), new SigningOptions());
        signer.Write("one message"u8);
        return signer.Finish()[0];
    }

    private static async Task<double> SignAsync(ISecretKeySource source, PendingSignature pending, TimeSpan each)
    {
        int done = 0;
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, InFlight).Select(_ => Task.Run(async () =>
        {
            while (watch.Elapsed < each)
            {
                await source.SignAsync(pending, Use, CancellationToken.None);
                Interlocked.Increment(ref done);
                // Keys of this process never wait, and each of the many is to have its turn.
                await Task.Yield();
            }
        })));
        return done / watch.Elapsed.TotalSeconds;
    }
}
