using System.Net;

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

    /// <summary>A short name of the milter connection, for log lines before there is a queue id.</summary>
    public string SessionId { get; init; } = "";

    /// <summary>Which MTA calls.</summary>
    public MtaKind Mta { get; init; }

    /// <summary>The client's host name, or its address in brackets where it has none; empty when unknown.</summary>
    public string ClientHost { get; init; } = "";

    /// <summary>The client's IP address; null for a local socket or when unknown.</summary>
    public IPAddress? ClientAddress { get; init; }

    /// <summary>The client's HELO or EHLO name; empty when it gave none.</summary>
    public string Helo { get; init; } = "";

    /// <summary>The user who logged in with SMTP AUTH ({auth_authen}), or null. It is worth as much as the peer of
    /// the milter socket: whoever can connect there can claim any.</summary>
    public string? AuthenticatedUser { get; init; }

    /// <summary>The name of the MTA's listener ({daemon_name}), or null.</summary>
    public string? DaemonName { get; init; }

    /// <summary>Whether the message was handed to Postfix by its sendmail command (non_smtpd_milters). No recipient
    /// can be refused alone there: Postfix calls that a configuration error and keeps the message for ever.</summary>
    public bool IsLocalSubmission { get; init; }

    /// <summary>What is known of the client's TLS connection; null when there is none.</summary>
    public ClientTls? Tls { get; init; }

    /// <summary>What else the MTA told (its macros).</summary>
    public MilterMacros Macros { get; init; } = new();

    internal void Add(Recipient recipient) => recipients.Add(recipient);

    internal void Add(HeaderField field) => header.Add(field);
}
