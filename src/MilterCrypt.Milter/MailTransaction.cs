namespace MilterCrypt.Milter;

/// <summary>One message's envelope, header and surroundings, growing as the MTA tells them; owned by the session and
/// valid until the message's handler is disposed.</summary>
public sealed class MailTransaction
{
    private readonly List<Recipient> recipients = [];
    private readonly List<HeaderField> header = [];

    /// <summary>The sender's address without angle brackets, UTF-8 decoded; empty for the null sender.</summary>
    public required string Sender { get; init; }

    /// <summary>The sender's address that the MTA will really use ({mail_addr}): completed and rewritten by its rules.
    /// The same as <see cref="Sender"/> where the MTA tells none, or none that is whole.</summary>
    public string ResolvedSender { get => field ?? Sender; init; }

    /// <summary>The ESMTP arguments of MAIL FROM, such as <c>BODY=8BITMIME</c>.</summary>
    public required IReadOnlyList<string> SenderArguments { get; init; }

    /// <summary>The arguments of MAIL FROM that standards define.</summary>
    public SenderParameters SenderParameters => SenderParameters.Read(SenderArguments);

    /// <summary>What will deliver to the sender ({mail_mailer}), or null when the MTA tells none.</summary>
    public string? SenderMailer => Macros["mail_mailer"];

    /// <summary>Which host mail to the sender goes to ({mail_host}), or null when the MTA tells none.</summary>
    public string? SenderHost => Macros["mail_host"];

    /// <summary>The recipients that the handler accepted so far. The MTA may still refuse one of them for reasons of
    /// its own, so the message can reach fewer.</summary>
    public IReadOnlyList<Recipient> Recipients
    {
        get => recipients;
        init => recipients = [.. value];
    }

    /// <summary>The header's fields in the order in which the MTA shows them. It is whole from
    /// <see cref="IMessageHandler.HeaderAsync"/> on. Fields that the MTA adds itself may be missing.</summary>
    public IReadOnlyList<HeaderField> Header
    {
        get => header;
        init => header = [.. value];
    }

    /// <summary>The MTA's queue id, or null as long as it has none: Postfix gives one at the second RCPT TO or at
    /// DATA, Sendmail at MAIL FROM.</summary>
    public string? QueueId => Macros["i"];

    /// <summary>The SMTP session that brings the message: who the client is, and who the MTA.</summary>
    public SmtpSession Session { get; init; } = new();

    /// <summary>Whether the message was handed to Postfix by its sendmail command (non_smtpd_milters). No recipient
    /// can be refused alone there: Postfix calls that a configuration error and keeps the message for ever.</summary>
    public bool IsLocalSubmission { get; init; }

    /// <summary>What else the MTA told (its macros).</summary>
    public MilterMacros Macros => Session.Macros;

    internal void Add(Recipient recipient) => recipients.Add(recipient);

    internal void Add(HeaderField field) => header.Add(field);
}
