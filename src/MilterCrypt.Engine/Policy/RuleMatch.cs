using MilterCrypt.Engine.Mail;

namespace MilterCrypt.Engine.Policy;

/// <summary>Which mail a rule is for: each list that is not empty must have an entry that matches, and what else is said must be
/// so; where nothing is said it is for all mail.</summary>
public sealed record RuleMatch
{
    private readonly AddressSet senders = AddressSet.Empty;
    private readonly AddressSet recipients = AddressSet.Empty;
    private readonly DomainSet domains = DomainSet.Empty;

    /// <summary>A match for all mail.</summary>
    public static RuleMatch Everything { get; } = new();

    /// <summary>Envelope senders.</summary>
    public IReadOnlyList<AddressPattern> Senders { get; init => senders = new AddressSet(field = value); } = [];

    /// <summary>Envelope recipients.</summary>
    public IReadOnlyList<AddressPattern> Recipients { get; init => recipients = new AddressSet(field = value); } = [];

    /// <summary>Domains of envelope recipients.</summary>
    public IReadOnlyList<DomainPattern> Domains { get; init => domains = new DomainSet(field = value); } = [];

    /// <summary>Login names of authenticated clients.</summary>
    public IReadOnlyList<UserPattern> Users { get; init; } = [];

    /// <summary>Which way the message goes.</summary>
    public IReadOnlyList<MailDirection> Directions { get; init; } = [];

    /// <summary>What is looked for in the header.</summary>
    public IReadOnlyList<Trigger> Triggers { get; init; } = [];

    /// <summary>Whether this is a match for all mail.</summary>
    public bool IsEverything =>
        Senders.Count == 0 && Recipients.Count == 0 && Domains.Count == 0 && Users.Count == 0 && Directions.Count == 0;

    /// <summary>Whether the rule is for this recipient of this message, as far as that is known.</summary>
    /// <param name="mail">What is known of the message.</param>
    /// <param name="recipient">The recipient.</param>
    /// <param name="direction">Which way the message goes; null where it has no direction.</param>
    /// <param name="hangsOnSender">Whether the rule would be for him if the sender, who can't be read, had the right address:
    /// nobody can say, then, whether it is.</param>
    public Matching Matches(MailFacts mail, MailAddress recipient, MailDirection? direction, out bool hangsOnSender)
    {
        hangsOnSender = false;
        var apartFromSender = MatchesApartFromSender(mail, recipient, direction);
        if (apartFromSender == Matching.No || MatchesSender(mail.Envelope))
            return apartFromSender;
        if (!mail.Envelope.HasUnreadableSender || !senders.HasAddresses)
            return Matching.No;
        hangsOnSender = apartFromSender == Matching.Yes;
        return Matching.Open;
    }

    private bool MatchesSender(Envelope envelope) =>
        Senders.Count == 0
        || (envelope.HasUnreadableSender ? senders.HasEverything : senders.Includes(envelope.Sender));

    private Matching MatchesApartFromSender(MailFacts mail, MailAddress recipient, MailDirection? direction)
    {
        bool fits = (Recipients.Count == 0 || recipients.Includes(recipient))
            && (Domains.Count == 0 || domains.Includes(recipient.Domain))
            && (Directions.Count == 0 || (direction is { } known && Directions.Contains(known)));
        return fits ? MatchesUser(mail.Envelope) : Matching.No;
    }

    private Matching MatchesUser(Envelope envelope)
    {
        if (Users.Count == 0)
            return Matching.Yes;
        if (envelope.IdentityIsOpen)
            return Matching.Open;
        return Users.Any(pattern => pattern.Matches(envelope.AuthenticatedUser)) ? Matching.Yes : Matching.No;
    }
}
