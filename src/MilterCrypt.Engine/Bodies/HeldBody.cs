using System.IO.Pipelines;
using MilterCrypt.Engine.Mail;

namespace MilterCrypt.Engine.Bodies;

/// <summary>A body that waits, sealed, since what is made of it hangs on its length. Owned by its message.</summary>
internal sealed class HeldBody(MessageMeans means) : IAsyncDisposable
{
    private SealedSpool? spool;

    /// <summary>Its length, once it was read.</summary>
    internal long Length => spool!.Length;

    /// <summary>Takes all of it.</summary>
    /// <returns>Whether there was room.</returns>
    internal async ValueTask<bool> ReadAsync(PipeReader body, CancellationToken cancellationToken)
    {
        if (!SealedSpool.TryOpen(means.Spool, means.Budget, means.Encryption.Buffers, means.Encryption.Random, out spool))
            return false;
        await foreach (var piece in BodyPieces.ReadAsync(body, cancellationToken).ConfigureAwait(false))
        {
            spool.Write(piece.Span);
            if (!await spool.FlushAsync(cancellationToken).ConfigureAwait(false))
                return false;
        }
        return await spool.CompleteAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Gives it once more.</summary>
    internal PipeReader OpenRead() =>
        PipeReader.Create(spool!.OpenRead(), new StreamPipeReaderOptions(means.Encryption.Buffers, BodyPieces.MaxLength));

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => spool?.DisposeAsync() ?? ValueTask.CompletedTask;
}
