using MilterCrypt.Engine.Mail;
using MilterCrypt.Engine.Policy;

namespace MilterCrypt.Engine.Deciding;

/// <summary>What recipients get of a message/partial (RFC 2046 §5.2.2): encrypted, its pieces could not be put together again, so it
/// leaves as it came where that may be, and else not at all.</summary>
internal static class DividedMessages
{
    /// <param name="recipient">As was decided by what was known before the header.</param>
    /// <param name="envelope">Who sends it.</param>
    internal static RecipientOutcome Decide(RecipientOutcome.Accepted recipient, Envelope envelope)
    {
        const string reason = "message/partial";
        var decision = recipient.Decision;
        // Held, it would be as far from being encrypted as it is now.
        if (recipient.Form is not (MessageForm.OpenPgp or MessageForm.Held))
            return recipient;
        var unencrypted = recipient with { Keys = [], Escrow = [], Reason = reason };
        if (decision.Encrypt != EncryptMode.Always || decision.WithoutKey == WithoutKey.Clear)
            return unencrypted with { Form = MessageForm.Clear };
        return envelope.HasNullSender && decision.ReportsWithoutKey == ReportsWithoutKey.HeadersOnly
            ? unencrypted with { Form = MessageForm.HeadersOnly }
            : RecipientOutcome.Refused.Of(recipient, RefusalWording.DividedMessage(recipient.Address), reason);
    }
}
