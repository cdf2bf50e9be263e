using MilterCrypt.Faults;
using MilterCrypt.Interop.Rigs;

namespace MilterCrypt.Interop;

/// <summary>Some of the runs of `make faults`: a message is split while something fails, its client tries until it is satisfied, and
/// then nobody lacks it, nobody has it in clear who must not, and whoever has it twice is in a window that docs/exactly-once.md
/// names. A failure names its seed: FAULTS_SEED=… FAULTS_RUNS=1 make faults does it again.</summary>
public abstract class SplitFaults(SplitRig rig, bool signs)
{
    private const int RunsEach = 3;

    /// <summary>Each kind of fault, by its name.</summary>
    public static TheoryData<string> Kinds => [.. FaultKind.All.Select(kind => kind.Name)];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task NothingIsLostOrInClearNorTwiceButWhereThatIsDocumented(string kind)
    {
        SplitRig.Require();
        int[] seeds = [.. Enumerable.Range(0, int.MaxValue).Where(seed => FaultPlan.KindOf(seed).Name == kind && FaultPlan.Signs(seed) == signs).Take(RunsEach)];
        var wrong = new List<string>();
        foreach (int seed in seeds)
        {
            var outcome = await FaultRun.DoAsync(rig.Stage, seed);
            Assert.SkipWhen(outcome.Skipped is not null, outcome.Skipped ?? "");
            wrong.AddRange(outcome.Problems.Select(problem => $"seed {seed}: {problem}"));
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }
}

public sealed class FaultsAmidSplitMessages(SplittingPostfix rig) : SplitFaults(rig, signs: false), IClassFixture<SplittingPostfix>;

public sealed class FaultsAmidSplitMessagesThatAreSigned(SigningAndSplittingPostfix rig)
    : SplitFaults(rig, signs: true), IClassFixture<SigningAndSplittingPostfix>;
