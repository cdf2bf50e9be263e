using System.Globalization;

namespace MilterCrypt.Milter;

/// <summary>An SMTP reply of the filter's own wording, sent as SMFIR_REPLYCODE.</summary>
public sealed record SmtpReply
{
    // RFC 5321 §4.5.3.1.5: 512 octets with CRLF; the codes and the blanks between take up to 14.
    private const int MaxText = 490;

    /// <param name="code">A reply code from 400 to 599 (RFC 5321 §4.2).</param>
    /// <param name="enhancedStatus">An enhanced status code of the same class, such as "5.7.1" (RFC 3463).</param>
    /// <param name="text">One line of printable ASCII; anything else is replaced by '?', and what is beyond 490
    /// characters is cut off.</param>
    /// <exception cref="ArgumentException">The code is out of range, the status has not the form of one, or the two
    /// differ in class.</exception>
    public SmtpReply(int code, string enhancedStatus, string text)
    {
        if (code is < 400 or > 599)
            throw new ArgumentException($"Reply code {code} is outside 400..599.", nameof(code));
        if (!IsStatus(enhancedStatus) || enhancedStatus[0] != (code >= 500 ? '5' : '4'))
            throw new ArgumentException($"Enhanced status {enhancedStatus} does not fit reply code {code}.", nameof(enhancedStatus));

        Code = code;
        EnhancedStatus = enhancedStatus;
        Text = string.Create(Math.Min(text.Length, MaxText), text, static (line, source) =>
        {
            for (int i = 0; i < line.Length; i++)
                line[i] = source[i] is >= ' ' and <= '~' ? source[i] : '?';
        });
    }

    /// <summary>The reply code, 400..599.</summary>
    public int Code { get; }

    /// <summary>The enhanced status code, three numbers with dots between.</summary>
    public string EnhancedStatus { get; }

    /// <summary>The sentence for the sender, printable ASCII.</summary>
    public string Text { get; }

    /// <summary>What the MTA is told when the filter itself fails.</summary>
    internal static SmtpReply FilterFailure { get; } = new(451, "4.3.0", "Mail filter failure, please try again later");

    /// <summary>The reply as SMTP shows it: <c>550 5.7.1 text</c>.</summary>
    public override string ToString() => $"{Code} {EnhancedStatus} {Text}";

    /// <summary>The reply as SMFIR_REPLYCODE carries it. A single percent sign turns the whole into 554 at Sendmail,
    /// so that a temporary error becomes a permanent one.</summary>
    internal string ToWire() => ToString().Replace("%", "%%", StringComparison.Ordinal);

    // RFC 3463 §2: a class, a subject and a detail, the latter two of up to three digits.
    private static bool IsStatus(string text)
    {
        string[] parts = text.Split('.');
        return parts is [{ Length: 1 }, { Length: >= 1 and <= 3 }, { Length: >= 1 and <= 3 }]
            && parts.All(p => uint.TryParse(p, NumberStyles.None, CultureInfo.InvariantCulture, out _));
    }
}
