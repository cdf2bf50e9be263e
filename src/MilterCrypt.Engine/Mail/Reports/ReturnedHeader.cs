using System.Text;
using System.Text.RegularExpressions;

namespace MilterCrypt.Engine.Mail.Reports;

/// <summary>What is kept of the header of the message that a report is about: by what its sender knows it again. Its subject is
/// not: where the message was opened on its way, the subject may have come from inside. Bounded memory.</summary>
internal sealed partial class ReturnedHeader
{
    private const int MaxLength = 16 * 1024;

    private static readonly string[] Kept = ["From", "To", "Cc", "Date", "Message-ID"];

    private readonly FieldLines lines;
    private readonly StringBuilder fields = new();
    private readonly HashSet<string> seen = new(StringComparer.OrdinalIgnoreCase);
    private bool hasEnded;

    internal ReturnedHeader() => lines = new FieldLines(Take);

    /// <summary>The fields.</summary>
    internal string Text => fields.ToString();

    /// <summary>Takes a line of the message: all behind its header is passed over, and so is all behind a line that belongs
    /// to no header.</summary>
    internal void Add(ReadOnlySpan<byte> line, bool isWhole)
    {
        if (!hasEnded && (line.IsEmpty || !lines.Add(line, isWhole)))
            End();
    }

    /// <summary>The last line has come.</summary>
    internal void End()
    {
        if (!hasEnded)
            lines.End();
        hasEnded = true;
    }

    private void Take(string name, string value)
    {
        string? kept = Array.Find(Kept, wanted => wanted.Equals(name, StringComparison.OrdinalIgnoreCase));
        if (kept is null || !seen.Add(kept))
            return;
        string? shown = kept switch
        {
            "Date" => ReportFields.Date(value),
            "Message-ID" => ReportFields.MessageId(value),
            _ => Addresses(FieldText.ReplaceUnicode(value)),
        };
        if (shown is not null && FieldText.Fold(kept, shown) is { } text && fields.Length + text.Length <= MaxLength)
            fields.Append(text);
    }

    // Of mailboxes the addresses alone: beside them there may be any text.
    private static string? Addresses(string value) =>
        string.Join(", ", Address().Matches(value).Select(static match => match.Value)) is { Length: > 0 } addresses ? addresses : null;

    [GeneratedRegex(@"(?<![^ ,:;<(])[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[a-zA-Z0-9.?-]{1,255}(?![^ ,:;>)])")]
    private static partial Regex Address();
}
