using System.Text;

namespace MilterCrypt.Engine.Mail.Reports;

/// <summary>What is kept of a report's machine-readable part: groups of fields, the first of the message, then one for each
/// recipient (RFC 3464 §2.1; a disposition has one in all, RFC 8098 §3.1). Bounded memory.</summary>
internal sealed class ReportGroups
{
    /// <summary>Those of a hundred recipients and more.</summary>
    private const int MaxLength = 32 * 1024;

    private readonly ReportKind kind;
    private readonly FieldLines lines;
    private readonly StringBuilder groups = new();
    private readonly StringBuilder group = new();
    private readonly HashSet<string> seen = new(StringComparer.OrdinalIgnoreCase);

    internal ReportGroups(ReportKind kind)
    {
        this.kind = kind;
        lines = new FieldLines(Take);
    }

    /// <summary>The fields, an empty line between groups.</summary>
    internal string Text => groups.ToString();

    /// <summary>Takes a line.</summary>
    /// <returns>False where it belongs to no group: then a delimiter was damaged, and what comes may be the returned message.</returns>
    internal bool Add(ReadOnlySpan<byte> line, bool isWhole)
    {
        if (!line.IsEmpty)
            return !line.StartsWith("--"u8) && lines.Add(line, isWhole);
        End();
        return true;
    }

    /// <summary>The last line has come.</summary>
    internal void End()
    {
        lines.End();
        // Whole groups: a recipient without the status, or with another's, would be worse than none.
        if (group.Length > 0 && groups.Length + 2 + group.Length <= MaxLength)
            groups.Append(groups.Length > 0 ? "\r\n" : "").Append(group);
        group.Clear();
        seen.Clear();
    }

    private void Take(string name, string value)
    {
        // Each at most once in a group, so that a group is small.
        if (ReportFields.Keep(kind, name, value) is { } kept && seen.Add(name))
            group.Append(FieldText.Fold(name, kept));
    }
}
