using MilterCrypt.Engine.Mail;

namespace MilterCrypt.Engine.Policy;

/// <summary>Says which way a message goes. A recipient is local where his domain is one of <c>local-domains</c>, or where he
/// has none; a message is ours where its client has logged in, where it was handed in on this machine, or where its
/// client's address is in one of <c>own-networks</c>.
/// <code>
///                     ours       from elsewhere
/// recipient local     internal   inbound
/// recipient elsewhere outbound   outbound
/// </code></summary>
/// <param name="localDomains">Domains whose recipients are here; null where nobody says: then no message has a direction.</param>
/// <param name="ownNetworks">Addresses of clients whose mail is ours.</param>
public sealed class DirectionDecider(IReadOnlyList<DomainPattern>? localDomains, IReadOnlyList<NetworkPattern> ownNetworks)
{
    private static readonly MailDirection?[] Unknown = [null];
    // What it is for whom nobody knows comes last.
    private static readonly MailDirection?[] Either = [MailDirection.Internal, MailDirection.Inbound];

    private readonly DomainSet? local = localDomains is null ? null : new DomainSet(localDomains);

    /// <summary>Where nothing is said of what is local.</summary>
    public static DirectionDecider None { get; } = new(null, NetworkPattern.Loopback);

    /// <summary>Whether a recipient is here. An address without a domain is.</summary>
    public bool IsLocal(MailAddress recipient) => recipient.Domain.Length == 0 || local?.Includes(recipient.Domain) is true;

    /// <summary>Which ways the message may go for a recipient, as far as it is known who sends it: one, or two; a null for a
    /// message that has no direction.</summary>
    internal IReadOnlyList<MailDirection?> Possible(Envelope envelope, MailAddress recipient)
    {
        if (local is null)
            return Unknown;
        if (!IsLocal(recipient))
            return [MailDirection.Outbound];
        if (IsOurs(envelope))
            return [MailDirection.Internal];
        return envelope.IdentityIsOpen || envelope.IdentityIsLost ? Either : [MailDirection.Inbound];
    }

    /// <summary>Whether somebody here sends the message.</summary>
    public bool IsOurs(Envelope envelope) =>
        envelope.AuthenticatedUser is not null || envelope.IsLocalSubmission
        || (envelope.Client is { } client && ownNetworks.Any(network => network.Matches(client)));
}
