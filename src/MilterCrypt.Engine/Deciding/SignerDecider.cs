using MilterCrypt.Engine.Custody;
using MilterCrypt.Engine.Mail;
using MilterCrypt.Engine.Policy;
using MilterCrypt.OpenPgp;

namespace MilterCrypt.Engine.Deciding;

/// <summary>Decides who signs one message: its author, where a rule wishes it, the mail server is believed, the client has logged
/// in as somebody who may sign in the author's name, and a key of the author's is held here. Owned by its message.</summary>
internal sealed class SignerDecider(
    Envelope envelope, IReadOnlyList<RecipientOutcome.Accepted> recipients, IReadOnlyList<HeaderField> header, DateTimeOffset at, OwnKeys? keys)
{
    private SigningChoice? decided;
    private IReadOnlySet<MailAddress>? meant;

    /// <summary>The same choice each time: a message may have several forms.</summary>
    /// <exception cref="SecretKeyException">It can't be found out now which keys are held.</exception>
    internal async ValueTask<SigningChoice> DecideAsync(CancellationToken cancellationToken) =>
        decided ??= await ChooseAsync(cancellationToken).ConfigureAwait(false);

    /// <summary>Whether a signature may say of these that they are whom the author means (RFC 9580 §5.2.3.36). Behind the queue recipients are
    /// also those of forwards and aliases, of whom the author need not know: there only whoever stands in To or Cc, which the first hop
    /// has proven, is meant by her.</summary>
    internal bool MayNameRecipients(IReadOnlyList<RecipientOutcome.Accepted> form)
    {
        if (!envelope.IsEgress)
            return true;
        meant ??= NamedAddresses.ByAuthor(header);
        return form.All(recipient => recipient.IsIn(meant));
    }

    private async ValueTask<SigningChoice> ChooseAsync(CancellationToken cancellationToken)
    {
        var wish = recipients.Max(recipient => recipient.Decision.Sign);
        if (wish == SignMode.Never)
            return new SigningChoice.Nobody(null);

        var (author, obstacle) = await FindAsync(cancellationToken).ConfigureAwait(false);
        if (author is not null)
            return author;
        // Of a report nobody is told that it was refused, and no author of one has a key here: better unsigned than lost.
        return wish == SignMode.Always && !envelope.HasNullSender
            ? new SigningChoice.Impossible(RefusalWording.MustBeSigned(obstacle!), obstacle!.Reason)
            : new SigningChoice.Nobody(obstacle!.Reason);
    }

    private async ValueTask<(SigningChoice.Author? Author, SigningObstacle? Obstacle)> FindAsync(CancellationToken cancellationToken)
    {
        if (keys is null || !envelope.MayUseSecretKeys)
            return (null, SigningObstacle.NotTrusted);
        if (!MessageAuthor.TryRead(header, out var author, out string? reason))
            return (null, SigningObstacle.OfSender(reason));
        if (envelope.AuthenticatedUser is not { } user)
            return (null, SigningObstacle.OfSender("the client did not log in"));
        if (!MaySignAs(user, author, keys.Signers))
            return (null, SigningObstacle.OfSender($"who logged in may not sign as {RefusalWording.Quote(author)}"));

        if (keys.CertificateOf(author, at) is not { } certificate)
            return (null, SigningObstacle.OfSender($"no key of {RefusalWording.Quote(author)} is known here"));
        if (certificate.Problem is { } problem)
            return (null, SigningObstacle.OfSender($"the key of {RefusalWording.Quote(author)} can't be used ({problem})"));

        var userId = certificate.UserIds.First(userId => userId.Problem is null && author.Is(userId.UserId.Address)).UserId;
        foreach (var key in certificate.KeysToSignWith(AlgorithmPolicy.Default))
        {
            if (await keys.Source.HoldsAsync(certificate.Certificate.Fingerprint, key, KeyOperation.Sign, cancellationToken).ConfigureAwait(false))
                return (new SigningChoice.Author(key, userId, author), null);
        }
        return (null, SigningObstacle.NotHeld($"no key to sign as {RefusalWording.Quote(author)} is held here"));
    }

    private static bool MaySignAs(string user, MailAddress author, IReadOnlyList<Signer> signers) =>
        (MailAddress.TryParse(user, out var own) && own.Equals(author))
        || signers.Any(signer => signer.Users.Any(pattern => pattern.Matches(user)) && signer.Addresses.Any(pattern => pattern.Matches(author)));
}
