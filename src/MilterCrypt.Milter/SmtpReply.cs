namespace MilterCrypt.Milter;

/// <summary>An SMTP reply of the filter's own wording, sent as SMFIR_REPLYCODE.</summary>
public sealed record SmtpReply
{
    /// <param name="code">A reply code from 400 to 599 (RFC 5321 §4.2).</param>
    /// <param name="enhancedStatus">An enhanced status code of the same class, such as "5.7.1" (RFC 3463).</param>
    /// <param name="text">One line of printable ASCII; anything else is replaced by '?'.</param>
    /// <exception cref="ArgumentException">The code is out of range, or the two codes differ in class.</exception>
    public SmtpReply(int code, string enhancedStatus, string text)
    {
        if (code is < 400 or > 599)
            throw new ArgumentException($"Reply code {code} is outside 400..599.", nameof(code));
        if (enhancedStatus.Length < 5 || enhancedStatus[0] != (code >= 500 ? '5' : '4') || enhancedStatus[1] != '.')
            throw new ArgumentException($"Enhanced status {enhancedStatus} does not fit reply code {code}.", nameof(enhancedStatus));

        Code = code;
        EnhancedStatus = enhancedStatus;
        Text = string.Create(text.Length, text, static (line, source) =>
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

    /// <summary>The reply as SMTP shows it: <c>550 5.7.1 text</c>.</summary>
    public override string ToString() => $"{Code} {EnhancedStatus} {Text}";
}
