using System.Globalization;

namespace MilterCrypt.Benchmarks;

/// <summary>One line of the report. Ratios carry over to other machines, figures don't.</summary>
/// <param name="Goal">The bound that <paramref name="Value"/> is held to, or null for a figure that only informs.</param>
/// <param name="IsCeiling">Whether the value must stay below the goal; otherwise it must reach it.</param>
internal sealed record Measurement(string What, double Value, string Unit, double? Goal = null, bool IsCeiling = false)
{
    public bool? IsMet => Goal is null ? null : IsCeiling ? Value <= Goal : Value >= Goal;

    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        int middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    public override string ToString()
    {
        string goal = Goal is null ? "" : string.Create(
            CultureInfo.InvariantCulture, $"goal {(IsCeiling ? "≤" : "≥")} {Goal:0.##}: {(IsMet == true ? "met" : "MISSED")}");
        return string.Create(CultureInfo.InvariantCulture, $"{What,-72} {Value,10:0.###} {Unit,-10} {goal}").TrimEnd();
    }
}
