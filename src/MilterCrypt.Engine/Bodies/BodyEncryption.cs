using MilterCrypt.Engine.Custody;
using MilterCrypt.Engine.Deciding;
using MilterCrypt.Engine.Mail;
using MilterCrypt.Engine.OpenPgpMime;
using MilterCrypt.OpenPgp.Messages;
using MilterCrypt.OpenPgp.Signatures;

namespace MilterCrypt.Engine.Bodies;

/// <summary>Encrypts a body to its recipients' keys, signed inside where that is wished, unless it turns out to be encrypted to
/// them already.</summary>
internal sealed class BodyEncryption(
    IReadOnlyList<HeaderField> header, MessageGroup group, SignerDecider signing, MessageMeans means) : IBodyForm
{
    private readonly MessageKeys keys = group.Keys;
    private EncryptedBodyScanner? scanner;
    private Spool? spool;
    private PgpMimeWriter? writer;
    private SigningChoice? signer;
    private string id = "";
    private long length;

    /// <inheritdoc/>
    public bool MayBeEncryptedAlready => scanner is { IsRefused: false };

    /// <inheritdoc/>
    public async ValueTask<MessageOutcome?> BeginAsync(string messageId, CancellationToken cancellationToken)
    {
        id = messageId;
        if (!Spool.TryOpen(means.Spool, means.Budget, out spool))
            return MessageOutcome.Refused.NoRoom("no room in memory");

        // Asked while the sender is still busy with the body: whoever can't sign is told as early as can be.
        signer = await signing.DecideAsync(cancellationToken).ConfigureAwait(false);
        scanner = EncryptedBodyScanner.For(header);
        // What turns out to be encrypted already is not refused for a signature that it would not get.
        if (signer is SigningChoice.Impossible impossible && scanner is null)
            return new MessageOutcome.Refused(impossible.Refusal, impossible.Reason);

        writer = PgpMimeWriter.Begin(header, keys.All, spool, Options(signer));
        for (bool whole = false; !whole;)
        {
            whole = writer.WriteHead();
            if (!await spool.FlushAsync(cancellationToken).ConfigureAwait(false))
                return MessageOutcome.Refused.NoRoom("no room in the spool");
            cancellationToken.ThrowIfCancellationRequested();
            if (!whole)
                await Task.Yield();
        }
        return null;
    }

    /// <inheritdoc/>
    public async ValueTask<MessageOutcome?> WriteAsync(ReadOnlyMemory<byte> piece, CancellationToken cancellationToken)
    {
        length += piece.Length;
        scanner?.Write(piece.Span);
        writer!.Write(piece.Span);
        return await spool!.FlushAsync(cancellationToken).ConfigureAwait(false) ? null : MessageOutcome.Refused.NoRoom("no room in the spool");
    }

    /// <inheritdoc/>
    public async ValueTask<MessageOutcome> CompleteAsync(CancellationToken cancellationToken)
    {
        if (scanner is not null && AlreadyEncrypted.IsFor(keys.ByCertificate, scanner.Complete()))
            return new MessageOutcome.Unchanged("already encrypted");
        if (signer is SigningChoice.Impossible late)
            return new MessageOutcome.Refused(late.Refusal, late.Reason);

        if (means.IsRehearsal)
            return new MessageOutcome.Rewritten([], Stream.Null, Facts(0));
        writer!.Complete(await SignAsync(writer.Finish(), cancellationToken).ConfigureAwait(false));
        if (!await spool!.FlushAsync(cancellationToken).ConfigureAwait(false))
            return MessageOutcome.Refused.NoRoom("no room in the spool");
        return new MessageOutcome.Rewritten(writer.Header, spool.OpenRead(), Facts(spool.Length));
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        writer?.Dispose();
        scanner?.Dispose();
        return spool?.DisposeAsync() ?? ValueTask.CompletedTask;
    }

    private ProtectionFacts Facts(long protectedBytes) => new(MessageForm.OpenPgp, writer!.Format, keys.Certificates, length, protectedBytes)
    {
        SignedBy = (signer as SigningChoice.Author)?.Key.Fingerprint,
        WhyUnsigned = (signer as SigningChoice.Nobody)?.Reason,
    };

    private EncryptionOptions Options(SigningChoice choice) => choice is SigningChoice.Author author
        ? means.Encryption with
        {
            Signers = [author.Key],
            SignersUserId = author.UserId,
            NamesIntendedRecipients = signing.MayNameRecipients(group.Recipients),
        }
        : means.Encryption;

    private async ValueTask<IReadOnlyList<Signature>> SignAsync(IReadOnlyList<PendingSignature> pending, CancellationToken cancellationToken)
    {
        if (pending.Count == 0 || signer is not SigningChoice.Author author)
            return [];
        var use = new KeyUse(id, $"<{author.Address}>");
        return [await means.OwnKeys!.Source.SignAsync(pending[0], use, cancellationToken).ConfigureAwait(false)];
    }
}
