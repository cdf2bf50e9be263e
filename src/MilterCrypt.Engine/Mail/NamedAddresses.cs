using System.Text;

namespace MilterCrypt.Engine.Mail;

/// <summary>Whom a message's header names as its recipients, for all who get it to see (RFC 5322 §3.6.3). Lenient: an address that
/// can't be read names nobody.</summary>
internal static class NamedAddresses
{
    private const int MaxFieldLength = 256 * 1024;
    private const int MaxAddressLength = 1000;

    private static readonly string[] AuthorsFields = ["To", "Cc"];
    private static readonly string[] AllFields = [.. AuthorsFields, "Resent-To", "Resent-Cc"];

    internal static IReadOnlySet<MailAddress> Of(IReadOnlyList<HeaderField> header) => Of(header, AllFields);

    /// <summary>Whom the author names: not those to whom somebody else sent the message on (RFC 5322 §3.6.6).</summary>
    internal static IReadOnlySet<MailAddress> ByAuthor(IReadOnlyList<HeaderField> header) => Of(header, AuthorsFields);

    private static HashSet<MailAddress> Of(IReadOnlyList<HeaderField> header, string[] fields)
    {
        var named = new HashSet<MailAddress>();
        foreach (var field in header.Where(field => fields.Any(field.Is)))
            AddAll(Encoding.UTF8.GetString(field.Value.Span[..Math.Min(field.Value.Length, MaxFieldLength)]), named);
        return named;
    }

    /// <summary>Each address stands alone, or in angle brackets behind a name; commas divide them, a group's name ends in a colon and
    /// its addresses in a semicolon (RFC 5322 §3.4).</summary>
    private static void AddAll(string value, HashSet<MailAddress> named)
    {
        var word = new StringBuilder();
        bool isBracketed = false;
        int comment = 0;
        for (int i = 0; i <= value.Length; i++)
        {
            char c = i < value.Length ? value[i] : ',';
            if (comment > 0 && i < value.Length)
            {
                comment += c == '(' ? 1 : c == ')' ? -1 : 0;
                i += c == '\\' ? 1 : 0;
                continue;
            }
            switch (c)
            {
                case '(':
                    comment = 1;
                    break;
                case '"':
                    i = CopyQuoted(value, i, word);
                    break;
                case '<':
                    (isBracketed, _) = (true, word.Clear());
                    break;
                case '>':
                    Add(word, named);
                    break;
                case ':' when !isBracketed:
                    word.Clear();
                    break;
                case ',' or ';':
                    if (!isBracketed)
                        Add(word, named);
                    (isBracketed, _) = (false, word.Clear());
                    break;
                case ' ' or '\t' or '\r' or '\n':
                    break;
                default:
                    word.Append(c);
                    break;
            }
        }
    }

    /// <returns>Where the closing quote stands.</returns>
    private static int CopyQuoted(string value, int open, StringBuilder word)
    {
        word.Append('"');
        int i = open + 1;
        for (; i < value.Length && value[i] != '"'; i++)
        {
            word.Append(value[i]);
            if (value[i] == '\\' && i + 1 < value.Length)
                word.Append(value[++i]);
        }
        word.Append('"');
        return i;
    }

    private static void Add(StringBuilder word, HashSet<MailAddress> named)
    {
        if (word.Length is > 0 and <= MaxAddressLength && MailAddress.TryParse(word.ToString(), out var address))
            named.Add(address);
        word.Clear();
    }
}
