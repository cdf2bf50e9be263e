namespace MilterCrypt.OpenPgp.Tests;

/// <summary>Runs when nothing else of this project does.</summary>
[CollectionDefinition(nameof(SameTime), DisableParallelization = true)]
public sealed class TimingAlone;

/// <summary>Compares the time that two things take. Samples of both are taken in turn, in processor time, and each is compared
/// with its neighbour, so that what else the machine does meets both alike; the median of these ratios is what counts. What is
/// left of noise only ever drives it away from 1, never towards it: one measurement of five within the bound shows that there
/// is no difference as large as the bound, and an early return, which is there each time, fails all five.</summary>
internal static class SameTime
{
    private const int Measurements = 5;

    public static void Assert(int pairs, Action one, Action other, double bound = 0.05)
    {
        // Until the compiler has settled.
        MedianRatio(pairs, one, other);
        string seen = "";
        for (int i = 0; i < Measurements; i++)
        {
            double ratio = MedianRatio(pairs, one, other);
            if (Math.Abs(ratio - 1) < bound)
                return;
            seen += $" {ratio:F3}";
        }

        Xunit.Assert.Fail($"One takes another time than the other, in each measurement:{seen} of it.");
    }

    private static double MedianRatio(int pairs, Action one, Action other)
    {
        double[] ratios = new double[pairs];
        for (int i = 0; i < pairs; i++)
        {
            // Neither is always the first.
            bool isFirst = i % 2 == 0;
            double before = isFirst ? Time(one) : Time(other);
            double after = isFirst ? Time(other) : Time(one);
            ratios[i] = isFirst ? after / before : before / after;
        }

        return ratios.Order().ElementAt(pairs / 2);
    }

    private static double Time(Action work)
    {
        var start = Environment.CpuUsage.TotalTime;
        work();
        return (Environment.CpuUsage.TotalTime - start).TotalMicroseconds;
    }
}
