using MilterCrypt.Engine.Hops;
using MilterCrypt.Engine.Mail;

namespace MilterCrypt.Engine;

/// <summary>Who hands a message in: said by the hop before the queue to the one behind it (docs/hops.md).</summary>
internal static class Identity
{
    /// <summary>What is known of a message's envelope once the first hop's word is found out about.</summary>
    /// <param name="envelope">As the second hop is told it.</param>
    /// <param name="finding">What became of that word.</param>
    internal static Envelope Learn(Envelope envelope, OriginFinding finding)
    {
        var known = envelope with { IdentityIsOpen = false };
        return finding switch
        {
            OriginFinding.Proven { Facts: var facts } => known with
            {
                AuthenticatedUser = facts.User,
                Client = facts.Client,
                Tls = facts.Tls,
                IsLocalSubmission = facts is { User: null, Client: null, Way: MailWay.Outgoing },
            },
            OriginFinding.Forged => known with { IdentityIsLost = true },
            _ => known,
        };
    }

    /// <summary>What the first hop says.</summary>
    /// <param name="envelope">As it is told it.</param>
    /// <param name="isOurs">Whether somebody here sends it.</param>
    internal static OriginFacts Tell(Envelope envelope, bool isOurs) =>
        new(envelope.AuthenticatedUser, envelope.Client, envelope.Tls is true, isOurs ? MailWay.Outgoing : MailWay.Incoming);
}
