using MilterCrypt.Engine.Mail;
using MilterCrypt.Engine.OpenPgpMime;
using MilterCrypt.Engine.Policy;

namespace MilterCrypt.Engine.Deciding;

/// <summary>Decides whether a message is opened, by what is known before its body: for one person alone, whose mail it is and whose
/// rule asks for it, and for a mail server that is believed.</summary>
/// <param name="envelope">Who hands it over.</param>
/// <param name="at">When it began.</param>
/// <param name="keys">Whose secret keys can be used.</param>
internal sealed class OpeningDecider(Envelope envelope, DateTimeOffset at, OwnKeys? keys)
{
    /// <param name="recipients">All that the message goes to, each of them unencrypted by us; one at least.</param>
    /// <param name="header">The message's fields.</param>
    internal Opening Decide(IReadOnlyList<RecipientOutcome.Accepted> recipients, IReadOnlyList<HeaderField> header)
    {
        if (recipients.All(recipient => recipient.Decision.Decrypt == DecryptMode.Never)
            || PgpMimeType.Sole(header) is not { } type || !PgpMimeType.IsEncrypted(type))
            return new Opening.Not(null);

        if (recipients.Any(recipient => recipient.Decision.Decrypt == DecryptMode.Never))
            return Not("not all recipients' rules ask for it");
        if (keys is null)
            return Not("no secret keys are configured");
        if (!envelope.MayUseSecretKeys)
            return Not("the mail server is not trusted with secret keys here");
        // What is opened goes on with a sender of our saying, so that reports bring no content back; this one we could not say.
        if (envelope.HasUnreadableSender)
            return Not("the sender is no address");
        if (PgpMimeType.BoundaryOf(type) is not { } boundary || !PgpMimeType.IsUnencoded(header))
            return Not("its header is not that of an encrypted message");

        var owners = recipients.Select(recipient => keys.CertificateOf(recipient.Address, at)?.Certificate).DistinctBy(owner => owner?.Fingerprint).ToList();
        // Several people get one body: opened with the key of one of them, it would show the others what only that one may read.
        return owners switch
        {
            [{ } owner] => new Opening.For(boundary, recipients[0].Address, owner),
            [null] => Not("no certificate of the recipient is known"),
            _ => Not("the recipients do not share a certificate"),
        };
    }

    private static Opening.Not Not(string reason) => new($"not opened: {reason}");
}
