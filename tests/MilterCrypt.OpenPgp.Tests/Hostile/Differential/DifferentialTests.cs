using System.Diagnostics;
using System.Globalization;
using System.Text;
using MilterCrypt.TestSupport;

namespace MilterCrypt.OpenPgp.Tests.Hostile.Differential;

/// <summary>A short look each time, the same one; <c>make fuzz FUZZ_TARGET=differential</c> looks for longer.</summary>
public sealed class DifferentialTests
{
    private const int Inputs = 40;

    [Fact]
    public async Task WhatMilterCryptTakesForProvenGoodOrUsableIsNotRefusedByTwoOthers()
    {
        int seconds = Number("FUZZ_SECONDS", 0), seed = Number("FUZZ_SEED", seconds == 0 ? 1 : Random.Shared.Next());
        var (others, missing) = await OtherPrograms.FindAsync();
        if (others is null)
            Assert.Skip(missing!);

        await using (others)
        {
            using var run = new DifferentialRun(others, seed);
            var watch = Stopwatch.StartNew();
            do
                await run.TryAsync(Inputs);
            while (watch.Elapsed < TimeSpan.FromSeconds(seconds));

            string report = Report(run, seed, others.Names);
            TestContext.Current.TestOutputHelper?.WriteLine(report);
            File.WriteAllText(Path.Combine(Directory.CreateDirectory(Repository.PathOf("artifacts/fuzz/differential")).FullName, "report.txt"), report);
            Assert.Empty(run.Findings);
            Assert.InRange(run.Accepted, run.Tried / 20, run.Tried);
        }
    }

    private static string Report(DifferentialRun run, int seed, IReadOnlyList<string> others)
    {
        var report = new StringBuilder();
        report.AppendLine(CultureInfo.InvariantCulture, $"seed {seed}: {run.Tried} inputs, {run.Accepted} taken here; asked: {string.Join(", ", others)}");
        report.AppendLine(run.Findings.Count == 0 ? "nothing taken that two others refuse" : string.Join('\n', run.Findings));
        report.AppendLine("refused here, taken by two others or more (of those that were shown to them):");
        foreach (var (reason, count) in run.Stricter)
            report.AppendLine(CultureInfo.InvariantCulture, $"{count,6}  {reason}");
        return report.ToString();
    }

    private static int Number(string variable, int otherwise) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text
        ? int.Parse(text, CultureInfo.InvariantCulture)
        : otherwise;
}
