using System.Net;

namespace MilterCrypt.Engine.Mail;

/// <summary>What is known of a message when it begins, before its first recipient.</summary>
public sealed record Envelope
{
    /// <param name="sender">The address of MAIL FROM without angle brackets, UTF-8 decoded; empty for the null sender.</param>
    /// <param name="authenticatedUser">The login name under which the client authenticated, or null.</param>
    /// <param name="canRefuseRecipients">Whether a recipient can be refused by itself: false for local submission,
    /// where the MTA takes such a refusal for a configuration error and keeps the mail for ever.</param>
    public Envelope(string sender, string? authenticatedUser, bool canRefuseRecipients)
    {
        SenderText = sender;
        Sender = MailAddress.TryParse(sender, out var address) ? address : null;
        AuthenticatedUser = string.IsNullOrEmpty(authenticatedUser) ? null : authenticatedUser;
        CanRefuseRecipients = canRefuseRecipients;
    }

    /// <summary>The sender as the client gave it, without angle brackets; empty for the null sender.</summary>
    public string SenderText { get; }

    /// <summary>The sender as the client wrote it, quotes too, without angle brackets; empty for the null sender.</summary>
    public string GivenSender { get => field ?? SenderText; init; }

    /// <summary>The ESMTP arguments of MAIL FROM, such as <c>BODY=8BITMIME</c>.</summary>
    public IReadOnlyList<string> SenderArguments { get; init; } = [];

    /// <summary>Where the message came from; null where nobody tells.</summary>
    public TraceInformation? Trace { get; init; }

    /// <summary>Whether who hands the message over keeps it and tries again when he is told to: another mail server does, a mail
    /// program in which somebody has logged in does not.</summary>
    public bool ComesFromAQueue => CanRefuseRecipients && AuthenticatedUser is null;

    /// <summary>The sender, or null for the null sender and for one that is no address.</summary>
    public MailAddress? Sender { get; }

    /// <summary>The login name under which the client authenticated, or null.</summary>
    public string? AuthenticatedUser { get; init; }

    /// <summary>Whether a recipient can be refused by itself, at RCPT TO.</summary>
    public bool CanRefuseRecipients { get; }

    /// <summary>Whether who tells of this message is believed so far that secret keys are used for it.</summary>
    public bool MayUseSecretKeys { get; init; }

    /// <summary>The client's IP address; null where it has none, or nobody tells.</summary>
    public IPAddress? Client { get; init; }

    /// <summary>Whether the message was handed in on this machine, by the MTA's sendmail command.</summary>
    public bool IsLocalSubmission { get; init; }

    /// <summary>Whether the client's connection to the MTA had TLS; null where nobody tells.</summary>
    public bool? Tls { get; init; }

    /// <summary>Whether the MTA asks behind its queue, where mail leaves.</summary>
    public bool IsEgress { get; init; }

    /// <summary>Whether who sends the message is not known yet, and will be when its header is: user, client and TLS above are
    /// then not the last word.</summary>
    public bool IdentityIsOpen { get; init; }

    /// <summary>Whether the first hop said who sends the message, and that doesn't hold for what came out of the queue: then it may be anybody,
    /// whom it was said of too.</summary>
    public bool IdentityIsLost { get; init; }

    /// <summary>Whether it is a form of a message that this filter has split.</summary>
    public bool IsHandedOver { get; init; }

    /// <summary>Whether this is mail that nobody can be told about: a report, an automatic reply (RFC 5321 §4.5.5).</summary>
    public bool HasNullSender => SenderText.Length == 0;

    /// <summary>Whether there is a sender, but one that is no address: some MTAs take such, and mail from it may be
    /// wanted all the same.</summary>
    public bool HasUnreadableSender => Sender is null && !HasNullSender;
}
