using System.Globalization;

namespace MilterCrypt.Milter;

/// <summary>An SMTP reply of the filter's own wording, sent as SMFIR_REPLYCODE.</summary>
public sealed record SmtpReply
{
    // As many as libmilter's smfi_setmlreply takes.
    private const int MaxLines = 32;

    // RFC 5321 §4.5.3.1.5: 512 octets with CRLF; the codes and the blanks between take up to 14.
    private const int MaxText = 490;

    // The lines with LF between: a string compares by its value, a list would not.
    private readonly string text;

    /// <param name="code">A reply code from 400 to 599 (RFC 5321 §4.2).</param>
    /// <param name="enhancedStatus">An enhanced status code of the same class, such as "5.7.1" (RFC 3463).</param>
    /// <param name="lines">From 1 to 32 lines of printable ASCII; anything else is replaced by '?', and what is beyond 490
    /// characters is cut off.</param>
    /// <exception cref="ArgumentException">The code is out of range, the status has not the form of one, the two differ
    /// in class, or there are too few or too many lines.</exception>
    public SmtpReply(int code, string enhancedStatus, params ReadOnlySpan<string> lines)
    {
        if (code is < 400 or > 599)
            throw new ArgumentException($"Reply code {code} is outside 400..599.", nameof(code));
        if (!IsStatus(enhancedStatus) || enhancedStatus[0] != (code >= 500 ? '5' : '4'))
            throw new ArgumentException($"Enhanced status {enhancedStatus} does not fit reply code {code}.", nameof(enhancedStatus));
        if (lines.Length is 0 or > MaxLines)
            throw new ArgumentException($"{lines.Length} lines are outside 1..{MaxLines}.", nameof(lines));

        Code = code;
        EnhancedStatus = enhancedStatus;
        string[] clean = new string[lines.Length];
        for (int i = 0; i < lines.Length; i++)
            clean[i] = Printable(lines[i]);
        text = string.Join('\n', clean);
    }

    /// <summary>The reply code, 400..599.</summary>
    public int Code { get; }

    /// <summary>The enhanced status code, three numbers with dots between.</summary>
    public string EnhancedStatus { get; }

    /// <summary>What the sender is told, line by line, printable ASCII.</summary>
    public IReadOnlyList<string> Lines => text.Split('\n');

    /// <summary>What the sender is told, in one line.</summary>
    public string Text => text.Replace('\n', ' ');

    /// <summary>What the MTA is told when the filter itself fails.</summary>
    internal static SmtpReply FilterFailure { get; } = new(451, "4.3.0", "Mail filter failure, please try again later");

    /// <summary>What the MTA is told while all places are taken (RFC 3463: system not accepting network messages).</summary>
    internal static SmtpReply Busy { get; } = new(451, "4.3.2", "Mail filter is busy, please try again later");

    /// <summary>What the MTA is told once the filter stops.</summary>
    internal static SmtpReply Stopping { get; } = new(451, "4.3.2", "Mail filter is being stopped, please try again later");

    /// <summary>The reply as SMTP shows it: <c>550 5.7.1 text</c>, lines with CRLF between and <c>550-5.7.1</c> before all
    /// but the last.</summary>
    public override string ToString()
    {
        string[] lines = text.Split('\n');
        for (int i = 0; i < lines.Length; i++)
            lines[i] = $"{Code}{(i < lines.Length - 1 ? '-' : ' ')}{EnhancedStatus} {lines[i]}";
        return string.Join("\r\n", lines);
    }

    /// <summary>The reply as SMFIR_REPLYCODE carries it. A single percent sign turns the whole into 554 at Sendmail,
    /// so that a temporary error becomes a permanent one.</summary>
    internal string ToWire() => ToString().Replace("%", "%%", StringComparison.Ordinal);

    private static string Printable(string line) =>
        string.Create(Math.Min(line.Length, MaxText), line, static (clean, source) =>
        {
            for (int i = 0; i < clean.Length; i++)
                clean[i] = source[i] is >= ' ' and <= '~' ? source[i] : '?';
        });

    // RFC 3463 §2: a class, a subject and a detail, the latter two of up to three digits.
    private static bool IsStatus(string text)
    {
        string[] parts = text.Split('.');
        return parts is [{ Length: 1 }, { Length: >= 1 and <= 3 }, { Length: >= 1 and <= 3 }]
            && parts.All(p => uint.TryParse(p, NumberStyles.None, CultureInfo.InvariantCulture, out _));
    }
}
