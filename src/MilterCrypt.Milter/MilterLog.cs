using Microsoft.Extensions.Logging;

namespace MilterCrypt.Milter;

/// <summary>All that this library logs. A message is named by its queue id, or by its session while it has none.</summary>
internal static partial class MilterLog
{
    [LoggerMessage(1, LogLevel.Error, "{Message}: the filter failed; the MTA is told to try again later")]
    public static partial void HandlerFailed(ILogger logger, Exception? failure, string message);

    [LoggerMessage(2, LogLevel.Error, "{Message}: the filter took longer than {Limit}; the MTA is told to try again later")]
    public static partial void HandlerTooSlow(ILogger logger, string message, TimeSpan limit);

    [LoggerMessage(3, LogLevel.Error, "{Message}: the filter's changes can't be sent; the MTA is told to try again later")]
    public static partial void ChangesFailed(ILogger logger, Exception? failure, string message);

    [LoggerMessage(4, LogLevel.Warning, "{Session}: the MTA breaks the milter protocol: {Breach}")]
    public static partial void ProtocolBroken(ILogger logger, string session, string breach);

    [LoggerMessage(5, LogLevel.Warning, "{Session}: connection closed: {Reason}")]
    public static partial void ConnectionGivenUp(ILogger logger, string session, string reason);

    [LoggerMessage(6, LogLevel.Debug, "{Session}: connection lost: {Reason}")]
    public static partial void ConnectionLost(ILogger logger, string session, string reason);

    [LoggerMessage(7, LogLevel.Debug, "{Message}: aborted: {Reason}")]
    public static partial void MessageAborted(ILogger logger, string message, string reason);

    [LoggerMessage(8, LogLevel.Error, "{Session}: connection closed: the session failed")]
    public static partial void SessionFailed(ILogger logger, Exception failure, string session);

    [LoggerMessage(9, LogLevel.Error, "{Message}: the filter failed when the message had ended")]
    public static partial void HandlerEndFailed(ILogger logger, Exception failure, string message);

    [LoggerMessage(10, LogLevel.Warning, "{Message}: too many recipients: the MTA is told to send to those behind the first {Count} separately")]
    public static partial void TooManyRecipients(ILogger logger, string message, int count);

    [LoggerMessage(11, LogLevel.Warning, "{Listener}: {Limit} connections are open; mail of further ones is deferred with 451 4.3.2")]
    public static partial void TooManyConnections(ILogger logger, string listener, int limit);

    [LoggerMessage(12, LogLevel.Warning, "{Listener}: file descriptors run short ({Limit} allowed); mail of further connections is deferred with 451 4.3.2")]
    public static partial void TooFewDescriptors(ILogger logger, string listener, long limit);

    [LoggerMessage(13, LogLevel.Warning, "{Listener}: as many connections again are waiting for a place; further ones are closed at once")]
    public static partial void ConnectionsClosed(ILogger logger, string listener);

    [LoggerMessage(14, LogLevel.Warning, "{Message}: not finished when the server had to stop; the MTA is told to try again later")]
    public static partial void MessageStopped(ILogger logger, string message);

    [LoggerMessage(15, LogLevel.Debug, "{Session}: connected to {Listener} by a process of user {User}, group {Group} ({Process})")]
    public static partial void Connected(ILogger logger, string session, string listener, uint user, uint group, int process);
}
