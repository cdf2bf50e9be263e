using MilterCrypt.Engine.Deciding;
using MilterCrypt.Engine.Mail;

namespace MilterCrypt.Engine;

/// <summary>What stands against a message as a whole, once its header is known. Where recipients can't be refused by themselves
/// (local submission: the MTA takes that for a configuration error, and one for now leaves the file in its maildrop for ever, unseen)
/// it is said here for good, so that the message bounces.</summary>
internal static class WholeRefusal
{
    /// <returns>Null where nothing does.</returns>
    internal static HeaderOutcome.Refused? Of(
        Envelope envelope, IReadOnlyList<RecipientOutcome.Accepted> accepted, IReadOnlyList<RecipientOutcome.Refused> refused)
    {
        if (refused.Count > 0)
            return Whole(envelope, RefusalWording.ForAll(refused[0].Refusal, refused.Count, refused.Count + accepted.Count), refused[0].Reason);
        if (accepted.Count == 0)
            return new HeaderOutcome.Refused(RefusalWording.NoRecipients(), "no recipients");

        var clear = accepted.Where(recipient => recipient.Form == MessageForm.Clear).Select(recipient => recipient.Address).ToList();
        var encrypted = accepted.Where(recipient => recipient.Form != MessageForm.Clear).Select(recipient => recipient.Address).ToList();
        return clear.Count > 0 && encrypted.Count > 0
            ? Whole(envelope, RefusalWording.MixedForms(encrypted, clear), "recipients need different forms")
            : null;
    }

    private static HeaderOutcome.Refused Whole(Envelope envelope, SmtpRefusal refusal, string reason) => new(
        envelope switch
        {
            { HasNullSender: true } => RefusalWording.ForNow(refusal),
            { CanRefuseRecipients: false } => RefusalWording.ForGood(refusal),
            _ => refusal,
        },
        reason);
}
