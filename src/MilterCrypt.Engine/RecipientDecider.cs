using MilterCrypt.Engine.Keys;
using MilterCrypt.Engine.Mail;
using MilterCrypt.Engine.Policy;

namespace MilterCrypt.Engine;

/// <summary>Decides about the recipients of one message: the rule, the key, the form. Owned by its message, whose
/// recipients are all judged at the one time at which it began.</summary>
internal sealed class RecipientDecider(
    PolicyTable policy, Func<MailAddress, DateTimeOffset, KeyAnswer> findKey, DateTimeOffset at, Envelope envelope)
{
    /// <summary>What was known when the message began.</summary>
    internal Envelope Envelope => envelope;

    /// <summary>Whether any rule asks that mail is opened, of whomever.</summary>
    internal bool OpensMail => policy.AsksForDecryption;

    /// <summary>When the message began.</summary>
    internal DateTimeOffset At => at;

    /// <param name="text">The address without angle brackets, UTF-8 decoded.</param>
    /// <param name="formSoFar">The form that the message has for the recipients before, or null for the first.</param>
    /// <param name="keysSoFar">The keys that it is encrypted to already.</param>
    /// <param name="key">The key where the form is an encrypted one, else null.</param>
    internal RecipientOutcome Decide(string text, MessageForm? formSoFar, MessageKeys keysSoFar, out KeyAnswer.Usable? key)
    {
        var outcome = Judge(text, out key);
        // A milter gives one body to all: until messages are split, the second form waits for a message of its own.
        if (envelope.CanRefuseRecipients && formSoFar is { } form && outcome is RecipientOutcome.Accepted other && other.Form != form)
        {
            outcome = new RecipientOutcome.Refused(
                RefusalWording.AnotherForm(other.Address, other.Form), other.Decision.RuleName, "needs another form");
        }
        if (key is not null && !keysSoFar.HasRoomFor(key) && outcome is RecipientOutcome.Accepted late)
        {
            outcome = new RecipientOutcome.Refused(
                RefusalWording.TooManyKeys(late.Address), late.Decision.RuleName, $"the message has {MessageKeys.Max} keys already");
        }
        // Of local submission no MTA tells where it will route `bob%partner.example@here`: rules for that domain can't see it.
        if (!envelope.CanRefuseRecipients && policy.AsksForEncryption
            && outcome is RecipientOutcome.Accepted { Form: MessageForm.Clear, Address.MayBeRoutedOn: true } disguised)
        {
            outcome = new RecipientOutcome.Refused(
                RefusalWording.MayBeRoutedOn(disguised.Address), disguised.Decision.RuleName, "may be routed to another domain");
        }
        return outcome is RecipientOutcome.Refused refusal && !envelope.CanRefuseRecipients
            ? new RecipientOutcome.RefusedWithMessage(refusal)
            : outcome;
    }

    /// <summary>For local submission, where the MTA takes the refusal of one recipient for a configuration error, and
    /// one for now leaves the file in its maildrop for ever, unseen: what stands against the message as a whole is
    /// said at the end of its header, for good, so that it bounces. Null where nothing does.</summary>
    internal HeaderOutcome.Refused? RefuseWhole(
        IReadOnlyList<RecipientOutcome.Accepted> accepted, IReadOnlyList<RecipientOutcome.Refused> refused)
    {
        if (refused.Count > 0)
            return Whole(RefusalWording.ForAll(refused[0].Refusal, refused.Count, refused.Count + accepted.Count), refused[0].Reason);
        if (accepted.Count == 0)
            return new HeaderOutcome.Refused(RefusalWording.NoRecipients(), "no recipients");

        var clear = accepted.Where(recipient => recipient.Form == MessageForm.Clear).Select(recipient => recipient.Address).ToList();
        var encrypted = accepted.Where(recipient => recipient.Form != MessageForm.Clear).Select(recipient => recipient.Address).ToList();
        return clear.Count > 0 && encrypted.Count > 0
            ? Whole(RefusalWording.MixedForms(encrypted, clear), "recipients need different forms")
            : null;
    }

    private RecipientOutcome Judge(string text, out KeyAnswer.Usable? key)
    {
        key = null;
        if (!MailAddress.TryParse(text, out var address, out string? fault))
            return new RecipientOutcome.Refused(RefusalWording.BadRecipient(fault), null, $"recipient is no address: {fault}");

        // Mail from a sender that can't be read is lost to its recipient only where his address could change something.
        if (policy.Decide(envelope, address) is not { } decision)
            return new RecipientOutcome.Refused(RefusalWording.BadSender(), null, "sender is no address");
        if (decision.Encrypt == EncryptMode.Never)
            return new RecipientOutcome.Accepted(address, decision, MessageForm.Clear, null);

        var answer = findKey(address, at);
        key = answer as KeyAnswer.Usable;
        if (key is not null)
            return new RecipientOutcome.Accepted(address, decision, MessageForm.OpenPgp, null);

        string? unusable = (answer as KeyAnswer.Unusable)?.Reason;
        string reason = unusable is null ? "no key" : $"key unusable: {unusable}";
        if (decision.Encrypt == EncryptMode.WhenPossible)
            return new RecipientOutcome.Accepted(address, decision, MessageForm.Clear, reason);

        // A refusal for good of mail that nobody is told about would make it vanish: it waits in its queue instead.
        bool forGood = decision.WithoutKey == WithoutKey.Reject && !envelope.HasNullSender;
        return new RecipientOutcome.Refused(RefusalWording.NoKey(address, unusable, forGood), decision.RuleName, reason);
    }

    private HeaderOutcome.Refused Whole(SmtpRefusal refusal, string reason) => new(
        envelope.HasNullSender ? RefusalWording.ForNow(refusal) : RefusalWording.ForGood(refusal), reason);
}
