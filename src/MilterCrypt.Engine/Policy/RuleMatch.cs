using MilterCrypt.Engine.Mail;

namespace MilterCrypt.Engine.Policy;

/// <summary>Which mail a rule is for: each list that is not empty must have an entry that matches; with all lists
/// empty it is for all mail.</summary>
public sealed record RuleMatch
{
    /// <summary>A match for all mail.</summary>
    public static RuleMatch Everything { get; } = new();

    /// <summary>Envelope senders.</summary>
    public IReadOnlyList<AddressPattern> Senders { get; init; } = [];

    /// <summary>Envelope recipients.</summary>
    public IReadOnlyList<AddressPattern> Recipients { get; init; } = [];

    /// <summary>Domains of envelope recipients.</summary>
    public IReadOnlyList<DomainPattern> Domains { get; init; } = [];

    /// <summary>Login names of authenticated clients.</summary>
    public IReadOnlyList<UserPattern> Users { get; init; } = [];

    /// <summary>Whether this is a match for all mail.</summary>
    public bool IsEverything => Senders.Count == 0 && Recipients.Count == 0 && Domains.Count == 0 && Users.Count == 0;

    /// <summary>Whether the rule is for this recipient of this message, as far as that is known.</summary>
    public Matching Matches(MailFacts mail, MailAddress recipient) =>
        MatchesSender(mail.Envelope) && MatchesApartFromSender(mail.Envelope, recipient) ? Matching.Yes : Matching.No;

    /// <summary>Whether the rule would be for this recipient of this message if its sender, which can't be read, had the
    /// right address: nobody can say, then, whether it is.</summary>
    public bool HangsOnUnreadableSender(MailFacts mail, MailAddress recipient) =>
        mail.Envelope.HasUnreadableSender
        && Senders.Any(pattern => !pattern.IsNullSender) && !MatchesSender(mail.Envelope)
        && MatchesApartFromSender(mail.Envelope, recipient);

    private bool MatchesSender(Envelope envelope) =>
        Senders.Count == 0
        || Senders.Any(pattern => envelope.HasUnreadableSender ? pattern.IsEverything : pattern.Matches(envelope.Sender));

    private bool MatchesApartFromSender(Envelope envelope, MailAddress recipient) =>
        (Recipients.Count == 0 || Recipients.Any(pattern => pattern.Matches(recipient)))
        && (Domains.Count == 0 || Domains.Any(pattern => pattern.Matches(recipient.Domain)))
        && (Users.Count == 0 || Users.Any(pattern => pattern.Matches(envelope.AuthenticatedUser)));
}
