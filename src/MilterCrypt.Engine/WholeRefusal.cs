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
        return accepted.Count == 0 ? new HeaderOutcome.Refused(RefusalWording.NoRecipients(), "no recipients") : null;
    }

    /// <summary>Its recipients need different forms, and it can't be split.</summary>
    internal static HeaderOutcome.Refused ForForms(Envelope envelope, IReadOnlyList<RecipientOutcome.Accepted> accepted)
    {
        var first = accepted.Where(recipient => recipient.Needs == accepted[0].Needs).Select(static recipient => recipient.Address).ToList();
        var others = accepted.Where(recipient => recipient.Needs != accepted[0].Needs).Select(static recipient => recipient.Address).ToList();
        var refusal = accepted[0].Form == MessageForm.Clear ? RefusalWording.MixedForms(others, first) : RefusalWording.MixedForms(first, others);
        return Whole(envelope, refusal, "recipients need different forms");
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
