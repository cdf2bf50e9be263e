using System.Globalization;
using System.Text;

namespace MilterCrypt.Faults;

/// <summary>Sums up runs, a row for each kind.</summary>
public sealed class FaultTable
{
    private const int NameWidth = 40;

    private readonly List<FaultOutcome> outcomes = [];

    public int Count => outcomes.Count;

    public int Failures => outcomes.Count(outcome => !outcome.IsRight);

    public void Add(FaultOutcome outcome) => outcomes.Add(outcome);

    public override string ToString()
    {
        var text = new StringBuilder();
        text.AppendLine(Row("what fails", "runs", "fired", "retries", "doubled (window)", "elsewhere", "lost", "clear"));
        foreach (var kind in FaultKind.All)
        {
            var all = outcomes.Where(outcome => outcome.Plan.Kind == kind).ToList();
            var done = all.Where(outcome => outcome.Skipped is null).ToList();
            if (done.Count > 0)
                text.AppendLine(Row(kind.Name, done));
            foreach (string reason in all.Select(outcome => outcome.Skipped).OfType<string>().Distinct())
                text.AppendLine(CultureInfo.InvariantCulture, $"{kind.Name.PadRight(NameWidth)} {all.Count - done.Count} skipped: {reason}");
        }

        var ran = outcomes.Where(outcome => outcome.Skipped is null).ToList();
        text.AppendLine(Row("all", ran));
        foreach (var window in ran.SelectMany(outcome => outcome.Doubled).GroupBy(pair => pair.Key, pair => pair.Value).OrderBy(group => group.Key, StringComparer.Ordinal))
            text.AppendLine(CultureInfo.InvariantCulture, $"doubled, {window.Key}: {window.Sum()}");
        return text.ToString();
    }

    private static string Row(string name, List<FaultOutcome> done) => Row(
        name, done.Count, done.Count(outcome => outcome.HasFired), done.Sum(outcome => outcome.Retries), done.Sum(outcome => outcome.Doubled.Values.Sum()),
        done.Sum(outcome => outcome.DoubledElsewhere), done.Sum(outcome => outcome.Lost), done.Sum(outcome => outcome.InClear));

    private static string Row(string name, params object[] columns) =>
        name.PadRight(NameWidth) + string.Concat(columns.Select((column, i) => Convert.ToString(column, CultureInfo.InvariantCulture)!.PadLeft(i == 3 ? 18 : 10)));
}
