using System.IO.Pipelines;
using System.Security.Cryptography;
using MilterCrypt.Engine.Mail;
using MilterCrypt.Engine.OpenPgpMime;
using MilterCrypt.OpenPgp.Messages;

namespace MilterCrypt.Engine;

/// <summary>One message on its way out: told its recipients one by one, then its header, then its body, in this order.
/// Owned by whoever began it; not safe for use by several threads.</summary>
public sealed class OutgoingMessage : IAsyncDisposable
{
    private readonly RecipientDecider decider;
    private readonly SpoolOptions spoolOptions;
    private readonly SpoolBudget budget;
    private readonly EncryptionOptions encryption;
    private readonly List<RecipientOutcome.Accepted> accepted = [];
    private readonly List<RecipientOutcome.Refused> refused = [];
    private readonly MessageKeys keys = new();
    private IReadOnlyList<HeaderField> header = [];
    private EncryptedBodyScanner? scanner;
    private Spool? spool;

    internal OutgoingMessage(
        RecipientDecider decider, SpoolOptions spoolOptions, SpoolBudget budget, EncryptionOptions encryption)
    {
        this.decider = decider;
        this.spoolOptions = spoolOptions;
        this.budget = budget;
        this.encryption = encryption;
    }

    /// <summary>The recipients that were accepted, in their order.</summary>
    public IReadOnlyList<RecipientOutcome.Accepted> Recipients => accepted;

    /// <summary>The recipients with whom the message as a whole will be refused, since they can't be by themselves.</summary>
    public IReadOnlyList<RecipientOutcome.Refused> RefusedRecipients => refused;

    /// <summary>Whether what <see cref="ReadBodyAsync"/> has seen so far may be a message that is encrypted already: then it
    /// may leave as it came, and every whole line of it so far is ciphertext or structure. To be asked only while that
    /// waits for more, or has ended.</summary>
    public bool MayBeEncryptedAlready => scanner is { IsRefused: false };

    /// <summary>Asked at RCPT TO.</summary>
    /// <param name="address">The address without angle brackets, UTF-8 decoded.</param>
    public RecipientOutcome AddRecipient(string address)
    {
        var outcome = decider.Decide(address, accepted.Count > 0 ? accepted[0].Form : null, keys, out var key);
        switch (outcome)
        {
            case RecipientOutcome.Accepted recipient:
                accepted.Add(recipient);
                if (key is not null)
                    keys.Add(key);
                break;
            case RecipientOutcome.RefusedWithMessage later:
                refused.Add(later.Refusal);
                break;
        }
        return outcome;
    }

    /// <summary>Asked once, when the header is complete.</summary>
    /// <param name="fields">All fields, in their order.</param>
    public HeaderOutcome ReadHeader(IReadOnlyList<HeaderField> fields)
    {
        header = fields;
        if (decider.RefuseWhole(accepted, refused) is { } refusal)
            return refusal;
        return accepted[0].Form == MessageForm.Clear ? new HeaderOutcome.Unchanged(WhyClear()) : new HeaderOutcome.BodyWanted();
    }

    /// <summary>Reads the body to its end and encrypts it meanwhile; called only after <see cref="ReadHeader"/> asked for
    /// it. The reader is left to the caller to complete.</summary>
    /// <param name="body">The body's bytes. Its end means that the message is complete: whoever writes it must make it
    /// throw where the message breaks off.</param>
    /// <param name="cancellationToken">Cancelled when the message is aborted or its deadline has passed.</param>
    /// <exception cref="SpoolException">The disk failed; a temporary failure.</exception>
    /// <exception cref="CryptographicException">The system's cryptography failed.</exception>
    public async ValueTask<MessageOutcome> ReadBodyAsync(PipeReader body, CancellationToken cancellationToken)
    {
        if (!Spool.TryOpen(spoolOptions, budget, out spool))
            return NoRoom("no room in memory");

        scanner = EncryptedBodyScanner.For(header);
        using var writer = PgpMimeWriter.Begin(header, keys.All, spool, encryption);
        for (bool whole = false; !whole;)
        {
            whole = writer.WriteHead();
            if (!await spool.FlushAsync(cancellationToken).ConfigureAwait(false))
                return NoRoom("no room in the spool");
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
                return NoRoom("no room in the spool");
        }
        if (scanner is not null && AlreadyEncrypted.IsFor(keys.ByCertificate, scanner.Complete()))
            return new MessageOutcome.Unchanged("already encrypted");

        writer.Complete();
        if (!await spool.FlushAsync(cancellationToken).ConfigureAwait(false))
            return NoRoom("no room in the spool");
        return new MessageOutcome.Rewritten(writer.Header, spool.OpenRead(), new ProtectionFacts(
            MessageForm.OpenPgp, writer.Format, keys.Certificates, length, spool.Length));
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        scanner?.Dispose();
        return spool?.DisposeAsync() ?? ValueTask.CompletedTask;
    }

    private static MessageOutcome.Refused NoRoom(string reason) => new(RefusalWording.Busy(), reason) { IsForSpace = true };

    private string WhyClear() =>
        string.Join(", ", accepted.Select(recipient => recipient.Reason ?? recipient.Decision.RuleName).Distinct().Take(3));
}
