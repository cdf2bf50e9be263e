using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using MilterCrypt.Faults;
using MilterCrypt.TestSupport;

if (FaultStage.Missing() is { } missing)
{
    Console.Error.WriteLine(missing);
    return 69;   // EX_UNAVAILABLE
}

int runs = Number("FAULTS_RUNS", 2000), first = Number("FAULTS_SEED", 0);
var table = new FaultTable();
// Nobody else would take the small file systems away again, and stop the mail servers.
bool isStopping = false;
using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
var watch = Stopwatch.StartNew();
await Task.WhenAll(WorkAsync(signs: false), WorkAsync(signs: true));

string summary = string.Create(
    CultureInfo.InvariantCulture, $"{table.Count} runs, seeds {first} to {first + runs - 1}, in {watch.Elapsed:hh\\:mm\\:ss}; {table.Failures} failed\n\n{table}");
Console.WriteLine(summary);
Directory.CreateDirectory(Repository.PathOf("artifacts"));
await File.WriteAllTextAsync(Repository.PathOf("artifacts/faults.txt"), summary);
return table.Failures == 0 && table.Count == runs ? 0 : 1;

// Two stages at a time, each with its own seeds.
async Task WorkAsync(bool signs)
{
    int[] seeds = [.. Enumerable.Range(first, runs).Where(seed => FaultPlan.Signs(seed) == signs)];
    if (seeds.Length == 0)
        return;
    await using var stage = await FaultStage.SetUpAsync(signs);
    foreach (int seed in seeds.TakeWhile(_ => !Volatile.Read(ref isStopping)))
    {
        var outcome = await FaultRun.DoAsync(stage, seed);
        lock (table)
        {
            table.Add(outcome);
            foreach (string problem in outcome.Problems)
                Console.WriteLine($"seed {seed}: {problem}");
            if (table.Count % 100 == 0)
                Console.WriteLine($"{table.Count} runs, {table.Failures} failed");
        }
    }
}

void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    Volatile.Write(ref isStopping, true);
}

static int Number(string variable, int otherwise) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text
    ? int.Parse(text, CultureInfo.InvariantCulture)
    : otherwise;
