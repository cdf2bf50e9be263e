using System.Diagnostics.CodeAnalysis;
using System.IO.Pipelines;

namespace MilterCrypt.Milter;

/// <summary>One message's filter: its methods are called in this order and never at the same time, and it is
/// disposed once, whatever became of the message. One that ends before <see cref="BodyAsync"/> was called has
/// been aborted.</summary>
public interface IMessageHandler : IAsyncDisposable
{
    /// <summary>Asked at MAIL FROM, as soon as the handler is there.</summary>
    ValueTask<StepReply> SenderAsync(CancellationToken cancellationToken) => ValueTask.FromResult(StepReply.Continue);

    /// <summary>Asked at each RCPT TO, so that a refusal reaches the sender for that recipient alone.</summary>
    /// <param name="recipient">Who it is for. One who is accepted joins <see cref="MailTransaction.Recipients"/> after
    /// the answer.</param>
    /// <param name="cancellationToken">Cancelled when the answer comes too late, or the MTA is lost.</param>
    ValueTask<RecipientReply> RecipientAsync(Recipient recipient, CancellationToken cancellationToken) =>
        ValueTask.FromResult(RecipientReply.Accept);

    /// <summary>Asked at DATA (BDAT counts as one), where <see cref="IMailFilter.Steps"/> names it and the MTA speaks
    /// version 4 or later: all recipients are known, nothing of the message is.</summary>
    ValueTask<StepReply> DataAsync(CancellationToken cancellationToken) => ValueTask.FromResult(StepReply.Continue);

    /// <summary>Asked when the header is complete: settle the message now, unchanged, so that its body never
    /// crosses the socket, or ask for the body, which is the default.</summary>
    ValueTask<HeaderDecision> HeaderAsync(CancellationToken cancellationToken) => ValueTask.FromResult(HeaderDecision.ReadBody);

    /// <summary>Reads the body while it arrives and returns what to answer at end of message. It may return before the
    /// body has ended: what is left of it is passed over, and the answer is given at end of message all the same.</summary>
    /// <param name="body">The body's bytes as the MTA sent them. It ends normally at end of message only: an abort,
    /// a lost peer or a time-out make it throw <see cref="MessageAbortedException"/>, so half a message never looks
    /// whole.</param>
    /// <param name="cancellationToken">Cancelled when the message is aborted or its deadline has passed.</param>
    ValueTask<MailVerdict> BodyAsync(PipeReader body, CancellationToken cancellationToken);

    /// <summary>Told once, before disposal, what the MTA was really answered for the whole message, after the answer was
    /// sent to its last byte. Not told when there was none: the message was aborted, or the MTA lost.</summary>
    /// <param name="verdict">The answer: what this handler decided, or this library's refusal where the handler failed,
    /// took too long, or was not asked (too large a header, too many recipients).</param>
    void Answered(MailVerdict verdict)
    {
        // Most filters keep no accounts.
    }

    /// <summary>What a handler holds is given back here; by default it holds nothing.</summary>
    [SuppressMessage("Usage", "CA1816", Justification = "A finalizer of a handler is the handler's own business.")]
    ValueTask IAsyncDisposable.DisposeAsync() => ValueTask.CompletedTask;
}
