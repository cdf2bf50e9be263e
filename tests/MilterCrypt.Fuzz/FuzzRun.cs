using System.Diagnostics;

namespace MilterCrypt.Fuzz;

/// <summary>Looks for inputs with which a target goes wrong: throws what it should not, takes too long, or takes too much
/// memory. One thread's own.</summary>
public sealed class FuzzRun
{
    private const int MostFindings = 5;
    private const int MostOutcomes = 10_000;

    private readonly FuzzTarget target;
    private readonly Random random;
    private readonly Mutator mutator;
    private readonly FrameMutator? frameMutator;
    private readonly Coverage? coverage;
    private readonly List<byte[]> corpus = [];
    private readonly HashSet<string> outcomes = [];
    private readonly List<FuzzFinding> findings = [];
    private readonly HashSet<string> kinds = [];

    /// <param name="target">What is tried.</param>
    /// <param name="seed">The same seed tries the same inputs, as long as nothing but outcomes guides the search.</param>
    /// <param name="isGuided">Whether the assemblies under test tell which branches they take.</param>
    public FuzzRun(FuzzTarget target, int seed, bool isGuided)
    {
        this.target = target;
        random = new Random(seed);
        mutator = new Mutator(random, target.MaxLength);
        frameMutator = target.IsFramed ? new FrameMutator(random, target.MaxLength) : null;
        coverage = isGuided ? new Coverage() : null;
    }

    /// <summary>How many inputs were tried.</summary>
    public long Tried { get; private set; }

    /// <summary>What went wrong, one of each kind.</summary>
    public IReadOnlyList<FuzzFinding> Findings => findings;

    /// <summary>The inputs with which something new became.</summary>
    public IReadOnlyList<byte[]> Corpus => corpus;

    /// <summary>Branches seen, or outcomes where branches are not told.</summary>
    public string Progress => coverage is null ? $"{outcomes.Count} outcomes" : $"{coverage.Count} branches";

    /// <summary>Tries inputs as they are.</summary>
    public void Try(IEnumerable<byte[]> inputs)
    {
        foreach (byte[] input in inputs)
            Try(input);
    }

    /// <summary>Tries changed ones until there were so many, or the time is over, or enough went wrong.</summary>
    public void Search(long inputs, TimeSpan time)
    {
        if (corpus.Count == 0)
            corpus.Add([]);
        var watch = Stopwatch.StartNew();
        for (long i = 0; i < inputs && watch.Elapsed < time && findings.Count < MostFindings; i++)
        {
            byte[] input = Pick(), other = Pick();
            Try(frameMutator is not null && random.Next(3) > 0 ? frameMutator.Mutate(input, other) : mutator.Mutate(input, other));
        }
    }

    /// <summary>What is wrong with an input, or null.</summary>
    public string? Judge(byte[] input) => Run(input, out _);

    // What is new is more promising than what is old.
    private byte[] Pick() => corpus[random.Next(2) == 0 ? random.Next(corpus.Count) : random.Next(corpus.Count * 3 / 4, corpus.Count)];

    private void Try(byte[] input)
    {
        Tried++;
        coverage?.Begin();
        string? wrong = Run(input, out string outcome);
        if (coverage?.End() ?? (outcomes.Count < MostOutcomes && outcomes.Add(outcome)))
            corpus.Add(input);
        if (wrong is not null && kinds.Add(Kind(wrong)))
            findings.Add(new FuzzFinding(Shortest(input, Kind(wrong)), wrong));
    }

    private string? Run(byte[] input, out string outcome)
    {
        outcome = "";
        long most = target.FixedCost + ((long)input.Length * target.CostEachByte);
        string? wrong = null;
        // What goes beyond a limit must do so again: the machine may have been elsewhere, and others may have allocated.
        for (int attempt = 0; attempt < 3; attempt++)
        {
            long allocated = GC.GetTotalAllocatedBytes();
            long begun = Stopwatch.GetTimestamp();
            try
            {
                outcome = target.Body(input);
            }
            catch (Exception e)
            {
                return e.ToString();
            }

            TimeSpan taken = Stopwatch.GetElapsedTime(begun);
            allocated = GC.GetTotalAllocatedBytes() - allocated;
            if (taken <= target.LongestTime && allocated <= most)
                return null;
            wrong = taken > target.LongestTime ? $"takes {taken.TotalSeconds:0.0} s for {input.Length} bytes" : $"allocates {allocated:N0} bytes for {input.Length}";
        }

        return wrong;
    }

    // Where it was thrown, without what it says of the input.
    private static string Kind(string wrong)
    {
        string[] lines = wrong.Split('\n');
        return lines.Length == 1 ? string.Join(' ', wrong.Split(' ')[..1]) : lines[0].Split(':')[0] + lines.First(line => line.StartsWith("   at ", StringComparison.Ordinal));
    }

    private byte[] Shortest(byte[] input, string kind)
    {
        for (int piece = Math.Max(input.Length / 2, 1); piece > 0; piece /= 2)
        {
            for (int at = 0; at + piece <= input.Length;)
            {
                byte[] shorter = [.. input[..at], .. input[(at + piece)..]];
                if (Run(shorter, out _) is { } wrong && Kind(wrong) == kind)
                    input = shorter;
                else
                    at += piece;
            }
        }

        return input;
    }
}
