using MilterCrypt.Engine.Mail;
using MilterCrypt.OpenPgp.Messages;
using MilterCrypt.OpenPgp.Packets;

namespace MilterCrypt.Engine.Bodies;

/// <summary>What the signatures of an opened message are worth to who reads it: to mail programs it is from its author, so only
/// the author's count.</summary>
internal static class SignatureFinding
{
    /// <param name="verdicts">One for each signature; only the author's certificates were at hand.</param>
    /// <param name="author">Whom the message says that it is from; null where that can't be said.</param>
    /// <returns>What they are worth, and for a good one the certificate.</returns>
    internal static (AuthorSignature Worth, Fingerprint? Signer) Of(IReadOnlyList<SignatureVerdict> verdicts, MailAddress? author)
    {
        if (verdicts.Count == 0)
            return (AuthorSignature.None, null);
        var good = verdicts.FirstOrDefault(verdict => verdict.MatchesAddress(text => author?.Is(text) == true));
        if (good is not null)
            return (AuthorSignature.Good, good.Certificate!.Fingerprint);
        return (verdicts.Any(verdict => verdict.Status == SignatureStatus.Bad) ? AuthorSignature.Bad : AuthorSignature.Unknown, null);
    }
}
