namespace MilterCrypt.OpenPgp.Packets;

/// <summary>Finds the mail address of a user ID: <c>Name &lt;address&gt;</c> or the bare address, and nothing that
/// two readers could understand differently. Guessing here would send mail to somebody else's key.</summary>
internal static class UserIdAddress
{
    // RFC 5321 §4.5.3.1.3: a path has at most 256 octets, its angle brackets included.
    private const int MaxLength = 254;

    /// <summary>The address as written, or null.</summary>
    public static string? Find(string text)
    {
        string trimmed = text.Trim(' ');
        int open = trimmed.IndexOf('<', StringComparison.Ordinal);
        if (open < 0)
            return IsAddress(trimmed) ? trimmed : null;

        // One pair of brackets, at the end. A second pair, even in quotes, leaves room for doubt.
        int close = trimmed.IndexOf('>', StringComparison.Ordinal);
        if (close != trimmed.Length - 1 || trimmed.LastIndexOf('<') != open)
            return null;
        string address = trimmed[(open + 1)..close];
        return IsAddress(address) ? address : null;
    }

    private static bool IsAddress(string text)
    {
        if (text.Length is 0 or > MaxLength)
            return false;
        int at = text.LastIndexOf('@');
        return at > 0 && IsLocalPart(text.AsSpan(0, at)) && IsDomain(text.AsSpan(at + 1));
    }

    private static bool IsLocalPart(ReadOnlySpan<char> local) =>
        local is ['"', .., '"'] && local.Length > 2 ? IsQuotedText(local[1..^1]) : IsDotAtom(local, "!#$%&'*+-/=?^_`{|}~");

    // RFC 5322 §3.2.4, without folding.
    private static bool IsQuotedText(ReadOnlySpan<char> quoted)
    {
        for (int i = 0; i < quoted.Length; i++)
        {
            char c = quoted[i];
            if (c is '"' or '\uFFFD' || (c == '\\' && ++i == quoted.Length))
                return false;
        }

        return true;
    }

    private static bool IsDomain(ReadOnlySpan<char> domain) =>
        domain is ['[', .., ']'] ? IsAddressLiteral(domain[1..^1]) : IsDotAtom(domain, "-_");

    private static bool IsAddressLiteral(ReadOnlySpan<char> literal)
    {
        foreach (char c in literal)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('.' or ':' or '-'))
                return false;
        }

        return !literal.IsEmpty;
    }

    // RFC 5322 §3.2.3 with RFC 6532's wider letters.
    private static bool IsDotAtom(ReadOnlySpan<char> text, string specials)
    {
        if (text.IsEmpty || text[0] == '.' || text[^1] == '.' || text.Contains("..", StringComparison.Ordinal))
            return false;
        foreach (char c in text)
        {
            bool isAllowed = char.IsAsciiLetterOrDigit(c) || c == '.' || specials.Contains(c, StringComparison.Ordinal)
                || (c > 0x7F && c != '\uFFFD' && !char.IsWhiteSpace(c));
            if (!isAllowed)
                return false;
        }

        return true;
    }
}
