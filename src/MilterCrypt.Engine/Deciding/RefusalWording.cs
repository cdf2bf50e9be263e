using System.Text;
using MilterCrypt.Engine.Keys;
using MilterCrypt.Engine.Mail;

namespace MilterCrypt.Engine.Deciding;

/// <summary>The sentences that senders read in bounces: who, why, and what to do. Each is one line of ASCII, short
/// enough for an SMTP reply (RFC 5321 §4.5.3.1.5: 512 octets with code and line end).</summary>
internal static class RefusalWording
{
    private const int MaxQuoted = 100;
    private const int MaxNamed = 3;

    internal static SmtpRefusal BadSender() =>
        new(553, "5.1.7", "the sender's address can't be read, so it can't be told which rule is for this message");

    internal static SmtpRefusal BadRecipient(string fault) =>
        new(553, "5.1.3", $"the recipient's address can't be read: {Quote(fault)}");

    internal static SmtpRefusal MayBeRoutedOn(MailAddress address) =>
        new(550, "5.1.3", $"{Quote(address)} may lead to another domain, whose mail must be encrypted; name the final address");

    /// <param name="address">Whom the message is for.</param>
    /// <param name="answer">What is known of a key of it; a usable one is not known well enough to be the recipient's.</param>
    /// <param name="forGood">Whether the sender learns it at once, or the message is tried again first.</param>
    internal static SmtpRefusal NoKey(MailAddress address, KeyAnswer answer, bool forGood)
    {
        var (but, what) = answer switch
        {
            KeyAnswer.Usable => (
                "nobody has verified yet that the key which is known here is the recipient's",
                "ask your administrator to compare its fingerprint with the recipient's"),
            KeyAnswer.Unusable { Reason: var reason } => (
                $"the key that is known here can't be used ({Quote(reason)})",
                "ask the recipient for a new key and your administrator to import it"),
            _ => ("no key of that address is known here", "ask your administrator to import the recipient's key"),
        };
        string why = $"mail to {Quote(address)} must be encrypted, but {but}";
        return forGood
            ? new SmtpRefusal(550, "5.7.1", $"{why}; {what} and send again")
            : new SmtpRefusal(450, "4.7.1", $"{why}; {what}");
    }

    internal static SmtpRefusal NoEscrow(MailAddress address) =>
        new(451, "4.3.5", $"mail to {Quote(address)} can't be encrypted as is prescribed here; ask your administrator, or try again later");

    /// <param name="address">Whom the message can't reach together with those before.</param>
    /// <param name="form">The form that this one needs.</param>
    /// <param name="comesFromAQueue">Whether who sends it brings it to the others and comes again for this one by himself; whoever
    /// does not is told for good.</param>
    internal static SmtpRefusal AnotherForm(MailAddress address, MessageForm form, bool comesFromAQueue)
    {
        string text = $"{Quote(address)} gets this message {Name(form)}, others of its recipients don't; send it to this recipient separately";
        return comesFromAQueue ? new SmtpRefusal(452, "4.5.3", text) : new SmtpRefusal(550, "5.5.3", text);
    }

    internal static SmtpRefusal DividedMessage(MailAddress address) =>
        new(554, "5.6.1", $"mail to {Quote(address)} must be encrypted, and one part of a divided message (message/partial) can't be; "
            + "have your mail program send it undivided");

    internal static SmtpRefusal TooManyForms(int forms, int most) =>
        new(550, "5.5.3", $"the recipients of this message need {forms} different forms of it, and no more than {most} can be made; "
            + "send it to fewer of them at a time");

    internal static SmtpRefusal BeingHandedOver() =>
        new(451, "4.3.2", "this message is just being handed on; try again later");

    internal static SmtpRefusal NotHandedOver() =>
        new(451, "4.3.0", "this message can't be handed on to all of its recipients now; try again later, whoever has it will not get it twice");

    /// <param name="code">What the mail server answered.</param>
    /// <param name="enhancedStatus">Likewise.</param>
    /// <param name="recipient">Whose form of the message it refused.</param>
    /// <param name="text">What it said.</param>
    /// <param name="delivered">Who has got the message all the same.</param>
    internal static SmtpRefusal RefusedByServer(
        int code, string enhancedStatus, string recipient, string text, IReadOnlyList<MailAddress> delivered)
    {
        string others = delivered.Count > 0 ? $" (but {List(delivered)} got it)" : "";
        return new SmtpRefusal(code, enhancedStatus, $"the form of this message for {Quote(recipient)} was refused: {Quote(text)}{others}");
    }

    internal static SmtpRefusal TooManyKeys(MailAddress address) =>
        new(452, "4.5.3", $"this message is encrypted to as many keys as one message can be; send it to {Quote(address)} separately");

    /// <summary>For local submission, where no recipient can be refused by itself.</summary>
    internal static SmtpRefusal MixedForms(IReadOnlyList<MailAddress> encrypted, IReadOnlyList<MailAddress> clear) =>
        new(550, "5.5.3", $"{List(encrypted)} must get this message encrypted, {List(clear)} can't; "
            + "send it to them separately");

    /// <summary>For local submission, where no recipient can be refused by itself.</summary>
    /// <param name="first">What the first recipient that can't have the message would have been refused with.</param>
    /// <param name="refused">How many can't.</param>
    /// <param name="recipients">How many there are.</param>
    internal static SmtpRefusal ForAll(SmtpRefusal first, int refused, int recipients)
    {
        string others = refused > 1 ? $"; so it is with {refused - 1} more of the recipients" : "";
        string nobody = recipients > 1 ? "; nobody got this message" : "";
        return first with { Text = first.Text + others + nobody };
    }

    internal static SmtpRefusal ForNow(SmtpRefusal refusal) =>
        refusal.IsTemporary ? refusal : new(451, "4" + refusal.EnhancedStatus[1..], refusal.Text);

    internal static SmtpRefusal ForGood(SmtpRefusal refusal) =>
        refusal.IsTemporary ? new(550, "5" + refusal.EnhancedStatus[1..], refusal.Text) : refusal;

    internal static SmtpRefusal NoRecipients() =>
        new(451, "4.3.0", "the recipients of this message are not known to the encryption filter");

    internal static SmtpRefusal Busy() =>
        new(452, "4.3.1", "the encryption filter has no room for this message now; try again later");

    internal static SmtpRefusal MustBeSigned(SigningObstacle obstacle)
    {
        string text = $"this message must be signed, but {obstacle.Reason}";
        return obstacle.IsOurs
            ? new SmtpRefusal(451, "4.7.1", $"{text}; ask your administrator")
            : new SmtpRefusal(550, "5.7.1", text);
    }

    internal static SmtpRefusal KeysOutOfReach() =>
        new(451, "4.7.5", "a secret key that this message needs can't be used now; try again later");

    internal static SmtpRefusal CannotBeHeld() =>
        new(554, "5.6.0", "this message must wait until it can be encrypted, and its header can't be kept as it is; have it written by another program");

    /// <param name="code">What it would be refused with on the day.</param>
    /// <param name="enhancedStatus">Likewise.</param>
    /// <param name="text">Likewise.</param>
    internal static SmtpRefusal NeverReleasable(int code, string enhancedStatus, string text) =>
        new(code, enhancedStatus, $"this message must wait until it can be encrypted, and could not be handed on then: {Quote(text)}");

    internal static SmtpRefusal NowhereToHold() =>
        new(451, "4.3.5", "this message must wait until it can be encrypted, and can't be held here; ask your administrator, or try again later");

    internal static SmtpRefusal NoRoomToHold() =>
        new(452, "4.3.1", "this message must wait until it can be encrypted, and there is no room for it now; try again later");

    private static string Name(MessageForm form) => form switch
    {
        MessageForm.Held => "once it can be encrypted",
        MessageForm.Clear => "unencrypted",
        MessageForm.HeadersOnly => "without its content",
        _ => "encrypted",
    };

    private static string List(IReadOnlyList<MailAddress> addresses)
    {
        string named = string.Join(", ", addresses.Take(MaxNamed).Select(Quote));
        return addresses.Count > MaxNamed ? $"{named} and {addresses.Count - MaxNamed} more" : named;
    }

    /// <summary>The domain as A-labels where the address isn't ASCII: what is left of it still says whom.</summary>
    internal static string Quote(MailAddress address) =>
        Quote(Ascii.IsValid(address.ToString()) ? address.ToString() : $"{address.LocalPart}@{address.Domain}");

    /// <summary>What others wrote must not break the line nor fill it.</summary>
    private static string Quote(string text)
    {
        string cut = text.Length <= MaxQuoted ? text : string.Concat(text.AsSpan(0, MaxQuoted), "...");
        return string.Create(cut.Length, cut, static (target, source) =>
        {
            for (int i = 0; i < source.Length; i++)
                target[i] = source[i] is >= ' ' and <= '~' ? source[i] : '?';
        });
    }
}
