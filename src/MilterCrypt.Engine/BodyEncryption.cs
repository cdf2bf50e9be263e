using System.IO.Pipelines;
using MilterCrypt.Engine.Mail;
using MilterCrypt.Engine.OpenPgpMime;

namespace MilterCrypt.Engine;

/// <summary>Encrypts a body to its recipients' keys, unless it turns out to be encrypted to them already.</summary>
internal sealed class BodyEncryption(IReadOnlyList<HeaderField> header, MessageKeys keys, MessageMeans means) : IBodyWork
{
    private EncryptedBodyScanner? scanner;
    private Spool? spool;

    /// <inheritdoc/>
    public bool MayBeEncryptedAlready => scanner is { IsRefused: false };

    /// <inheritdoc/>
    public async ValueTask<MessageOutcome> ReadAsync(PipeReader body, string messageId, CancellationToken cancellationToken)
    {
        if (!Spool.TryOpen(means.Spool, means.Budget, out spool))
            return MessageOutcome.Refused.NoRoom("no room in memory");

        scanner = EncryptedBodyScanner.For(header);
        using var writer = PgpMimeWriter.Begin(header, keys.All, spool, means.Encryption);
        for (bool whole = false; !whole;)
        {
            whole = writer.WriteHead();
            if (!await spool.FlushAsync(cancellationToken).ConfigureAwait(false))
                return MessageOutcome.Refused.NoRoom("no room in the spool");
            cancellationToken.ThrowIfCancellationRequested();
            if (!whole)
                await Task.Yield();
        }

        long length = 0;
        await foreach (var piece in BodyPieces.ReadAsync(body, cancellationToken).ConfigureAwait(false))
        {
            length += piece.Length;
            scanner?.Write(piece.Span);
            writer.Write(piece.Span);
            if (!await spool.FlushAsync(cancellationToken).ConfigureAwait(false))
                return MessageOutcome.Refused.NoRoom("no room in the spool");
        }
        if (scanner is not null && AlreadyEncrypted.IsFor(keys.ByCertificate, scanner.Complete()))
            return new MessageOutcome.Unchanged("already encrypted");

        writer.Complete();
        if (!await spool.FlushAsync(cancellationToken).ConfigureAwait(false))
            return MessageOutcome.Refused.NoRoom("no room in the spool");
        return new MessageOutcome.Rewritten(writer.Header, spool.OpenRead(), new ProtectionFacts(
            MessageForm.OpenPgp, writer.Format, keys.Certificates, length, spool.Length));
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        scanner?.Dispose();
        return spool?.DisposeAsync() ?? ValueTask.CompletedTask;
    }
}
