using System.Globalization;
using MilterCrypt.Benchmarks;
using MilterCrypt.Benchmarks.Custody;
using MilterCrypt.Benchmarks.OpenPgp;
using MilterCrypt.TestSupport;
using MilterCrypt.TestSupport.Mta;
using MilterCrypt.TestSupport.Program;

// The benchmarks' own filter on our library, as a process of its own.
if (args is ["echo", var address])
    return await EchoFilter.ServeAsync(address);

// "short" takes a quick look whose figures say little; "rate", "milter", "idle", "openpgp", "custody", "split", "bulk" and "memory" choose among the parts.
bool brief = args.Contains("short");
string[] parts = [.. args.Except(["short"])];
if ((PostfixServer.Missing() ?? EchoProcess.Missing() ?? Correspondent.Missing() ?? MilterCryptProgram.Missing()) is { } missing)
{
    Console.Error.WriteLine(missing);
    return 69;   // EX_UNAVAILABLE
}

await using var bob = await Correspondent.AppearAsync("bob@partner.example", "future-default");
var results = new List<Measurement>();
void Note(IEnumerable<Measurement> measured)
{
    foreach (var one in measured)
    {
        results.Add(one);
        Console.WriteLine(one);
    }
}

if (parts is [] || parts.Contains("rate"))
    Note(await MessageRate.MeasureAsync(bob, rounds: brief ? 1 : 7, messages: brief ? 300 : 2000));
if (parts is [] || parts.Contains("milter"))
    Note(await MilterRate.MeasureAsync(rounds: brief ? 1 : 5, each: TimeSpan.FromSeconds(brief ? 0.5 : 1.5)));
if (parts is [] || parts.Contains("idle"))
    Note(await IdleConnections.MeasureAsync(TimeSpan.FromSeconds(brief ? 2 : 20)));
if (parts is [] || parts.Contains("openpgp"))
    Note(await OpenPgpShares.MeasureAsync(rounds: brief ? 3 : 11));
if (parts is [] || parts.Contains("custody"))
    Note(await SigningRate.MeasureAsync(rounds: brief ? 3 : 11, each: TimeSpan.FromSeconds(brief ? 0.5 : 1.5)));
if (parts is [] || parts.Contains("split"))
    Note(await SplitCost.MeasureAsync(rounds: brief ? 2 : 7, megabytes: brief ? 3 : 30));
if (parts is [] || parts.Contains("bulk"))
    Note(await BulkRate.MeasureAsync(bob, rounds: brief ? 1 : 5, megabytes: brief ? 50 : 400));
if (parts is [] || parts.Contains("memory"))
    Note(await MemoryUse.MeasureAsync(bob, messages: brief ? 4 : 50, megabytes: 30));

Console.WriteLine();
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{results.Count(r => r.IsMet == true)} goals met, {results.Count(r => r.IsMet == false)} missed"));
if (results.Any(r => r.IsMet == false))
    Console.WriteLine("A missed goal is no failure of this command: it measures, and on a machine that does other work ratios vary. Look again when it is idle.");
return 0;
