using MilterCrypt.Engine.Keys;
using MilterCrypt.Engine.Mail;
using MilterCrypt.Engine.Policy;

namespace MilterCrypt.Engine;

/// <summary>Decides about one recipient of one message: the rule, the key, the form. Owned by its message, whose
/// recipients are all judged at the one time at which it began.</summary>
internal sealed class RecipientDecider(
    PolicyTable policy, Func<MailAddress, DateTimeOffset, KeyAnswer> findKey, DateTimeOffset at, Envelope envelope)
{
    internal Envelope Envelope => envelope;

    /// <param name="text">The address without angle brackets, UTF-8 decoded.</param>
    /// <param name="key">The key where the form is an encrypted one, else null.</param>
    internal RecipientOutcome Decide(string text, out KeyAnswer.Usable? key)
    {
        key = null;
        // Rules that name senders can't be asked about one that can't be read; the MTA should have refused it.
        if (envelope.Sender is null && !envelope.HasNullSender)
            return new RecipientOutcome.Refused(RefusalWording.BadSender(), null, "sender is no address");
        if (!MailAddress.TryParse(text, out var address, out string? fault))
            return new RecipientOutcome.Refused(RefusalWording.BadRecipient(fault), null, $"recipient is no address: {fault}");

        var decision = policy.Decide(envelope, address);
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
}
