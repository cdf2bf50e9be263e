using System.Globalization;
using MilterCrypt.Telemetry;

namespace MilterCrypt.Commands.Reporting;

/// <summary>A tally as a table for people.</summary>
internal static class TallyText
{
    /// <summary>Wider than this no column is made; what is longer stands out.</summary>
    private const int MaxWidth = 48;

    /// <summary>Its lines, one by one: there may be many.</summary>
    public static IEnumerable<string> Lines(Tally tally)
    {
        yield return Totals(tally);
        var kinds = tally.Kinds.ToList();
        if (kinds.Count > 0)
        {
            yield return "";
            foreach (string line in Table(kinds, tally.By))
                yield return line;
        }
        if (tally.Others > 0)
            yield return string.Create(CultureInfo.InvariantCulture, $"and {tally.Others} refusals more, of too many kinds to tell apart");
    }

    private static string Totals(Tally tally) => tally.Outcomes.Count == 0
        ? "no messages"
        : string.Join(", ", tally.Outcomes.Select(static outcome => string.Create(CultureInfo.InvariantCulture, $"{outcome.Key} {outcome.Value}")));

    private static IEnumerable<string> Table(List<RefusedCount> kinds, string? by)
    {
        string[] heads = by is null
            ? ["COUNT", "LAST", "WHAT", "SENDER", "RECIPIENT", "RULE", "REPLY", "REASON"]
            : ["COUNT", "LAST", "WHAT", by.ToUpperInvariant()];
        // Made twice, once for its widths, rather than kept.
        var rows = kinds.Select(kind => Row(kind, by)).Prepend(heads);
        int[] widths = new int[heads.Length];
        foreach (string[] row in rows)
        {
            for (int i = 0; i < row.Length; i++)
                widths[i] = Math.Max(widths[i], Math.Min(MaxWidth, row[i].Length));
        }
        return rows.Select(row => string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
    }

    private static string[] Row(RefusedCount kind, string? by)
    {
        var refused = kind.Refused;
        IEnumerable<string?> cells = by is null
            ? [refused.Sender, refused.Recipient, refused.Rule, refused.Reply, refused.Reason]
            : [refused.Sender ?? refused.Recipient ?? refused.Rule ?? refused.Reason];
        return
        [
            kind.Count.ToString(CultureInfo.InvariantCulture),
            kind.Last is { } last ? last.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture) : "-",
            refused.WouldBe ? "would be refused" : "refused",
            .. cells.Select(static cell => PrintableText.Of(cell ?? "")),
        ];
    }
}
