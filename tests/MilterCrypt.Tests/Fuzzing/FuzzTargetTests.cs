using MilterCrypt.Fuzz;

namespace MilterCrypt.Tests.Fuzzing;

/// <summary>A short look with each of the fuzzer's targets, the same one each time; `make fuzz` looks for longer. Nothing
/// runs beside them: they measure what is allocated.</summary>
[Collection(nameof(FuzzTargetTests))]
[CollectionDefinition(nameof(FuzzTargetTests), DisableParallelization = true)]
public sealed class FuzzTargetTests
{
    private const int Seed = 1;

    // Enough for the search to get somewhere, and some seconds for all targets together.
    private const int Inputs = 1500;

    private static readonly FuzzTarget Careless = new("careless", ReadCarelessly, () => ["an honest input"u8.ToArray()])
    {
        LongestTime = TimeSpan.FromMilliseconds(20), FixedCost = 1 << 20,
    };

    public static TheoryData<string> Targets => [.. FuzzTargets.All.Select(target => target.Name)];

    [Theory]
    [MemberData(nameof(Targets))]
    public void NothingGoesWrongWithHonestInputsThoseThatOnceDidAndThousandsOfOthers(string name)
    {
        FuzzTarget target = FuzzTargets.All.Single(target => target.Name == name);
        var run = new FuzzRun(target, Seed, isGuided: false);
        run.Try(FuzzFolders.Kept(target));
        run.Try(target.Seeds());
        run.Search(Inputs, TimeSpan.FromMinutes(1));
        Assert.True(
            run.Findings.Count == 0,
            string.Join('\n', run.Findings.Select(finding => $"{Convert.ToHexString(finding.Input)}: {finding.What}")));
        Assert.True(run.Tried > target.Seeds().Count());
    }

    [Fact]
    public void WhatACarelessReaderGetsWrongIsFoundAndMadeShort()
    {
        var run = new FuzzRun(Careless, Seed, isGuided: false);
        run.Try(Careless.Seeds());
        run.Search(50_000, TimeSpan.FromMinutes(1));
        FuzzFinding finding = Assert.Single(run.Findings, finding => finding.What.Contains(nameof(IndexOutOfRangeException), StringComparison.Ordinal));
        Assert.Equal("%"u8, finding.Input);
    }

    [Theory]
    [InlineData("slow", "takes")]
    [InlineData("large", "allocates")]
    [InlineData("%", "IndexOutOfRangeException")]
    public void AnInputThatTakesTooLongOrTooMuchOrThrowsIsWrong(string input, string why)
    {
        // On a busy machine any input may take 20 ms.
        var target = input == "slow" ? Careless : Careless with { LongestTime = TimeSpan.FromMinutes(1) };
        Assert.Contains(why, new FuzzRun(target, Seed, isGuided: false).Judge(System.Text.Encoding.ASCII.GetBytes(input)), StringComparison.Ordinal);
    }

    [Fact]
    public void TheSameSeedTriesTheSameInputs()
    {
        byte[][] first = Tried(), second = Tried();
        Assert.True(first.Length > 100);
        Assert.Equal(first, second);

        static byte[][] Tried()
        {
            var inputs = new List<byte[]>();
            var target = new FuzzTarget("listening", input =>
            {
                inputs.Add(input.ToArray());
                return "";
            }, () => ["x"u8.ToArray()]);
            new FuzzRun(target, Seed, isGuided: false).Search(200, TimeSpan.FromMinutes(1));
            return [.. inputs];
        }
    }

    private static string ReadCarelessly(ReadOnlySpan<byte> input)
    {
        if (input.SequenceEqual("slow"u8))
            Thread.Sleep(30);
        if (input.SequenceEqual("large"u8))
            return $"{new byte[2 << 20].Length}";
        int percent = input.IndexOf((byte)'%');
        return percent < 0 ? "none" : $"{input.ToArray()[percent + 1]}";
    }
}
