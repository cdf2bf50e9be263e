using Microsoft.Extensions.Logging;
using MilterCrypt.Engine;
using MilterCrypt.Engine.Bodies;
using MilterCrypt.Engine.Deciding;
using MilterCrypt.Engine.Journal;
using MilterCrypt.Engine.Mail;
using MilterCrypt.Milter;
using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.Telemetry;

namespace MilterCrypt.Daemon;

/// <summary>Says in the log what became of one message, in one line, and counts the same: what was decided is kept until
/// it is known what the MTA was really answered. Owned by the message's handler.</summary>
internal sealed class MessageReport(
    MailTransaction mail, FilteredMessage message, TimeProvider clock, MailMetrics metrics, ILogger logger)
{
    /// <summary>A message to a thousand people is still one line.</summary>
    private const int MostNamed = 10;

    private readonly long started = clock.GetTimestamp();
    private string? reason;
    private string? refusedWith;
    private ProtectionFacts? facts;
    private OpeningFacts? opened;
    private IReadOnlyList<HandedPart> parts = [];
    private bool said;

    /// <summary>What the log calls the message. Postfix gives a queue id late; until then it is the connection and the client that
    /// an administrator can find again.</summary>
    public string Id => LogAddress.Of(mail.QueueId ?? $"{mail.Session.Id}[{mail.Session.ClientAddress?.ToString() ?? mail.Session.ClientHost}]");

    private string Sender => LogAddress.Of(mail.ResolvedSender);

    private long Milliseconds => (long)clock.GetElapsedTime(started).TotalMilliseconds;

    // Each recipient's, of those whose fate is the message's.
    private IEnumerable<string> RuleNames => message.Recipients.Select(recipient => recipient.Decision.RuleName)
        .Concat(message.RefusedRecipients.Select(RuleName));

    public void RecipientRefused(Recipient recipient, RecipientOutcome.Refused refused)
    {
        metrics.RecipientRefused(refused.Refusal.Code, RuleName(refused));
        logger.RecipientRefused(
            Id, Sender, LogAddress.Of(recipient.ResolvedAddress), RuleName(refused), Reply(refused.Refusal), refused.Reason);
    }

    public void WillBeUnchanged(string why) => reason = why;

    public void WillBeRefused(SmtpRefusal refusal, string why) => (refusedWith, reason) = (Reply(refusal), why);

    public void WillBeEncrypted(ProtectionFacts done) => facts = done;

    public void WillBeOpened(OpeningFacts done) => opened = done;

    /// <summary>The MTA has it already, in parts; or some of them, and the rest is refused.</summary>
    public void WasSplit(IReadOnlyList<HandedPart> done) => parts = done;

    public void JournalFailed(JournalException failure) => logger.JournalFailed(Id, failure.Message);

    public void SpoolIsSpent() => metrics.SpoolSpent();

    public void SpoolFailed(SpoolException failure, SmtpRefusal refusal)
    {
        WillBeRefused(refusal, "the spool failed");
        metrics.SpoolFailed();
        logger.SpoolFailed(Id, failure.Message);
    }

    /// <summary>The MTA has this answer.</summary>
    public void Answered(MailVerdict verdict)
    {
        said = true;
        if (message.FalseOrigin is { } falsehood)
            logger.FalseOrigin(Id, falsehood);
        TellForecasts();
        metrics.PerhapsTwice(message.PerhapsTwice);
        switch (verdict)
        {
            case MailVerdict.Changed when facts is { Form: MessageForm.HeadersOnly }:
                metrics.MessageReduced(RuleNames);
                logger.Reduced(
                    Id, Sender, Recipients(), mail.Recipients.Count, Rules(), facts.OriginalBytes, facts.ProtectedBytes, Milliseconds);
                break;
            case MailVerdict.Changed when facts is not null:
                metrics.MessageEncrypted(FormWords.Of(facts.Form), RuleNames);
                logger.Encrypted(
                    Id, Sender, Recipients(), mail.Recipients.Count, Rules(), FormWords.Of(facts.Form), facts.Format,
                    Some(facts.Certificates.Distinct().Select(ShortName)), SignedBy(facts), facts.OriginalBytes, facts.ProtectedBytes, Milliseconds);
                break;
            case MailVerdict.Changed when opened is not null:
                metrics.MessageDecrypted(FormWords.Of(MessageForm.Clear), RuleNames);
                logger.Decrypted(
                    Id, Sender, Recipients(), mail.Recipients.Count, Rules(), opened.Format, opened.Key.ToString(),
                    Signature(opened), opened.OriginalBytes, opened.OpenedBytes, Milliseconds);
                break;
            case MailVerdict.Discarded when parts.Count > 0:
                TellWhole();
                break;
            case MailVerdict.Refused { Reply: var reply }:
                TellParts();
                metrics.MessageRefused(reply.Code, RuleNames);
                string code = $"{reply.Code} {reply.EnhancedStatus}";
                // A refusal that is not ours is the protocol side's: a limit, a time-out, a failure.
                logger.Refused(
                    Id, Sender, Recipients(), mail.Recipients.Count, Rules(), code,
                    code == refusedWith && reason is not null ? reason : reply.Text, Milliseconds);
                break;
            default:
                metrics.MessageUnchanged(RuleNames);
                logger.Unchanged(
                    Id, Sender, Recipients(), mail.Recipients.Count, Rules(), reason ?? "none", Milliseconds);
                break;
        }
    }

    /// <summary>The message is over. One that had recipients and got no answer has its line, too.</summary>
    public void Ended()
    {
        if (said || mail.Recipients.Count == 0)
            return;
        said = true;
        TellParts();
        metrics.MessageAborted(RuleNames);
        logger.Aborted(Id, Sender, Recipients(), mail.Recipients.Count, Rules(), Milliseconds);
    }

    private void TellForecasts()
    {
        foreach (var recipient in message.Recipients)
        {
            if (recipient.WouldBe is not { } forecast)
                continue;
            metrics.Foreseen(forecast.Word, recipient.Decision.RuleName);
            logger.Foreseen(
                Id, Sender, LogAddress.Of(recipient.Address.ToString()), recipient.Decision.RuleName, forecast.Word,
                forecast.Refusal is { } refusal ? Reply(refusal) : "none", forecast.Reason ?? "none");
        }
    }

    /// <summary>What was handed over was, whatever the MTA could be told of the whole.</summary>
    private void TellParts()
    {
        foreach (var part in parts)
            TellPart(part);
    }

    private void TellWhole()
    {
        TellParts();
        if (parts.All(static part => part.Form == MessageForm.Held))
        {
            // Its parts' lines say all.
            metrics.MessageHeld(RuleNames);
            return;
        }
        metrics.MessageSplit(parts.SelectMany(static part => part.Recipients.Select(recipient => (FormWords.Of(part.Form), recipient.Decision.RuleName))));
        logger.Split(Id, Sender, Recipients(), mail.Recipients.Count, Rules(), parts.Count, Milliseconds);
    }

    private void TellPart(HandedPart part)
    {
        string to = Some(part.Recipients.Select(static recipient => $"<{LogAddress.Of(recipient.Address.ToString())}>"));
        string keys = part.Facts is { } made ? Some(made.Certificates.Distinct().Select(ShortName)) : "none";
        metrics.PartHandedOver(FormWords.Of(part.Form), part.WasBefore, part.PerhapsTwice);
        if (part.WasBefore)
            logger.PartWasHandedOver(Id, Sender, to, part.Recipients.Count, FormWords.Of(part.Form));
        else if (part.Form == MessageForm.Held)
        {
            logger.Held(
                Id, Sender, to, part.Recipients.Count, Some(part.Recipients.Select(static one => one.Decision.RuleName).Distinct()),
                Some(part.Recipients.Select(static one => one.Reason ?? "no key").Distinct()), part.QueueId ?? "unknown", keys);
        }
        else
        {
            logger.PartHandedOver(
                Id, Sender, to, part.Recipients.Count, FormWords.Of(part.Form), part.QueueId ?? "unknown", part.Facts?.Format ?? "none",
                keys, part.Facts is { } facts ? SignedBy(facts) : "none", part.PerhapsTwice);
        }
    }

    private static string RuleName(RecipientOutcome.Refused refused) => refused.RuleName ?? "none";

    private static string Reply(SmtpRefusal refusal) => $"{refusal.Code} {refusal.EnhancedStatus}";

    /// <summary>The sixteen digits by which gpg and others name a key.</summary>
    private static string ShortName(Fingerprint fingerprint) => fingerprint.KeyId.ToString();

    private static string SignedBy(ProtectionFacts facts) => facts.SignedBy is { } key
        ? ShortName(key)
        : facts.WhyUnsigned is { } why ? $"none ({why})" : "none";

    private static string Signature(OpeningFacts facts) => facts.Signature switch
    {
        AuthorSignature.Good => $"good ({ShortName(facts.Signer!)})",
        AuthorSignature.Bad => "bad",
        AuthorSignature.Unknown => "unknown",
        _ => "none",
    };

    private static string Some(IEnumerable<string> names)
    {
        var all = names.ToList();
        string some = string.Join(' ', all.Take(MostNamed));
        return all.Count > MostNamed ? $"{some} and {all.Count - MostNamed} more" : some;
    }

    private string Rules() => Some(RuleNames.Distinct());

    private string Recipients() => Some(mail.Recipients.Select(recipient => $"<{LogAddress.Of(recipient.ResolvedAddress)}>"));
}
