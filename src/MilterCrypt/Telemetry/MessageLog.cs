using Microsoft.Extensions.Logging;

namespace MilterCrypt.Telemetry;

/// <summary>What is said about mail: one line for each message and for each refused recipient, the queue id first, never
/// anything of its content.</summary>
internal static partial class MessageLog
{
    [LoggerMessage(10, LogLevel.Information,
        "{QueueId}: from=<{Sender}>, to={Recipients}, recipients={RecipientCount}, rule={Rules}, outcome=encrypted, form={Form}, format={Format}, keys={Keys}, signed-by={SignedBy}, bytes={BytesIn}, bytes-out={BytesOut}, ms={Milliseconds}")]
    public static partial void Encrypted(
        this ILogger logger, string queueId, string sender, string recipients, int recipientCount, string rules, string form,
        string format, string keys, string signedBy, long bytesIn, long bytesOut, long milliseconds);

    [LoggerMessage(11, LogLevel.Information,
        "{QueueId}: from=<{Sender}>, to={Recipients}, recipients={RecipientCount}, rule={Rules}, outcome=unchanged, reason={Reason}, ms={Milliseconds}")]
    public static partial void Unchanged(
        this ILogger logger, string queueId, string sender, string recipients, int recipientCount, string rules, string reason,
        long milliseconds);

    [LoggerMessage(12, LogLevel.Information,
        "{QueueId}: from=<{Sender}>, to={Recipients}, recipients={RecipientCount}, rule={Rules}, outcome=refused, reply={Reply}, reason={Reason}, ms={Milliseconds}")]
    public static partial void Refused(
        this ILogger logger, string queueId, string sender, string recipients, int recipientCount, string rules, string reply,
        string reason, long milliseconds);

    [LoggerMessage(13, LogLevel.Information,
        "{QueueId}: from=<{Sender}>, to=<{Recipient}>, rule={Rule}, outcome=recipient-refused, reply={Reply}, reason={Reason}")]
    public static partial void RecipientRefused(
        this ILogger logger, string queueId, string sender, string recipient, string rule, string reply, string reason);

    [LoggerMessage(16, LogLevel.Information,
        "{QueueId}: from=<{Sender}>, to={Recipients}, recipients={RecipientCount}, rule={Rules}, outcome=decrypted, format={Format}, key={Key}, signature={Signature}, bytes={BytesIn}, bytes-out={BytesOut}, ms={Milliseconds}")]
    public static partial void Decrypted(
        this ILogger logger, string queueId, string sender, string recipients, int recipientCount, string rules, string format,
        string key, string signature, long bytesIn, long bytesOut, long milliseconds);

    [LoggerMessage(17, LogLevel.Information,
        "{QueueId}: from=<{Sender}>, to={Recipients}, recipients={RecipientCount}, outcome=handed-over, form={Form}, as={InjectedId}, format={Format}, keys={Keys}, signed-by={SignedBy}, perhaps-twice={PerhapsTwice}")]
    public static partial void PartHandedOver(
        this ILogger logger, string queueId, string sender, string recipients, int recipientCount, string form, string injectedId, string format,
        string keys, string signedBy, int perhapsTwice);

    [LoggerMessage(18, LogLevel.Information,
        "{QueueId}: from=<{Sender}>, to={Recipients}, recipients={RecipientCount}, outcome=handed-over-before, form={Form}")]
    public static partial void PartWasHandedOver(
        this ILogger logger, string queueId, string sender, string recipients, int recipientCount, string form);

    [LoggerMessage(19, LogLevel.Information,
        "{QueueId}: from=<{Sender}>, to={Recipients}, recipients={RecipientCount}, rule={Rules}, outcome=split, parts={Parts}, ms={Milliseconds}")]
    public static partial void Split(
        this ILogger logger, string queueId, string sender, string recipients, int recipientCount, string rules, int parts, long milliseconds);

    [LoggerMessage(21, LogLevel.Information,
        "{QueueId}: from=<{Sender}>, to={Recipients}, recipients={RecipientCount}, rule={Rules}, outcome=reduced, bytes={BytesIn}, bytes-out={BytesOut}, ms={Milliseconds}")]
    public static partial void Reduced(
        this ILogger logger, string queueId, string sender, string recipients, int recipientCount, string rules, long bytesIn, long bytesOut,
        long milliseconds);

    [LoggerMessage(22, LogLevel.Information,
        "{QueueId}: from=<{Sender}>, to=<{Recipient}>, rule={Rule}, would-be={WouldBe}, reply={Reply}, reason={Reason}")]
    public static partial void Foreseen(
        this ILogger logger, string queueId, string sender, string recipient, string rule, string wouldBe, string reply, string reason);

    [LoggerMessage(23, LogLevel.Warning, "{QueueId}: what seems to be the first hop's word of it does not count: {Reason}")]
    public static partial void FalseOrigin(this ILogger logger, string queueId, string reason);

    [LoggerMessage(24, LogLevel.Information,
        "{QueueId}: from=<{Sender}>, to={Recipients}, recipients={RecipientCount}, rule={Rules}, outcome=held, reason={Reason}, as={HeldId}, keys={Keys}")]
    public static partial void Held(
        this ILogger logger, string queueId, string sender, string recipients, int recipientCount, string rules, string reason, string heldId, string keys);

    [LoggerMessage(20, LogLevel.Error, "{QueueId}: the journal: {Reason}")]
    public static partial void JournalFailed(this ILogger logger, string queueId, string reason);

    [LoggerMessage(15, LogLevel.Information,
        "{QueueId}: from=<{Sender}>, to={Recipients}, recipients={RecipientCount}, rule={Rules}, outcome=aborted, ms={Milliseconds}")]
    public static partial void Aborted(
        this ILogger logger, string queueId, string sender, string recipients, int recipientCount, string rules, long milliseconds);

    [LoggerMessage(14, LogLevel.Error, "{QueueId}: {Reason}; the message gets a temporary failure")]
    public static partial void SpoolFailed(this ILogger logger, string queueId, string reason);
}
