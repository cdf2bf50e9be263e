using Microsoft.Extensions.Logging;
using MilterCrypt.Engine;
using MilterCrypt.Engine.Mail;
using MilterCrypt.Milter;
using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.Telemetry;

namespace MilterCrypt.Daemon;

/// <summary>Says in the log what became of one message, made from its outcome.</summary>
internal sealed class MessageReport(MailTransaction mail, TimeProvider clock, ILogger logger)
{
    /// <summary>A message to a thousand people is still one line.</summary>
    private const int MostNamed = 10;

    private readonly long started = clock.GetTimestamp();

    // Postfix gives a queue id late; until then it is the connection and the client that an administrator can find again.
    private string Id => mail.QueueId ?? $"{mail.SessionId}[{mail.ClientAddress?.ToString() ?? mail.ClientHost}]";

    private long Milliseconds => (long)clock.GetElapsedTime(started).TotalMilliseconds;

    public void RecipientRefused(Recipient recipient, RecipientOutcome.Refused refused) => logger.RecipientRefused(
        Id, mail.Sender, recipient.Address, refused.RuleName ?? "none", Reply(refused.Refusal), refused.Reason);

    public void Unchanged(OutgoingMessage message, string reason) => logger.Unchanged(
        Id, mail.Sender, Recipients(), mail.Recipients.Count, Rules(message), reason, Milliseconds);

    public void Refused(OutgoingMessage message, SmtpRefusal refusal, string reason) => logger.Refused(
        Id, mail.Sender, Recipients(), mail.Recipients.Count, Rules(message), Reply(refusal), reason, Milliseconds);

    public void Encrypted(OutgoingMessage message, ProtectionFacts facts) => logger.Encrypted(
        Id, mail.Sender, Recipients(), mail.Recipients.Count, Rules(message), FormName(facts.Form), facts.Format,
        Some(facts.Certificates.Distinct().Select(ShortName)), facts.OriginalBytes, facts.ProtectedBytes, Milliseconds);

    public void SpoolFailed(SpoolException failure) => logger.SpoolFailed(Id, failure.Message);

    private static string Reply(SmtpRefusal refusal) => $"{refusal.Code} {refusal.EnhancedStatus}";

    private static string FormName(MessageForm form) => form == MessageForm.OpenPgp ? "openpgp" : "clear";

    /// <summary>The sixteen digits by which gpg and others name a key.</summary>
    private static string ShortName(Fingerprint fingerprint) => fingerprint.KeyId.ToString();

    private static string Rules(OutgoingMessage message) =>
        Some(message.Recipients.Select(recipient => recipient.Decision.RuleName).Distinct());

    private static string Some(IEnumerable<string> names)
    {
        var all = names.ToList();
        string some = string.Join(' ', all.Take(MostNamed));
        return all.Count > MostNamed ? $"{some} and {all.Count - MostNamed} more" : some;
    }

    private string Recipients() => Some(mail.Recipients.Select(recipient => $"<{recipient.Address}>"));
}
