using MilterCrypt.Engine.Custody;
using MilterCrypt.Engine.Deciding;
using MilterCrypt.Engine.Mail;
using MilterCrypt.Engine.OpenPgpMime;
using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Messages;
using MilterCrypt.OpenPgp.Packets;

namespace MilterCrypt.Engine.Bodies;

/// <summary>Opens a body for its recipient. What comes out is kept sealed, and shown to nobody before it is proven to be what
/// somebody encrypted; whatever goes wrong, the message stays as it came.</summary>
internal sealed class BodyDecryption(
    IReadOnlyList<HeaderField> header, Opening.For opening, DateTimeOffset at, OwnKeys keys, MessageMeans means) : IBodyForm
{
    /// <summary>The most that comes out of a message. A spool for less holds less.</summary>
    private const long MaxLength = 256L << 20;

    /// <summary>Compressed text grows a thousandfold: so many bytes of armor become some MiB before others have their turn.</summary>
    private const int Slice = 8 * 1024;

    private readonly EncryptedPartReader parts = new(opening.Boundary);
    private SealedSpool? spool;
    private SealedText? text;
    private MessageReader? reader;
    private Stream? opened;
    private KeyId? usedKey;
    private string id = "";
    private long length;

    /// <inheritdoc/>
    public bool MayBeEncryptedAlready => false;

    // The spool takes a little more than what it holds.
    private long Limit => Math.Min(MaxLength, Math.Max(means.Budget.Disk, means.Spool.MemoryPerMessage) / 16 * 15);

    /// <inheritdoc/>
    public ValueTask<MessageOutcome?> BeginAsync(string messageId, CancellationToken cancellationToken)
    {
        id = messageId;
        if (means.IsRehearsal)
            return ValueTask.FromResult<MessageOutcome?>(new MessageOutcome.Unchanged("not opened: it is only asked what would become of it"));
        if (!SealedSpool.TryOpen(means.Spool, means.Budget, means.Encryption.Buffers, means.Encryption.Random, out spool))
            return ValueTask.FromResult<MessageOutcome?>(MessageOutcome.Refused.NoRoom("no room in memory"));
        text = new SealedText(spool, Limit);
        reader = new MessageReader(text, new ReadingOptions
        {
            Clock = means.Encryption.Time,
            MaxLength = Limit,
            Buffers = means.Encryption.Buffers,
        });
        return ValueTask.FromResult<MessageOutcome?>(null);
    }

    /// <inheritdoc/>
    public async ValueTask<MessageOutcome?> WriteAsync(ReadOnlyMemory<byte> piece, CancellationToken cancellationToken)
    {
        length += piece.Length;
        for (int start = 0; start < piece.Length; start += Slice)
        {
            parts.Write(piece.Span[start..Math.Min(start + Slice, piece.Length)]);
            if (await TakeAsync(cancellationToken).ConfigureAwait(false) is { } ended)
                return ended;
        }
        return null;
    }

    /// <inheritdoc/>
    public async ValueTask<MessageOutcome> CompleteAsync(CancellationToken cancellationToken)
    {
        parts.Complete();
        return await TakeAsync(cancellationToken).ConfigureAwait(false) ?? await EndAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        parts.Dispose();
        reader?.Dispose();
        if (opened is not null)
            await opened.DisposeAsync().ConfigureAwait(false);
        if (spool is not null)
            await spool.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Goes on with what the parts gave.</summary>
    /// <returns>What becomes of the message, where the rest of it can't change that.</returns>
    private async ValueTask<MessageOutcome?> TakeAsync(CancellationToken cancellationToken)
    {
        if (parts.Problem is { } problem)
            return NotRead(new MessageRefusal(MessageRefusalKind.Malformed, problem));
        reader!.Write(parts.Armor);
        parts.ClearArmor();
        if (reader.SessionKeyWanted is { } wanted
            && await UseKeyAsync(wanted, cancellationToken).ConfigureAwait(false) is { } missing)
            return NotOpened(missing);
        if (reader.IsRefused)
            return NotRead(((MessageReading.Refused)reader.Complete([])).Refusal);
        return await spool!.FlushAsync(cancellationToken).ConfigureAwait(false) ? null : MessageOutcome.Refused.NoRoom("no room in the spool");
    }

    /// <summary>Has the session key opened by whoever holds the secret.</summary>
    /// <returns>Why nobody can, as everybody could see; null where it was tried, with whatever success.</returns>
    private async ValueTask<string?> UseKeyAsync(SessionKeyRequest wanted, CancellationToken cancellationToken)
    {
        var named = KeysOf(opening.Certificate).Where(key => IsFor(wanted, key)).ToList();
        if (named.Count == 0)
            return "it is not encrypted to the recipient";
        if (!keys.Source.KnowsOwners && named.RemoveAll(IsSomebodyElses) > 0 && named.Count == 0)
            return "the recipient's key stands in somebody else's certificate, too";
        var held = new List<PublicKey>();
        foreach (var key in named)
        {
            if (await keys.Source.HoldsAsync(opening.Certificate.Fingerprint, key, KeyOperation.Open, cancellationToken).ConfigureAwait(false))
                held.Add(key);
        }
        if (held.Count == 0)
            return "the recipient's key is not held here";

        var use = new KeyUse(id, $"<{opening.Reader}>");
        using var session = await keys.Source.OpenAsync(wanted, held, use, cancellationToken).ConfigureAwait(false);
        if (session is null)
            return "it is not encrypted to a key that is held here";

        usedKey = (session.OpenedBy ?? held[0]).KeyId;
        reader!.UseSessionKey(session, opening.Certificate.Fingerprint);
        return null;
    }

    private async ValueTask<MessageOutcome> EndAsync(CancellationToken cancellationToken)
    {
        var author = MessageAuthor.TryRead(header, out var address, out _) ? address : null;
        IReadOnlyList<Certificate> signers = author is not null && keys.CertificateOf(author, at) is { } view ? [view.Certificate] : [];
        var reading = reader!.Complete(signers);
        if (reading is not MessageReading.Read { Content: var content })
            return NotRead(((MessageReading.Refused)reading).Refusal);
        if (content.Encryption is null || usedKey is not { } key)
            return NotOpened("it is not encrypted");
        if (!text!.IsProven)
            throw new InvalidOperationException("A message was read that is not proven.");
        if (text.IsTooLong)
            return NotOpened($"more than {Limit} octets came out of the message");

        if (!await spool!.CompleteAsync(cancellationToken).ConfigureAwait(false))
            return MessageOutcome.Refused.NoRoom("no room in the spool");
        if (await ReadHeaderAsync(spool, cancellationToken).ConfigureAwait(false) is not { } inner)
            return NotOpened("what is encrypted is no MIME entity");

        opened = spool.OpenRead();
        await PassOverAsync(opened, inner.Length, cancellationToken).ConfigureAwait(false);
        var (signature, signer) = SignatureFinding.Of(content.Signatures, author);
        var facts = new OpeningFacts(FormatName(content.Encryption.Form), key, signature, signer, length, spool.Length - inner.Length);
        return new MessageOutcome.Opened([ResultField.Of(facts), .. PgpMimeHeader.Restore(header, inner.Content)], opened, facts);
    }

    private static async ValueTask<InnerHeader?> ReadHeaderAsync(SealedSpool spool, CancellationToken cancellationToken)
    {
        var start = spool.OpenRead();
        await using (start.ConfigureAwait(false))
            return await InnerHeader.ReadAsync(start, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask PassOverAsync(Stream stream, int length, CancellationToken cancellationToken)
    {
        using var buffer = means.Encryption.Buffers.Rent();
        for (int left = length; left > 0;)
            left -= await stream.ReadAsync(buffer.Memory[..Math.Min(left, buffer.Memory.Length)], cancellationToken).ConfigureAwait(false);
    }

    // Where a key was used, all failures are one; only what is too long is told, since it is proven.
    private MessageOutcome.Unchanged NotRead(MessageRefusal refusal) =>
        NotOpened((usedKey is null || refusal.Kind == MessageRefusalKind.TooLarge ? refusal : MessageRefusal.Undecryptable).Reason);

    private static MessageOutcome.Unchanged NotOpened(string reason) => new($"not opened: {reason}");

    private static IEnumerable<PublicKey> KeysOf(Certificate certificate) =>
        certificate.Subkeys.Select(subkey => subkey.Key).Append(certificate.PrimaryKey).Where(certificate.IsForDecryption);

    // A subkey that encrypts says nothing of its owner: anybody can bind another's to a certificate of his own, and would read
    // the other's mail.
    private bool IsSomebodyElses(PublicKey key) =>
        keys.CertificatesWith(key).Any(owner => !opening.Certificate.Fingerprint.Equals(owner));

    private static bool IsFor(SessionKeyRequest wanted, PublicKey key) =>
        wanted.Packets.Any(packet => packet.Version == wanted.PacketVersion && packet.MayBeFor(key));

    private static string FormatName(EncryptedDataForm form) => form switch
    {
        EncryptedDataForm.SeipdV1 => "SEIPDv1",
        EncryptedDataForm.SeipdV2 => "SEIPDv2",
        _ => "OCB",
    };
}
