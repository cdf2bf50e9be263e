using System.Text;

namespace MilterCrypt.MailServers.Sendmail;

/// <summary>How sendmail.cf writes times, lists and quoted texts.</summary>
internal static class SendmailValue
{
    /// <summary>A time of numbers with units s, m, h, d, w, such as <c>1h30m</c>; seconds where there is no unit. Null where
    /// it can't be read.</summary>
    public static TimeSpan? Time(string text)
    {
        text = text.Trim();
        if (text.Length == 0)
            return null;
        long all = 0, number = 0;
        bool hasDigits = false;
        foreach (char c in char.IsAsciiDigit(text[^1]) ? text + "s" : text)
        {
            if (char.IsAsciiDigit(c))
            {
                (number, hasDigits) = (Math.Min(int.MaxValue, (number * 10) + c - '0'), true);
                continue;
            }
            long factor = c switch { 's' => 1, 'm' => 60, 'h' => 3600, 'd' => 86400, 'w' => 604800, _ => 0 };
            if (factor == 0 || !hasDigits)
                return null;
            (all, number, hasDigits) = (Math.Min(int.MaxValue, all + (number * factor)), 0, false);
        }
        return TimeSpan.FromSeconds(all);
    }

    /// <summary>Cuts at a separator, but not within quotes, which go; nothing is left of empty pieces.</summary>
    public static IEnumerable<string> Split(string text, params char[] separators)
    {
        var piece = new StringBuilder();
        bool quoted = false;
        foreach (char c in text + separators[0])
        {
            if (c == '"')
            {
                quoted = !quoted;
                continue;
            }
            if (quoted || !separators.Contains(c))
            {
                piece.Append(c);
                continue;
            }
            if (piece.ToString().Trim() is { Length: > 0 } whole)
                yield return whole;
            piece.Clear();
        }
        if (piece.ToString().Trim() is { Length: > 0 } rest)
            yield return rest.TrimEnd(separators);
    }

    /// <summary>Cuts <c>key=value</c> pieces, by the first letter of their keys, which is all that Sendmail looks at.</summary>
    public static IReadOnlyDictionary<char, string> Fields(IEnumerable<string> pieces, char assigns)
    {
        var fields = new Dictionary<char, string>();
        foreach (string piece in pieces)
        {
            int place = piece.IndexOf(assigns, StringComparison.Ordinal);
            if (place > 0)
                fields[piece[0]] = piece[(place + 1)..].Trim();
        }
        return fields;
    }
}
