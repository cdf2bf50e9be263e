using System.Globalization;

namespace MilterCrypt.Engine.Injection;

/// <summary>A whole reply of the MTA's listener (RFC 5321 §4.2).</summary>
/// <param name="Code">Its code, 200..599.</param>
/// <param name="Lines">What stands behind the code in each line, each octet a character.</param>
internal sealed record ListenerReply(int Code, IReadOnlyList<string> Lines)
{
    // Two of these, a recipient and a few words fit into the 512 octets of a reply of our own (RFC 5321 §4.5.3.1.5).
    private const int MaxText = 200;

    internal bool IsSuccess => Code is >= 200 and < 300;

    /// <summary>Whether it asks for more: the message, after DATA.</summary>
    internal bool IsGoAhead => Code is >= 300 and < 400;

    internal bool IsRefusal => Code >= 400;

    /// <summary>Whether the listener ends the conversation, whatever it was asked (RFC 5321 §3.8).</summary>
    internal bool IsFarewell => Code == 421;

    /// <summary>The enhanced status code; one that is missing, or of another class than the code, is the class's general
    /// one (RFC 3463 §3.1).</summary>
    internal string EnhancedStatus => StatusOf(Lines[^1]) ?? string.Create(CultureInfo.InvariantCulture, $"{Code / 100}.0.0");

    /// <summary>Its words in one line of printable ASCII, without status codes.</summary>
    internal string Text
    {
        get
        {
            string text = "";
            foreach (string line in Lines)
            {
                string words = line[(StatusOf(line)?.Length ?? 0)..].Trim(' ');
                if (words.Length > 0)
                    text += text.Length == 0 ? words : " " + words;
                if (text.Length >= MaxText)
                    break;
            }

            return Printable(text);
        }
    }

    /// <summary>What the MTA calls the message: Postfix says <c>Ok: queued as 4XyZ</c>, Sendmail <c>4XyZ Message accepted for
    /// delivery</c>.</summary>
    internal string? QueueId
    {
        get
        {
            const string postfix = "queued as ";
            const string sendmail = " Message accepted for delivery";
            string text = Text;
            int found = text.LastIndexOf(postfix, StringComparison.Ordinal);
            var id = found >= 0 ? text.AsSpan(found + postfix.Length)
                : text.EndsWith(sendmail, StringComparison.Ordinal) ? text.AsSpan(0, text.Length - sendmail.Length) : [];
            foreach (char c in id)
            {
                if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '.' or '_'))
                    return null;
            }

            return id.Length is > 0 and <= 64 ? id.ToString() : null;
        }
    }

    internal InjectionResult.Refused ToRefused(string? recipient) => new(Code, EnhancedStatus, Text, recipient);

    /// <summary>The reply as an administrator would see it in a log.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Code} {EnhancedStatus} {Text}");

    private string? StatusOf(string line)
    {
        int end = line.IndexOf(' ', StringComparison.Ordinal);
        string word = end < 0 ? line : line[..end];
        return word.Length <= "5.999.999".Length && word.Split('.') is [{ Length: 1 } status, var subject, var detail]
            && status[0] == '0' + Code / 100 && IsNumber(subject) && IsNumber(detail) ? word : null;
    }

    private static bool IsNumber(string text) => text.Length is >= 1 and <= 3 && text.All(char.IsAsciiDigit);

    private static string Printable(string text) =>
        string.Create(Math.Min(text.Length, MaxText), text, static (clean, source) =>
        {
            for (int i = 0; i < clean.Length; i++)
                clean[i] = source[i] is >= ' ' and <= '~' ? source[i] : '?';
        });
}
