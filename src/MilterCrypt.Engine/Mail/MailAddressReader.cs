using System.Text;

namespace MilterCrypt.Engine.Mail;

/// <summary>Reads addresses: strict where a difference could send mail to another key, tolerant elsewhere, since the
/// MTA has judged the syntax already.</summary>
internal static class MailAddressReader
{
    /// <summary>RFC 5321 §4.5.3.1.3 allows a path of 256 octets; senders made by machines are longer, no MTA takes more
    /// than this.</summary>
    private const int MaxLength = 1000;

    /// <summary>Returns why the text is no address, or null when it is one.</summary>
    internal static string? Read(string text, out MailAddress? address)
    {
        address = null;
        if (text.Length == 0)
            return "it is empty";
        if (text.Length > MaxLength)
            return "it is too long";
        foreach (char c in text)
        {
            if (char.IsControl(c))
                return "it has control characters";
            if (c == '\uFFFD')
                return "it is not valid UTF-8";
        }

        string? reason = ReadLocalPart(text, out string localPart, out int end);
        if (reason is not null)
            return reason;
        string domain = "";
        if (end < text.Length)
        {
            reason = ReadDomain(text[(end + 1)..], out domain);
            if (reason is not null)
                return reason;
        }
        address = new MailAddress(text, localPart, domain);
        return null;
    }

    private static string? ReadLocalPart(string text, out string localPart, out int end)
    {
        if (text[0] == '"')
            return ReadQuoted(text, out localPart, out end);

        // The last @ divides, as it does for Postfix and Sendmail: <a@b@example.org> is for example.org.
        end = text.LastIndexOf('@');
        if (end < 0)
            end = text.Length;
        localPart = text[..end];
        if (localPart.Length == 0)
            return "nothing stands before its @";
        foreach (char c in localPart)
        {
            // Not by RFC 5321 §4.1.2 alone: an address with blanks or brackets shows a reader another address.
            if (c is ' ' or '<' or '>' or '(' or ')' or '[' or ']' or ',' or ';' or ':' or '\\' or '"' or '@' || char.IsWhiteSpace(c))
                return $"its local part has {Describe(c)} outside quotes";
        }
        return null;
    }

    private static string? ReadQuoted(string text, out string localPart, out int end)
    {
        var unquoted = new StringBuilder(text.Length);
        localPart = "";
        for (end = 1; end < text.Length; end++)
        {
            char c = text[end];
            if (c == '\\' && end + 1 < text.Length)
                c = text[++end];
            else if (c == '"')
                break;
            unquoted.Append(c);
        }
        if (end >= text.Length)
            return "its quotes are not closed";
        end++;
        if (end < text.Length && text[end] != '@')
            return "something stands between its quotes and its @";
        if (unquoted.Length == 0)
            return "nothing stands before its @";
        localPart = unquoted.ToString();
        return null;
    }

    private static string? ReadDomain(string text, out string domain)
    {
        domain = "";
        if (text.StartsWith('['))
        {
            // An address literal (RFC 5321 §4.1.3). It has no key, so its inside is not looked at.
            if (!text.EndsWith(']') || text.IndexOf('[', 1) >= 0)
                return "its address literal is not closed";
            domain = AsciiCase.ToLower(text);
            return null;
        }
        return MailDomain.TryNormalize(text, out domain) ? null : "its domain is not valid";
    }

    private static string Describe(char c) => c is > ' ' and <= '~' ? $"'{c}'" : "a blank";
}
