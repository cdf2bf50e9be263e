namespace MilterCrypt.Milter;

/// <summary>What a filter is to this library: something that has a handler for each message. A filter may also answer the
/// steps before any message; each of those is asked only where <see cref="Steps"/> names it.</summary>
public interface IMailFilter
{
    /// <summary>Which steps this filter answers beyond those of every filter. Read when an MTA connects.</summary>
    FilterSteps Steps => FilterSteps.None;

    /// <summary>A new message begins (MAIL FROM); its handler lives until the verdict or ABORT.</summary>
    /// <param name="mail">What is known of the message so far. It grows with each stage and stays the same object
    /// until the handler is disposed.</param>
    IMessageHandler Begin(MailTransaction mail);

    /// <summary>Asked when a client connects. One whose filter fails here is refused with 451 until it connects
    /// again.</summary>
    /// <param name="session">Who it is.</param>
    /// <param name="cancellationToken">Cancelled when the answer comes too late, or the MTA is lost.</param>
    ValueTask<StepReply> ConnectAsync(SmtpSession session, CancellationToken cancellationToken) =>
        ValueTask.FromResult(StepReply.Continue);

    /// <summary>Asked at each HELO or EHLO.</summary>
    /// <param name="session">Who the client is, its TLS included.</param>
    /// <param name="cancellationToken">Cancelled when the answer comes too late, or the MTA is lost.</param>
    ValueTask<StepReply> HeloAsync(SmtpSession session, CancellationToken cancellationToken) =>
        ValueTask.FromResult(StepReply.Continue);

    /// <summary>Asked at each command that the MTA does not know. It is refused in any case; this is about the
    /// words.</summary>
    /// <param name="session">Who the client is.</param>
    /// <param name="commandLine">The whole command, without its line ending; bytes that are no UTF-8 are replaced.</param>
    /// <param name="cancellationToken">Cancelled when the answer comes too late, or the MTA is lost.</param>
    /// <returns><see cref="StepReply.Continue"/> or a refusal.</returns>
    ValueTask<StepReply> UnknownAsync(SmtpSession session, string commandLine, CancellationToken cancellationToken) =>
        ValueTask.FromResult(StepReply.Continue);
}
