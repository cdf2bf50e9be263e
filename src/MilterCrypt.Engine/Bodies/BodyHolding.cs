using MilterCrypt.Engine.Deciding;
using MilterCrypt.Engine.Holding;
using MilterCrypt.Engine.Mail;
using MilterCrypt.Native.Memory;
using MilterCrypt.OpenPgp.Armor;
using MilterCrypt.OpenPgp.Messages;

namespace MilterCrypt.Engine.Bodies;

/// <summary>Encrypts a whole message, header and body to the octet, to the escrow's keys alone, so that it can be held.</summary>
/// <param name="header">Its fields, as they are to come back.</param>
/// <param name="group">For whom.</param>
/// <param name="envelope">Who sends it.</param>
/// <param name="at">When it came.</param>
/// <param name="means">What is worked with.</param>
internal sealed class BodyHolding(
    IReadOnlyList<HeaderField> header, MessageGroup group, Envelope envelope, DateTimeOffset at, MessageMeans means) : IBodyForm
{
    private Spool? spool;
    private MessageEncryptor? encryptor;
    private long length;

    /// <summary>The record that goes with it, once it has begun: of the whole group, whoever of it has the message already.</summary>
    internal ReadOnlyMemory<byte> RecordLine { get; private set; }

    /// <summary>When the message came.</summary>
    internal DateTimeOffset At => at;

    /// <inheritdoc/>
    public bool MayBeEncryptedAlready => false;

    /// <inheritdoc/>
    public async ValueTask<MessageOutcome?> BeginAsync(string messageId, CancellationToken cancellationToken)
    {
        RecordLine = HeldRecordText.Write(new HeldRecord(
            messageId, at, envelope,
            [.. group.Recipients.Select(static one => new HeldRecipient(one.Envelope, one.Decision.RuleName, one.Reason ?? "no key"))],
            group.Keys.Certificates));
        if (!Spool.TryOpen(means.Spool, means.Budget, out spool))
            return MessageOutcome.Refused.NoRoom("no room in memory");
        encryptor = MessageEncryptor.Create(group.Keys.All, spool, means.Encryption with { Armor = true, LineEnding = LineEnding.Lf });
        using var start = new ClearedBufferWriter();
        if (!HeldHeader.TryWrite(RecordLine, header, start))
            return new MessageOutcome.Refused(RefusalWording.CannotBeHeld(), "its header would not come back as it is");
        encryptor.Write(start.WrittenMemory.Span);
        return null;
    }

    /// <inheritdoc/>
    public async ValueTask<MessageOutcome?> WriteAsync(ReadOnlyMemory<byte> piece, CancellationToken cancellationToken)
    {
        length += piece.Length;
        encryptor!.Write(piece.Span);
        return await spool!.FlushAsync(cancellationToken).ConfigureAwait(false) ? null : MessageOutcome.Refused.NoRoom("no room in the spool");
    }

    /// <inheritdoc/>
    public async ValueTask<MessageOutcome> CompleteAsync(CancellationToken cancellationToken)
    {
        encryptor!.Complete();
        if (!await spool!.FlushAsync(cancellationToken).ConfigureAwait(false))
            return MessageOutcome.Refused.NoRoom("no room in the spool");
        return new MessageOutcome.Rewritten([], spool.OpenRead(), new ProtectionFacts(
            MessageForm.Held, $"SEIPDv{encryptor.Algorithms.SeipdVersion}", group.Keys.Certificates, length, spool.Length));
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        encryptor?.Dispose();
        return spool?.DisposeAsync() ?? ValueTask.CompletedTask;
    }
}
