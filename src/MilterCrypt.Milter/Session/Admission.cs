namespace MilterCrypt.Milter.Session;

/// <summary>What one message's envelope and header may take of memory, and what it is refused with beyond that. Owned by
/// its message.</summary>
internal sealed class Admission(MailTransaction mail, MilterOptions options)
{
    // What a short text costs beside its characters.
    private const int EachText = 32;

    private long envelope = Cost(mail.Sender, mail.SenderArguments);
    private long headerBytes;

    /// <summary>The recipient's refusal where there is no room for another one. It can come separately (RFC 5321
    /// §4.5.3.1.10).</summary>
    public static SmtpReply TooManyRecipients { get; } = new(452, "4.5.3", "Too many recipients, send to the rest separately");

    // Nobody is told of the refusal of a report, so a permanent one would make it vanish.
    private bool HasNullSender => mail.Sender.Length == 0;

    /// <summary>Whether there is room for one more recipient.</summary>
    public bool Admits(Recipient recipient)
    {
        long needed = envelope + Cost(recipient.Address, recipient.Arguments) + Told(recipient);
        if (mail.Recipients.Count >= options.MaxRecipients || needed > options.MaxEnvelope)
            return false;
        envelope = needed;
        return true;
    }

    /// <summary>Whether there is room for one more header field.</summary>
    public bool Admits(HeaderField field)
    {
        headerBytes += field.Name.Length + field.Value.Length;
        return headerBytes <= options.MaxHeaderBytes && mail.Header.Count < options.MaxHeaderFields;
    }

    /// <summary>The whole message's refusal where its header has no room.</summary>
    public SmtpReply HeaderTooLarge() => HasNullSender
        ? new SmtpReply(451, "4.3.4", "The header of this message is too large")
        : new SmtpReply(552, "5.3.4", "The header of this message is too large");

    /// <summary>The whole message's refusal where its recipients can't be refused one by one (local submission): for
    /// good, so that it bounces. With a temporary one Postfix leaves it in its maildrop for ever.</summary>
    public SmtpReply TooManyForAll() => HasNullSender
        ? new SmtpReply(451, "4.5.3", "Too many recipients, nobody got this message")
        : new SmtpReply(550, "5.5.3", "Too many recipients, nobody got this message; send it to fewer at a time");

    // What the MTA tells of a recipient is kept with it, and may be as much as all macros of a stage.
    private static int Told(Recipient recipient) =>
        recipient.ResolvedAddress.Length + (recipient.Mailer?.Length ?? 0) + (recipient.Host?.Length ?? 0);

    private static long Cost(string address, IReadOnlyList<string> arguments)
    {
        long cost = EachText + address.Length;
        foreach (string argument in arguments)
            cost += EachText + argument.Length;
        return cost;
    }
}
