using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace MilterCrypt.Engine.Mail;

/// <summary>Reads whose message it is: the one mailbox of its From field (RFC 5322 §3.6.2). Strict, since somebody's key is used or
/// a signature believed for it: what mail programs may show differently has no author here.</summary>
public static class MessageAuthor
{
    private const int MaxLength = 4096;

    /// <summary>Reads the author.</summary>
    /// <param name="header">The message's fields.</param>
    /// <param name="author">The author, or null.</param>
    /// <param name="reason">Why there is none, in a few words of ASCII, or null.</param>
    public static bool TryRead(
        IReadOnlyList<HeaderField> header, [NotNullWhen(true)] out MailAddress? author, [NotNullWhen(false)] out string? reason)
    {
        author = null;
        var fields = header.Where(static field => field.Is("From")).Take(2).ToList();
        if (fields.Count != 1)
            reason = fields.Count == 0 ? "there is no From field" : "there are several From fields";
        else if (fields[0].Value.Length > MaxLength)
            reason = "the From field is too long";
        else if (Mailbox(Encoding.UTF8.GetString(fields[0].Value.Span)) is not { } mailbox)
            reason = "the From field does not name one author";
        else if (MailAddress.TryParse(mailbox, out author, out string? fault) && author.Domain.Length == 0)
            (author, reason) = (null, "the author's address has no domain");
        else
            reason = fault is null ? null : $"the author's address can't be read: {fault}";
        return author is not null;
    }

    /// <summary>The address of a field that has one: <c>bob@example.org</c> or <c>Bob &lt;bob@example.org&gt;</c>, comments left out.</summary>
    private static string? Mailbox(string value)
    {
        var words = new StringBuilder();
        StringBuilder? inBrackets = null;
        bool isClosed = false;
        for (int i = 0; i < value.Length; i++)
        {
            var here = inBrackets ?? words;
            switch (value[i])
            {
                case '(' when inBrackets is null || isClosed:
                    if (!SkipComment(value, ref i))
                        return null;
                    break;
                case '"' when !isClosed:
                    if (!CopyQuoted(value, ref i, here))
                        return null;
                    break;
                case '<' when inBrackets is null:
                    inBrackets = new StringBuilder();
                    break;
                case '>' when inBrackets is not null && !isClosed:
                    isClosed = true;
                    break;
                case '<' or '>' or ',' or ';' or ':' or '\\' or ')':
                    return null;
                case ' ' or '\t' or '\r' or '\n' when isClosed:
                    break;
                default:
                    if (isClosed)
                        return null;
                    here.Append(value[i]);
                    break;
            }
        }

        if (inBrackets is not null)
            return isClosed ? inBrackets.ToString() : null;
        return words.ToString().Trim(' ', '\t', '\r', '\n');
    }

    private static bool SkipComment(string value, ref int i)
    {
        int depth = 0;
        for (; i < value.Length; i++)
        {
            if (value[i] == '\\')
                i++;
            else if (value[i] == '(')
                depth++;
            else if (value[i] == ')' && --depth == 0)
                return true;
        }
        return false;
    }

    private static bool CopyQuoted(string value, ref int i, StringBuilder to)
    {
        to.Append(value[i]);
        for (i++; i < value.Length; i++)
        {
            to.Append(value[i]);
            if (value[i] == '"')
                return true;
            if (value[i] == '\\' && i + 1 < value.Length)
                to.Append(value[++i]);
        }
        return false;
    }
}
