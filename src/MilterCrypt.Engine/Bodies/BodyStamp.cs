using MilterCrypt.Engine.Hops;

namespace MilterCrypt.Engine.Bodies;

/// <summary>Leaves a body as it is, and says to the hop behind the queue who handed it in.</summary>
internal sealed class BodyStamp(OriginSealer sealer) : IBodyForm
{
    /// <inheritdoc/>
    public bool MayBeEncryptedAlready => false;

    /// <inheritdoc/>
    public ValueTask<MessageOutcome?> BeginAsync(string messageId, CancellationToken cancellationToken) => ValueTask.FromResult<MessageOutcome?>(null);

    /// <inheritdoc/>
    public ValueTask<MessageOutcome?> WriteAsync(ReadOnlyMemory<byte> piece, CancellationToken cancellationToken)
    {
        sealer.Write(piece.Span);
        return ValueTask.FromResult<MessageOutcome?>(null);
    }

    /// <inheritdoc/>
    public ValueTask<MessageOutcome> CompleteAsync(CancellationToken cancellationToken) =>
        ValueTask.FromResult<MessageOutcome>(new MessageOutcome.Unchanged("left to the hop behind the queue") { Header = [sealer.Finish()] });

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        sealer.Dispose();
        return ValueTask.CompletedTask;
    }
}
