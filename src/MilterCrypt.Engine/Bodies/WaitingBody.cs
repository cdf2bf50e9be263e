using System.IO.Pipelines;
using MilterCrypt.Engine.Hops;
using MilterCrypt.Engine.Mail;

namespace MilterCrypt.Engine.Bodies;

/// <summary>A body that waits, sealed, since what is made of it hangs on its length, or on who is proven to have handed it in. Owned
/// by its message, which disposes of the opener, too.</summary>
internal sealed class WaitingBody(MessageMeans means, OriginOpener? origin) : IAsyncDisposable
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
            origin?.Write(piece.Span);
            spool.Write(piece.Span);
            if (!await spool.FlushAsync(cancellationToken).ConfigureAwait(false))
                return false;
        }
        return await spool.CompleteAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>What was found out about who handed it in; null where that is not the question.</summary>
    internal OriginFinding? Finish() => origin?.Finish();

    /// <summary>Gives it once more, from its start; to one reader at a time.</summary>
    internal Stream OpenRead() => spool!.OpenRead();

    /// <summary>The same, for what takes a body as an MTA gives it.</summary>
    internal PipeReader OpenPipe() =>
        PipeReader.Create(OpenRead(), new StreamPipeReaderOptions(means.Encryption.Buffers, BodyPieces.MaxLength));

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        origin?.Dispose();
        return spool?.DisposeAsync() ?? ValueTask.CompletedTask;
    }
}
