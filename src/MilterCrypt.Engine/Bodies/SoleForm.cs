using System.IO.Pipelines;
using MilterCrypt.Engine.Mail;

namespace MilterCrypt.Engine.Bodies;

/// <summary>A message that all of its recipients get in one form: the message itself is rewritten.</summary>
internal sealed class SoleForm(IBodyForm form) : IBodyWork
{
    /// <inheritdoc/>
    public bool MayBeEncryptedAlready => form.MayBeEncryptedAlready;

    /// <inheritdoc/>
    public async ValueTask<MessageOutcome> ReadAsync(PipeReader body, string messageId, CancellationToken cancellationToken)
    {
        if (await form.BeginAsync(messageId, cancellationToken).ConfigureAwait(false) is { } settled)
            return settled;
        await foreach (var piece in BodyPieces.ReadAsync(body, cancellationToken).ConfigureAwait(false))
        {
            if (await form.WriteAsync(piece, cancellationToken).ConfigureAwait(false) is { } ended)
                return ended;
        }
        return await form.CompleteAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => form.DisposeAsync();
}
