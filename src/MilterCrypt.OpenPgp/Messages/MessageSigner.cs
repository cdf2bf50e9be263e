using System.Buffers;
using MilterCrypt.Native.Memory;
using MilterCrypt.OpenPgp.Armor;
using MilterCrypt.OpenPgp.Messages.Signing;
using MilterCrypt.OpenPgp.Messages.Writing;
using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.Secrets;
using MilterCrypt.OpenPgp.Signatures;
using HashAlgorithm = MilterCrypt.OpenPgp.Packets.HashAlgorithm;

namespace MilterCrypt.OpenPgp.Messages;

/// <summary>Signs data with one key or several: <see cref="Write"/> as often as there is something, then
/// <see cref="Complete(IReadOnlyList{SecretKey})"/>. Where the secret keys are elsewhere, <see cref="Finish"/> says what is to
/// be signed, and <see cref="Complete(IReadOnlyList{Signature})"/> takes it. What is not completed shows as cut short. Owned by its maker, one thread at a time; disposal clears what is held.</summary>
public sealed class MessageSigner : IDisposable
{
    private readonly ISignedForm form;
    private readonly IMemoryOwner<byte>? buffer;
    private State state;

    private MessageSigner(DataSigning signing, ISignedForm form, IMemoryOwner<byte>? buffer = null)
    {
        this.form = form;
        this.buffer = buffer;
        HashAlgorithms = [.. signing.Drafts.Select(static draft => draft.HashAlgorithm).Distinct()];
    }

    private enum State
    {
        Writing,
        Finished,
        Complete,
        Disposed,
    }

    /// <summary>The hash functions of the signatures, each once: what RFC 3156 §5 calls micalg.</summary>
    public IReadOnlyList<HashAlgorithm> HashAlgorithms { get; }

    /// <summary>Signatures alone, beside the data (RFC 9580 §10.4). Memory does not grow with the data.</summary>
    /// <param name="keys">Sixteen at most.</param>
    /// <param name="output">Receives the signatures; used only during calls.</param>
    /// <param name="options">Their form.</param>
    /// <exception cref="ArgumentException">A key can't sign, or there are none or too many.</exception>
    public static MessageSigner Detached(IReadOnlyList<PublicKey> keys, IBufferWriter<byte> output, SigningOptions options)
    {
        var signing = Begin(keys, options, options.IsText ? SignatureType.Text : SignatureType.Binary);
        return new MessageSigner(signing, new DetachedForm(signing, output, options));
    }

    /// <summary>The cleartext framework (RFC 9580 §7): readable text and its signatures, for text whose blanks at line ends
    /// don't matter. It is held in memory, <see cref="CleartextMessage.MaxLength"/> octets at most.</summary>
    /// <inheritdoc cref="Detached"/>
    public static MessageSigner Cleartext(IReadOnlyList<PublicKey> keys, IBufferWriter<byte> output, SigningOptions options)
    {
        var signing = Begin(keys, options, SignatureType.Text);
        return new MessageSigner(signing, new CleartextForm(signing, output, options));
    }

    /// <summary>A message that holds the data and its signatures (RFC 9580 §10.3), for who has no use for either alone.
    /// Memory does not grow with the data.</summary>
    /// <param name="keys">Sixteen at most.</param>
    /// <param name="output">Receives the message; used only during calls.</param>
    /// <param name="options">Its form.</param>
    /// <param name="buffers">Where buffers for the data come from.</param>
    /// <exception cref="ArgumentException">A key can't sign, or there are none or too many.</exception>
    public static MessageSigner Inline(
        IReadOnlyList<PublicKey> keys, IBufferWriter<byte> output, SigningOptions options, ClearedBufferPool buffers)
    {
        var signing = Begin(keys, options, options.IsText ? SignatureType.Text : SignatureType.Binary);
        bool withChecksum = keys.Any(static key => key.Version < 6);
        IOctetSink message = options.Armor
            ? new ArmorWriter(output, new ArmorOptions("PGP MESSAGE", options.LineEnding, withChecksum))
            : new BinaryOutput(output);
        var buffer = buffers.Rent(PartialBodyWriter.SmallestPiece);
        return new MessageSigner(signing, new SignedMessageWriter(message, signing, buffer.Memory), buffer);
    }

    /// <summary>Adds data; it is the caller's again when this returns.</summary>
    public void Write(ReadOnlySpan<byte> data)
    {
        MustBe(State.Writing);
        form.Write(data);
    }

    /// <summary>Ends the data.</summary>
    /// <returns>What is left to sign, in the order of the keys.</returns>
    public IReadOnlyList<PendingSignature> Finish()
    {
        MustBe(State.Writing);
        state = State.Finished;
        return form.Finish();
    }

    /// <summary>Writes the signatures: from here on the output is whole.</summary>
    /// <param name="signatures">What became of what <see cref="Finish"/> returned, in its order.</param>
    public void Complete(IReadOnlyList<Signature> signatures)
    {
        MustBe(State.Finished);
        if (signatures.Count == 0)
            throw new ArgumentException("No signatures.", nameof(signatures));
        state = State.Complete;
        form.Complete(signatures);
    }

    /// <summary>Ends the data, signs it and writes the signatures.</summary>
    /// <param name="keys">The secret keys, in the order of the public keys.</param>
    /// <exception cref="ArgumentException">They are others.</exception>
    /// <exception cref="InvalidOperationException">One is locked.</exception>
    public void Complete(IReadOnlyList<SecretKey> keys) => Complete(LocalSigning.Sign(Finish(), keys));

    /// <inheritdoc/>
    public void Dispose()
    {
        if (state == State.Disposed)
            return;

        state = State.Disposed;
        form.Dispose();
        buffer?.Dispose();
    }

    private static DataSigning Begin(IReadOnlyList<PublicKey> keys, SigningOptions options, SignatureType type) => new(
        keys,
        new SignatureStatements { Type = type, CreatedAt = options.Time.GetUtcNow(), SignersUserId = options.SignersUserId },
        options.Random);

    private void MustBe(State expected)
    {
        ObjectDisposedException.ThrowIf(state == State.Disposed, this);
        if (state != expected)
            throw new InvalidOperationException($"The signer is {state}, not {expected}.");
    }
}
