using System.Text;

namespace MilterCrypt.Engine.Injection;

/// <summary>Looks whether what a client wrote can stand in a command without becoming more than that: a sender must not be able to
/// give this filter's MTA commands through the filter.</summary>
internal static class EnvelopeSyntax
{
    /// <summary>The longest address with its arguments, in octets. RFC 5321 §4.5.3.1 and RFC 3461 §6 need about 1,000; Postfix and
    /// Sendmail read 2,048, and what is beyond could be taken for a command.</summary>
    internal const int MaxLength = 1800;

    /// <summary>Why the envelope can't be said in SMTP, or null.</summary>
    internal static InjectionResult.Refused? Fault(InjectionEnvelope envelope)
    {
        if (!IsPath(envelope.Sender))
            return new(553, "5.1.7", "The sender's address can't be written in SMTP", null);
        if (!AreArguments(envelope.SenderArguments) || IsTooLong(envelope.Sender, envelope.SenderArguments))
            return BadArguments(null);
        foreach (var recipient in envelope.Recipients)
        {
            if (recipient.Address.Length == 0 || !IsPath(recipient.Address))
                return new(553, "5.1.3", "The recipient's address can't be written in SMTP", recipient.Address);
            if (!AreArguments(recipient.Arguments) || IsTooLong(recipient.Address, recipient.Arguments))
                return BadArguments(recipient.Address);
        }

        return null;
    }

    /// <summary>An argument's keyword, in capitals (RFC 5321 §2.4).</summary>
    internal static string Keyword(string argument)
    {
        int equals = argument.IndexOf('=', StringComparison.Ordinal);
        return (equals < 0 ? argument : argument[..equals]).ToUpperInvariant();
    }

    private static InjectionResult.Refused BadArguments(string? recipient) =>
        new(501, "5.5.4", "The arguments of the address can't be written in SMTP", recipient);

    private static bool IsTooLong(string address, IReadOnlyList<string> arguments) =>
        Encoding.UTF8.GetByteCount(address) + arguments.Sum(argument => 1L + Encoding.UTF8.GetByteCount(argument)) > MaxLength;

    /// <summary>Whether the text between angle brackets is taken by each listener for one path: outside quotes there is neither a
    /// blank nor a bracket, the quotes are closed, nothing is a control character, and no backslash may be read in two
    /// ways.</summary>
    private static bool IsPath(string path)
    {
        bool inQuotes = false;
        for (int i = 0; i < path.Length; i++)
        {
            char c = path[i];
            if (c == '\\')
            {
                // Some readers know quoted pairs outside of quotes, others do not: there it must not matter.
                i++;
                if (i == path.Length || (!inQuotes && path[i] is '"' or '<' or '>' or ' ' or '\\'))
                    return false;
            }
            else if (c == '"')
            {
                inQuotes = !inQuotes;
            }
            else if (!inQuotes && c is '<' or '>' or ' ')
            {
                return false;
            }
        }

        return !inQuotes && IsSayable(path);
    }

    // RFC 5321 §4.1.2, with UTF-8 in values (RFC 6531 §3.3).
    private static bool AreArguments(IReadOnlyList<string> arguments) => arguments.All(argument =>
        argument.Length > 0 && char.IsAsciiLetterOrDigit(argument[0]) && !argument.Contains(' ', StringComparison.Ordinal) && IsSayable(argument));

    // No control character. U+FFFD stands for octets that were no UTF-8, and half a pair would become it: what the client
    // wrote is not known any more.
    private static bool IsSayable(string text)
    {
        foreach (var rune in text.EnumerateRunes())
        {
            if (Rune.IsControl(rune) || rune == Rune.ReplacementChar)
                return false;
        }

        return true;
    }
}
