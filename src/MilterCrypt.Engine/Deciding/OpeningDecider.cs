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
    /// <summary>Whether it is opened.</summary>
    /// <param name="recipients">All that the message goes to, each of them unencrypted by us; one at least.</param>
    /// <param name="header">The message's fields.</param>
    internal Opening Decide(IReadOnlyList<RecipientOutcome.Accepted> recipients, IReadOnlyList<HeaderField> header) =>
        Decide(recipients, header, static recipient => recipient.Decision.InForce.Decrypt);

    /// <summary>The recipients with what is foreseen of them, now that the header is known: those who would get the message as it came
    /// if policy were not only being tried would get it opened, where it would be.</summary>
    internal IReadOnlyList<RecipientOutcome.Accepted> Foresee(IReadOnlyList<RecipientOutcome.Accepted> recipients, IReadOnlyList<HeaderField> header)
    {
        List<RecipientOutcome.Accepted> reached = [.. recipients.Where(static recipient => recipient.WouldBe?.Refusal is null)];
        return reached.Exists(static recipient => recipient.WouldBe is not null)
            && reached.TrueForAll(static recipient => recipient.WouldBeAsItCame)
            && Decide(reached, header, static recipient => recipient.Decision.Decrypt) is Opening.For
            ? [.. recipients.Select(static recipient => recipient.WouldBe is { IsUnchanged: true } ? recipient with { WouldBe = Forecast.Opened } : recipient)]
            : recipients;
    }

    private Opening Decide(
        IReadOnlyList<RecipientOutcome.Accepted> recipients, IReadOnlyList<HeaderField> header, Func<RecipientOutcome.Accepted, DecryptMode> wanted)
    {
        if (recipients.All(recipient => wanted(recipient) == DecryptMode.Never)
            || PgpMimeType.Sole(header) is not { } type || !PgpMimeType.IsEncrypted(type))
            return new Opening.Not(null);

        if (recipients.Any(recipient => wanted(recipient) == DecryptMode.Never))
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
