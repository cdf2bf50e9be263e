using MilterCrypt.OpenPgp.Messages;
using MilterCrypt.TestSupport.Processes;

namespace MilterCrypt.OpenPgp.Tests.Interop;

/// <summary>Makes outcomes of what programs and MilterCrypt say.</summary>
internal static class Verdict
{
    public static Outcome Untried { get; } = new Outcome.Untried("nobody here makes such a key");

    /// <summary>Works where a program found all well and wrote what was expected of it.</summary>
    public static Outcome On(CommandResult result, byte[] expected)
    {
        if (result.ExitCode != 0)
            return Failed(result);
        return expected.AsSpan().SequenceEqual(result.Output) ? new Outcome.Works() : new Outcome.Fails("what came out is not what went in");
    }

    /// <summary>Works where a program found all well.</summary>
    public static Outcome On(CommandResult result) => result.ExitCode == 0 ? new Outcome.Works() : Failed(result);

    /// <summary>Works where one good signature was found, and nothing else.</summary>
    public static Outcome On(IReadOnlyList<SignatureVerdict> verdicts) => verdicts is [{ IsGood: true }]
        ? new Outcome.Works()
        : new Outcome.Fails($"not good: {string.Join("; ", verdicts.Select(verdict => $"{verdict.Status}: {verdict.Problem}"))}");

    public static Outcome.Fails Failed(CommandResult result) => new($"exit code {result.ExitCode}: {result.Error.Trim()}");
}
