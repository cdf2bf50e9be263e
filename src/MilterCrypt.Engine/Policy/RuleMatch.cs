using MilterCrypt.Engine.Mail;

namespace MilterCrypt.Engine.Policy;

/// <summary>Which mail a rule is for: each list that is not empty must have an entry that matches, and what else is said must be
/// so; where nothing is said it is for all mail.</summary>
public sealed record RuleMatch
{
    private readonly AddressSet senders = AddressSet.Empty;
    private readonly AddressSet recipients = AddressSet.Empty;
    private readonly AddressSet authors = AddressSet.Empty;
    private readonly DomainSet domains = DomainSet.Empty;
    private readonly UserSet users = UserSet.Empty;

    /// <summary>A match for all mail.</summary>
    public static RuleMatch Everything { get; } = new();

    /// <summary>Envelope senders.</summary>
    public IReadOnlyList<AddressPattern> Senders { get; init => senders = new AddressSet(field = value); } = [];

    /// <summary>Envelope recipients.</summary>
    public IReadOnlyList<AddressPattern> Recipients { get; init => recipients = new AddressSet(field = value); } = [];

    /// <summary>Domains of envelope recipients.</summary>
    public IReadOnlyList<DomainPattern> Domains { get; init => domains = new DomainSet(field = value); } = [];

    /// <summary>Which way the message goes.</summary>
    public IReadOnlyList<MailDirection> Directions { get; init; } = [];

    /// <summary>Whether the MTA asks behind its queue; null for both.</summary>
    public bool? IsEgress { get; init; }

    /// <summary>Login names of authenticated clients.</summary>
    public IReadOnlyList<UserPattern> Users { get; init => users = new UserSet(field = value); } = [];

    /// <summary>Clients.</summary>
    public IReadOnlyList<ClientPattern> Clients { get; init; } = [];

    /// <summary>Whether the client's connection has TLS; null for both.</summary>
    public bool? Tls { get; init; }

    /// <summary>Authors, by the From field.</summary>
    public IReadOnlyList<AddressPattern> Authors { get; init => authors = new AddressSet(field = value); } = [];

    /// <summary>Header fields.</summary>
    public IReadOnlyList<Trigger.Field> Headers { get; init; } = [];

    /// <summary>Texts in the Subject.</summary>
    public IReadOnlyList<Trigger.InSubject> Subjects { get; init; } = [];

    /// <summary>Media types of the whole message.</summary>
    public IReadOnlyList<MediaTypePattern> ContentTypes { get; init; } = [];

    /// <summary>Whether a mailing list sends it; null for both.</summary>
    public bool? IsListMail { get; init; }

    /// <summary>The length that the message is larger than; null for any.</summary>
    public long? LargerThan { get; init; }

    /// <summary>The length that the message is smaller than; null for any.</summary>
    public long? SmallerThan { get; init; }

    /// <summary>What is looked for in the header that a sender writes there for the filter.</summary>
    public IReadOnlyList<Trigger> Triggers => [.. Headers, .. Subjects];

    /// <summary>Whether this is a match for all mail.</summary>
    public bool IsEverything =>
        Senders.Count == 0 && Recipients.Count == 0 && Domains.Count == 0 && Directions.Count == 0 && IsEgress is null
        && !AsksForIdentity && !AsksForHeader && !AsksForLength;

    /// <summary>Whether it is asked who the client is.</summary>
    public bool AsksForIdentity => Users.Count > 0 || Clients.Count > 0 || Tls is not null;

    /// <summary>Whether something is asked of the header, which whoever sends the message can write as he likes.</summary>
    public bool AsksForHeader =>
        Authors.Count > 0 || Headers.Count > 0 || Subjects.Count > 0 || ContentTypes.Count > 0 || IsListMail is not null;

    private bool AsksForLength => LargerThan is not null || SmallerThan is not null;

    /// <summary>Whether the rule is for this recipient of this message, as far as that is known.</summary>
    /// <param name="mail">What is known of the message.</param>
    /// <param name="recipient">The recipient.</param>
    /// <param name="direction">Which way the message goes; null where it has no direction.</param>
    /// <param name="hangsOnSender">Whether the rule would be for him if the sender, who can't be read, had the right address:
    /// nobody can say, then, whether it is.</param>
    /// <param name="untagged">The recipient without his tag; null where he has none.</param>
    public Matching Matches(MailFacts mail, MailAddress recipient, MailDirection? direction, out bool hangsOnSender, MailAddress? untagged = null)
    {
        hangsOnSender = false;
        var apartFromSender = MatchesApartFromSender(mail, recipient, untagged, direction);
        if (apartFromSender == Matching.No || MatchesSender(mail.Envelope))
            return apartFromSender;
        if (!mail.Envelope.HasUnreadableSender || !senders.HasAddresses)
            return Matching.No;
        hangsOnSender = apartFromSender == Matching.Yes;
        return hangsOnSender ? Matching.Open : apartFromSender;
    }

    private bool MatchesSender(Envelope envelope) =>
        Senders.Count == 0
        || (envelope.HasUnreadableSender ? senders.HasEverything : senders.Includes(envelope.Sender));

    private Matching MatchesApartFromSender(MailFacts mail, MailAddress recipient, MailAddress? untagged, MailDirection? direction)
    {
        bool fits = (Recipients.Count == 0 || recipients.Includes(recipient, untagged))
            && (Domains.Count == 0 || domains.Includes(recipient.Domain))
            && (Directions.Count == 0 || (direction is { } known && Directions.Contains(known)))
            && (IsEgress is null || IsEgress == mail.Envelope.IsEgress);
        if (!fits)
            return Matching.No;
        var identity = !AsksForIdentity ? Matching.Yes
            : mail.Envelope.IdentityIsOpen ? Matching.Open
            : mail.Envelope.IdentityIsLost ? Matching.Perhaps
            : Known(MatchesIdentity(mail.Envelope));
        var header = !AsksForHeader ? Matching.Yes : mail.Traits is { } traits ? Known(MatchesHeader(traits)) : Matching.Open;
        var length = !AsksForLength ? Matching.Yes : mail.Length is { } octets ? Known(MatchesLength(octets)) : Matching.Open;
        return (Matching)Math.Min((int)identity, Math.Min((int)header, (int)length));
    }

    private static Matching Known(bool isSo) => isSo ? Matching.Yes : Matching.No;

    private bool MatchesIdentity(Envelope envelope) =>
        (Users.Count == 0 || users.Includes(envelope.AuthenticatedUser))
        && (Clients.Count == 0 || Clients.Any(pattern => pattern.Matches(envelope)))
        && (Tls is null || Tls == envelope.Tls);

    private bool MatchesHeader(HeaderTraits header) =>
        (Authors.Count == 0 || (header.Author is { } author ? authors.Includes(author) : authors.HasEverything))
        && (Headers.Count == 0 || Headers.Any(header.Has))
        && (Subjects.Count == 0 || Subjects.Any(header.Has))
        && (ContentTypes.Count == 0 || header.MediaTypes.Any(type => ContentTypes.Any(pattern => pattern.Matches(type))))
        && (IsListMail is null || IsListMail == header.IsListMail);

    private bool MatchesLength(long octets) => !(octets <= LargerThan) && !(octets >= SmallerThan);
}
