using System.Globalization;
using System.Text;

namespace MilterCrypt.Engine.Injection;

/// <summary>The commands of an envelope, for what a listener offers.</summary>
/// <param name="envelope">An envelope in which <see cref="EnvelopeSyntax"/> found no fault.</param>
/// <param name="offered">What the listener offers.</param>
internal sealed class EnvelopeCommands(InjectionEnvelope envelope, SmtpExtensions offered)
{
    /// <summary>What the listener says of its extensions in reply to EHLO.</summary>
    internal static SmtpExtensions ReadOffer(ListenerReply reply)
    {
        var offered = SmtpExtensions.None;
        // The first line is a greeting (RFC 5321 §4.1.1.1).
        foreach (string line in reply.Lines.Skip(1))
        {
            offered |= line.Split(' ')[0].ToUpperInvariant() switch
            {
                "PIPELINING" => SmtpExtensions.Pipelining,
                "SIZE" => SmtpExtensions.Size,
                "8BITMIME" => SmtpExtensions.EightBitMime,
                "SMTPUTF8" => SmtpExtensions.SmtpUtf8,
                "DSN" => SmtpExtensions.Dsn,
                "REQUIRETLS" => SmtpExtensions.RequireTls,
                _ => SmtpExtensions.None,
            };
        }

        return offered;
    }

    /// <summary>Why the listener can't be given this envelope, or null: what its sender asked for and what the listener does not
    /// promise can't be left out.</summary>
    internal InjectionResult.Refused? Obstacle() =>
        // Both are permanent, with these codes, by RFC 6531 §3.5 and RFC 8689.
        Asks("SMTPUTF8") && !Offers(SmtpExtensions.SmtpUtf8)
            ? new(550, "5.6.7", "SMTPUTF8 is asked for, and not offered where the message has to go", null)
        : Asks("REQUIRETLS") && !Offers(SmtpExtensions.RequireTls)
            ? new(550, "5.7.30", "REQUIRETLS is asked for, and not offered where the message has to go", null)
        : null;

    /// <summary>MAIL, RCPT for each recipient, and DATA.</summary>
    /// <param name="size">How large the message is, in octets.</param>
    internal IReadOnlyList<EnvelopeCommand> All(long size) =>
        [Mail(size), .. envelope.Recipients.Select(Rcpt), new EnvelopeCommand("DATA", "DATA\r\n"u8.ToArray(), null)];

    private EnvelopeCommand Mail(long size)
    {
        var command = new StringBuilder($"MAIL FROM:<{envelope.Sender}>");
        // The size that the client gave is another message's. AUTH= (RFC 4954 §5) is for listeners that know who speaks.
        if (Offers(SmtpExtensions.Size))
            command.Append(CultureInfo.InvariantCulture, $" SIZE={size}");
        Append(command, envelope.SenderArguments, keyword => keyword switch
        {
            "BODY" => Offers(SmtpExtensions.EightBitMime),
            "SMTPUTF8" or "REQUIRETLS" => true,
            "RET" or "ENVID" => Offers(SmtpExtensions.Dsn),
            _ => false,
        });
        return new EnvelopeCommand("MAIL", Octets(command), null);
    }

    private EnvelopeCommand Rcpt(InjectionRecipient recipient)
    {
        var command = new StringBuilder($"RCPT TO:<{recipient.Address}>");
        Append(command, recipient.Arguments, keyword => keyword is "NOTIFY" or "ORCPT" && Offers(SmtpExtensions.Dsn));
        return new EnvelopeCommand("RCPT", Octets(command), recipient.Address);
    }

    private bool Offers(SmtpExtensions extension) => offered.HasFlag(extension);

    private bool Asks(string keyword) => envelope.SenderArguments.Any(argument => EnvelopeSyntax.Keyword(argument) == keyword);

    /// <summary>Adds those that are wanted, each once: a listener refuses what is given twice.</summary>
    private static void Append(StringBuilder command, IReadOnlyList<string> arguments, Func<string, bool> isWanted)
    {
        var given = new HashSet<string>(StringComparer.Ordinal);
        foreach (string argument in arguments)
        {
            string keyword = EnvelopeSyntax.Keyword(argument);
            if (!isWanted(keyword) || !given.Add(keyword))
                continue;
            // BINARYMIME (RFC 3030) goes with BDAT; the body was made into lines when it was taken.
            bool isBinary = argument.Equals("BODY=BINARYMIME", StringComparison.OrdinalIgnoreCase);
            command.Append(' ').Append(isBinary ? "BODY=8BITMIME" : argument);
        }
    }

    private static byte[] Octets(StringBuilder command) => Encoding.UTF8.GetBytes(command.Append("\r\n").ToString());
}
