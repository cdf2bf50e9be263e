using System.Globalization;
using System.Runtime.CompilerServices;
using MilterCrypt.Fuzz;

// The assemblies under test write to the map as soon as they run, so nothing of them may run before this.
Coverage.Prepare();
switch (args)
{
    case ["instrument", var folder]:
        Coverage.Instrument(folder);
        return 0;
    case ["replay", var target, var file]:
        return Fuzzing.Replay(target, file);
    case []:
        return Fuzzing.Run(
            Fuzzing.Number("FUZZ_SECONDS", 60), Fuzzing.Number("FUZZ_SEED", Random.Shared.Next()), Environment.GetEnvironmentVariable("FUZZ_TARGET"));
    default:
        Console.Error.WriteLine("usage: MilterCrypt.Fuzz [instrument FOLDER | replay TARGET FILE]; FUZZ_SECONDS, FUZZ_SEED and FUZZ_TARGET say more");
        return 64;   // EX_USAGE
}

/// <summary>What the command line can ask for.</summary>
internal static class Fuzzing
{
    public static int Number(string variable, int otherwise) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text
        ? int.Parse(text, CultureInfo.InvariantCulture)
        : otherwise;

    /// <summary>Each target in turn, or one alone, for so many seconds each.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static int Run(int seconds, int seed, string? only)
    {
        Console.WriteLine($"seed {seed}, {seconds} s for each target");
        bool isGood = true;
        foreach (FuzzTarget target in FuzzTargets.All.Where(target => only is not { Length: > 0 } || target.Name == only))
        {
            var run = new FuzzRun(target, seed, isGuided: true);
            run.Try(FuzzFolders.Kept(target));
            run.Try(target.Seeds());
            run.Try(FuzzFolders.Found(target));
            run.Search(long.MaxValue, TimeSpan.FromSeconds(seconds));
            IReadOnlyList<string> files = FuzzFolders.Keep(target, run);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{target.Name,-20} {run.Tried,10:N0} inputs, {run.Progress}, {run.Corpus.Count} kept, {(files.Count == 0 ? "nothing wrong" : $"{files.Count} WRONG")}"));
            for (int i = 0; i < files.Count; i++)
                Console.WriteLine($"  {files[i]}: {string.Join("\n    ", run.Findings[i].What.Split('\n').Take(4))}");
            isGood &= files.Count == 0;
        }

        return isGood ? 0 : 1;
    }

    /// <summary>One input once more, with all that is said of it.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static int Replay(string name, string file)
    {
        FuzzTarget target = FuzzTargets.All.Single(target => target.Name == name);
        string? wrong = new FuzzRun(target, seed: 0, isGuided: false).Judge(File.ReadAllBytes(file));
        Console.WriteLine(wrong ?? "nothing wrong");
        return wrong is null ? 0 : 1;
    }
}
