using MilterCrypt.Engine.Mail;
using MilterCrypt.Engine.Mail.Reports;

namespace MilterCrypt.Engine.Bodies;

/// <summary>Takes the content out of a report that can't be encrypted.</summary>
/// <param name="header">Its fields.</param>
/// <param name="host">The name of this host, for the notice.</param>
internal sealed class BodyReduction(IReadOnlyList<HeaderField> header, string host) : IBodyForm
{
    private readonly ReportReducer reducer = ReportReducer.Begin(header, host);
    private long length;

    /// <inheritdoc/>
    public bool MayBeEncryptedAlready => false;

    /// <inheritdoc/>
    public ValueTask<MessageOutcome?> BeginAsync(string messageId, CancellationToken cancellationToken) => ValueTask.FromResult<MessageOutcome?>(null);

    /// <inheritdoc/>
    public ValueTask<MessageOutcome?> WriteAsync(ReadOnlyMemory<byte> piece, CancellationToken cancellationToken)
    {
        length += piece.Length;
        reducer.Write(piece.Span);
        return ValueTask.FromResult<MessageOutcome?>(null);
    }

    /// <inheritdoc/>
    public ValueTask<MessageOutcome> CompleteAsync(CancellationToken cancellationToken)
    {
        var reduced = reducer.Complete();
        return ValueTask.FromResult<MessageOutcome>(new MessageOutcome.Rewritten(
            reduced.Changes,
            new MemoryStream(reduced.Body.ToArray(), writable: false),
            new ProtectionFacts(MessageForm.HeadersOnly, "none", [], length, reduced.Body.Length)));
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        reducer.Dispose();
        return ValueTask.CompletedTask;
    }
}
