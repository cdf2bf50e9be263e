using System.Text;

namespace MilterCrypt.OpenPgp.Tests.Interop;

/// <summary>The tables of docs/interop.md.</summary>
public sealed class InteropDocument
{
    private const string Introduction =
        """
        # Interoperability
        What MilterCrypt.OpenPgp writes is given to every other implementation that can be had, and what they write is given to it.
        `make test` tries each case below with the programs that are here, and fails where this document says something else;
        `make interop` writes it anew. gpg 2.2, sq 0.27, sqop 0.27, gosop 0.0 and rnp 0.16 are Debian 12's; gpg 2.4, sq 1.3, sqop 0.37,
        gosop 1.1, rsop 0.6 and rnp 0.17 are Debian 13's (`tests/trixie.sh`); OpenPGP.js comes from npm. Keys are the peer's own where
        it makes such keys, else gpg's or OpenPGP.js's.

        ✓ works; – the peer has nothing of the sort; ✗ goes wrong at the peer; · MilterCrypt doesn't do it. The last two tables say why.

        """;

    private readonly IReadOnlyList<InteropColumn> columns;

    public InteropDocument(IReadOnlyList<InteropColumn> columns) => this.columns = columns;

    /// <summary>The whole document.</summary>
    public override string ToString()
    {
        var text = new StringBuilder(Introduction);
        foreach (IGrouping<string, InteropCase> table in InteropCases.All.GroupBy(@case => @case.Table))
        {
            text.Append($"\n## {table.Key}\n| | {string.Join(" | ", columns.Select(column => column.Peer))} |\n");
            text.Append($"|---|{string.Concat(columns.Select(_ => ":-:|"))}\n");
            foreach (InteropCase row in table)
                text.Append($"| {row.Row} | {string.Join(" | ", columns.Select(column => Symbol(column, row)))} |\n");
        }

        text.Append("\n## Why not\n| peer | what | why |\n|---|---|---|\n");
        foreach (string line in columns.SelectMany(Reasons))
            text.Append($"{line}\n");
        text.Append("\n## What MilterCrypt does not do\n");
        foreach (string refusal in columns.SelectMany(column => column.Outcomes.Values).OfType<Outcome.Refused>().Select(refused => refused.Reason).Distinct())
            text.Append($"- {refusal}\n");
        return text.ToString();
    }

    /// <summary>What a document says that differs from a column, one difference a line; a peer that it doesn't list is not
    /// compared, nor is what couldn't be tried.</summary>
    public static IEnumerable<string> Differences(string document, InteropColumn column)
    {
        string[] lines = document.Split('\n');
        if (!lines.Any(line => CellsOf(line).Contains(column.Peer)))
            yield break;

        foreach (InteropCase @case in InteropCases.All)
        {
            string measured = Symbol(column, @case);
            string said = Cell(lines, @case, column.Peer) ?? "nothing";
            if (measured != said && column.Outcomes[@case] is not Outcome.Untried)
                yield return $"{@case.Table}: {@case.Row}: the document says {said}, measured was {measured}";
        }

        if (column.Outcomes.Values.Any(outcome => outcome is Outcome.Untried))
            yield break;

        string[] reasons = [.. Reasons(column)];
        string[] stated = [.. lines.Where(line => line.StartsWith($"| {column.Peer} |", StringComparison.Ordinal))];
        foreach (string line in stated.Except(reasons))
            yield return $"not so any more: {line}";
        foreach (string line in reasons.Except(stated))
            yield return $"not in the document: {line}";
    }

    private static string? Cell(string[] lines, InteropCase @case, string peer)
    {
        string[] table = [.. lines.SkipWhile(line => line != $"## {@case.Table}").Skip(1).TakeWhile(line => line.StartsWith('|'))];
        if (table.Length == 0)
            return null;
        int column = Array.IndexOf(CellsOf(table[0]), peer);
        string? row = table.FirstOrDefault(line => CellsOf(line)[0] == @case.Row);
        return row is null || column < 0 ? null : CellsOf(row)[column];
    }

    private static string[] CellsOf(string line) =>
        line.StartsWith('|') ? [.. line.Split('|')[1..^1].Select(cell => cell.Trim())] : [];

    private static string Symbol(InteropColumn column, InteropCase @case) => column.Outcomes[@case] switch
    {
        Outcome.Works => "✓",
        Outcome.Lacks => "–",
        Outcome.Refused => "·",
        Outcome.Untried => "?",
        _ => "✗",
    };

    // What has the same reason is one line.
    private static IEnumerable<string> Reasons(InteropColumn column) => InteropCases.All
        .Select(@case => (Case: @case, Reason: Reason(column, @case)))
        .Where(entry => entry.Reason is not null)
        .GroupBy(entry => entry.Reason, entry => entry.Case)
        .Select(group => $"| {column.Peer} | {string.Join("; ", group.GroupBy(@case => @case.Row).Select(NameOf))} | {group.Key} |");

    // A row that several tables have is named with its tables, unless all are meant.
    private static string NameOf(IGrouping<string, InteropCase> row)
    {
        bool isEverywhere = row.Count() == InteropCases.All.Count(@case => @case.Row == row.Key);
        return isEverywhere ? row.Key : $"{row.Key} ({string.Join(", ", row.Select(@case => @case.Table))})";
    }

    private static string? Reason(InteropColumn column, InteropCase @case) => column.Outcomes[@case] switch
    {
        Outcome.Lacks lacks => lacks.Reason,
        Outcome.Fails fails => KnownFailures.Reason(column.Peer, @case) ?? $"unknown: {fails.Reason.ReplaceLineEndings(" ")}",
        _ => null,
    };
}
