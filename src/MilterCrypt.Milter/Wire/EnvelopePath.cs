using System.Text;

namespace MilterCrypt.Milter.Wire;

/// <summary>The data of SMFIC_MAIL and SMFIC_RCPT: an address and its ESMTP arguments.</summary>
/// <param name="Address">The address without angle brackets; empty for the null sender.</param>
/// <param name="Arguments">The arguments, such as <c>SIZE=100</c>.</param>
/// <param name="InBrackets">Whether it came with angle brackets, as everything from SMTP does; Postfix shows local
/// submission's without.</param>
/// <param name="Given">The address as the MTA wrote it, with its brackets, without arguments.</param>
internal sealed record EnvelopePath(string Address, IReadOnlyList<string> Arguments, bool InBrackets, string Given)
{
    // More than fit into a command line that an MTA takes; each would be a string of its own.
    private const int MaxArguments = 1000;

    /// <exception cref="MilterProtocolException">There is no address, a NUL is missing, or there are too many
    /// arguments.</exception>
    public static EnvelopePath Read(ReadOnlySpan<byte> payload)
    {
        if (payload.Count((byte)0) > MaxArguments + 1)
            throw TooManyArguments();

        var strings = new NulStrings(payload);
        string first = Encoding.UTF8.GetString(strings.Next());
        var arguments = new List<string>();
        string address = first;
        string given = first;
        bool inBrackets = first.StartsWith('<');
        if (inBrackets)
        {
            int end = ClosingBracket(first);
            address = end < 0 ? first[1..] : first[1..end];
            // Sendmail 8.17.1 with SMTPUTF8 puts the arguments behind the address, into the same string.
            if (end >= 0 && end + 1 < first.Length)
            {
                if (first.AsSpan(end).Count(' ') > MaxArguments)
                    throw TooManyArguments();
                arguments.AddRange(first[(end + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries));
                given = first[..(end + 1)];
            }
        }

        while (!strings.IsEmpty)
            arguments.Add(Encoding.UTF8.GetString(strings.Next()));
        return new EnvelopePath(address, arguments, inBrackets, given);
    }

    /// <summary>Cuts a command's argument into the path, whose quotes may hold blanks, and its ESMTP arguments.</summary>
    public static string[] Split(string path)
    {
        int end = path.StartsWith('<') ? ClosingBracket(path) : -1;
        return end < 0
            ? path.Split(' ')
            : [path[..(end + 1)], .. path[(end + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries)];
    }

    /// <summary>Whether a path in angle brackets holds one address and nothing else: no bracket or blank stands outside
    /// quotes, and the quotes are closed.</summary>
    public static bool IsWhole(string path)
    {
        bool quoted = false;
        for (int i = 1; i < path.Length - 1; i++)
        {
            if (quoted && path[i] == '\\')
                i++;
            else if (path[i] == '"')
                quoted = !quoted;
            else if (path[i] is '<' or '>' or ' ' && !quoted)
                return false;
        }

        return !quoted && ClosingBracket(path) == path.Length - 1;
    }

    private static MilterProtocolException TooManyArguments() => new($"An address has more than {MaxArguments} arguments.");

    // A quoted local part may hold a '>', and backslashes quote there (RFC 5321 §4.1.2).
    private static int ClosingBracket(string text)
    {
        bool quoted = false;
        for (int i = 1; i < text.Length; i++)
        {
            if (quoted && text[i] == '\\')
                i++;
            else if (text[i] == '"')
                quoted = !quoted;
            else if (text[i] == '>' && !quoted)
                return i;
        }

        return -1;
    }
}
