using System.Buffers;
using System.Security.Cryptography;
using MilterCrypt.OpenPgp.Armor;
using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Messages.Signing;
using MilterCrypt.OpenPgp.Messages.Writing;
using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.Secrets;
using MilterCrypt.OpenPgp.SessionKeys;
using MilterCrypt.OpenPgp.Signatures;

namespace MilterCrypt.OpenPgp.Messages;

/// <summary>Encrypts one message to its recipients while it comes: <see cref="WriteSessionKeys"/> until none is left
/// (<see cref="Create"/> has done so), <see cref="Write"/> as often as there is something, then <see cref="Complete()"/>. Where
/// the message is signed inside, <see cref="Finish"/> says what is to be signed, and
/// <see cref="Complete(IReadOnlyList{Signature})"/> takes the signatures, or <see cref="Complete(IReadOnlyList{SecretKey})"/> does
/// both. Memory does not grow with the message. What is not completed stays visibly cut short, and no reader takes it for a message. Owned by its maker, one thread at a time; disposal clears keys and plaintext.</summary>
public sealed class MessageEncryptor : IDisposable
{
    private const int BufferLength = EncryptedDataV2.ChunkLength;

    private readonly EncryptionRecipient[] recipients;
    private readonly IOctetSink message;
    private readonly RandomNumberGenerator random;
    private readonly SessionKey session;
    private readonly IMemoryOwner<byte> buffer;
    private readonly IMemoryOwner<byte> pieces;
    private readonly IReadOnlyList<ReadOnlyMemory<byte>> passphrases;
    private readonly DataSigning? signing;
    private IDisposable? encryptedData;
    private PartialBodyWriter? content;
    private SignedMessageWriter? signed;
    private int sessionKeysWritten;
    private State state;

    private MessageEncryptor(IReadOnlyList<EncryptionRecipient> recipients, IBufferWriter<byte> output, EncryptionOptions options)
    {
        this.recipients = [.. recipients.DistinctBy(recipient => (recipient.Key.Fingerprint, recipient.IsAnonymous))];
        passphrases = options.Passphrases;
        Algorithms = passphrases.Count > 0 && !options.PassphrasesNeedRfc9580
            ? MessageAlgorithms.ForEverybody
            : MessageAlgorithms.Choose(recipients);
        signing = InnerSigning.Begin(options, this.recipients);
        message = Begin(output, options);
        random = options.Random;
        buffer = options.Buffers.Rent(BufferLength);
        pieces = options.Buffers.Rent(2 * PartialBodyWriter.SmallestPiece);
        session = new SessionKey(Algorithms.SessionKeyVersion, Algorithms.Cipher);
        bool begun = false;
        try
        {
            session.Fill(random);
            begun = true;
        }
        finally
        {
            if (!begun)
                DisposeBuffers();
        }
    }

    private enum State
    {
        WritingSessionKeys,
        Writing,
        Finished,
        Complete,
        Disposed,
    }

    /// <summary>What the message is encrypted with.</summary>
    public MessageAlgorithms Algorithms { get; }

    /// <summary>The message's key, for who wants to let others read this one message: cleared with the encryptor.</summary>
    public SessionKey SessionKey => session;

    /// <summary>Begins a message: chooses what all recipients can read, and writes their session keys.</summary>
    /// <param name="recipients">One at least, or a passphrase; a key that is named twice is written once.</param>
    /// <param name="output">Receives armor or binary; used only during calls.</param>
    /// <param name="options">Its form.</param>
    /// <exception cref="CryptographicException">A key can't be used after all, or there is no randomness. Nothing that
    /// could be taken for a message has been written.</exception>
    public static MessageEncryptor Create(
        IReadOnlyList<EncryptionRecipient> recipients, IBufferWriter<byte> output, EncryptionOptions options)
    {
        var encryptor = Begin(recipients, output, options);
        bool created = false;
        try
        {
            encryptor.WriteSessionKeys(Math.Max(1, recipients.Count));
            created = true;
            return encryptor;
        }
        finally
        {
            if (!created)
                encryptor.Dispose();
        }
    }

    /// <summary>Begins a message to so many recipients that their session keys are better written in steps, by
    /// <see cref="WriteSessionKeys"/>, before the first <see cref="Write"/>.</summary>
    /// <inheritdoc cref="Create"/>
    public static MessageEncryptor Begin(
        IReadOnlyList<EncryptionRecipient> recipients, IBufferWriter<byte> output, EncryptionOptions options)
    {
        if (recipients.Count == 0 && options.Passphrases.Count == 0)
            throw new ArgumentException("A message needs a recipient.", nameof(recipients));
        return new MessageEncryptor(recipients, output, options);
    }

    /// <summary>Writes the next recipients' session keys: some 100 microseconds and up to a kilobyte each.</summary>
    /// <param name="most">How many, at the most.</param>
    /// <returns>Whether all are written, and the message may follow.</returns>
    /// <exception cref="CryptographicException">A key can't be used after all, or there is no randomness. Nothing that
    /// could be taken for a message has been written.</exception>
    public bool WriteSessionKeys(int most)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(most);
        ObjectDisposedException.ThrowIf(state == State.Disposed, this);
        if (state != State.WritingSessionKeys)
            return true;

        // The packets of one call are made before the first of them leaves: a key that fails leaves none of them behind.
        var packets = new ArrayBufferWriter<byte>(1024);
        int end = Math.Min(recipients.Length, sessionKeysWritten + most);
        for (int i = sessionKeysWritten; i < end; i++)
            SessionKeyPacket.Write(packets, session, recipients[i].Key, recipients[i].IsAnonymous);
        if (end == recipients.Length)
            WritePassphrases(packets);
        message.Write(packets.WrittenSpan);
        sessionKeysWritten = end;
        if (end < recipients.Length)
            return false;

        BeginEncryptedData();
        state = State.Writing;
        return true;
    }

    /// <summary>Adds plaintext; it is the caller's again when this returns.</summary>
    /// <exception cref="CryptographicException">The system's cryptography failed.</exception>
    public void Write(ReadOnlySpan<byte> plaintext)
    {
        MustBe(State.Writing);
        if (signed is not null)
            signed.Write(plaintext);
        else
            content!.Write(plaintext);
    }

    /// <summary>Ends a message that nobody signs: from here on the output is whole.</summary>
    /// <exception cref="InvalidOperationException">Its signatures are missing.</exception>
    /// <exception cref="CryptographicException">The system's cryptography failed.</exception>
    public void Complete() => Complete((IReadOnlyList<Signature>)[]);

    /// <summary>Ends the text.</summary>
    /// <returns>What is left to sign, in the order of <see cref="EncryptionOptions.Signers"/>.</returns>
    /// <exception cref="CryptographicException">The system's cryptography failed.</exception>
    public IReadOnlyList<PendingSignature> Finish()
    {
        MustBe(State.Writing);
        var pending = signed?.Finish() ?? [];
        state = State.Finished;
        return pending;
    }

    /// <summary>Ends the message with its signatures: from here on the output is whole.</summary>
    /// <param name="signatures">What became of what <see cref="Finish"/> returned, in its order.</param>
    /// <exception cref="ArgumentException">They are too few or too many.</exception>
    /// <exception cref="CryptographicException">The system's cryptography failed.</exception>
    public void Complete(IReadOnlyList<Signature> signatures)
    {
        if (signing is null && state == State.Writing)
            state = State.Finished;
        MustBe(State.Finished);
        if (signatures.Count != (signing?.Drafts.Count ?? 0))
            throw new ArgumentException($"{signatures.Count} signatures for {signing?.Drafts.Count ?? 0} signers.", nameof(signatures));
        if (signed is not null)
            signed.Complete(signatures);
        else
            content!.Complete();
        state = State.Complete;
    }

    /// <summary>Ends the message, signs it and writes the signatures.</summary>
    /// <param name="keys">The secret keys, in the order of <see cref="EncryptionOptions.Signers"/>.</param>
    /// <exception cref="ArgumentException">They are others.</exception>
    /// <exception cref="InvalidOperationException">One is locked.</exception>
    /// <exception cref="CryptographicException">The system's cryptography failed.</exception>
    public void Complete(IReadOnlyList<SecretKey> keys) => Complete(LocalSigning.Sign(Finish(), keys));

    /// <summary>Clears keys and plaintext.</summary>
    public void Dispose()
    {
        if (state == State.Disposed)
            return;

        state = State.Disposed;
        encryptedData?.Dispose();
        DisposeBuffers();
    }

    private IOctetSink Begin(IBufferWriter<byte> output, EncryptionOptions options)
    {
        if (!options.Armor)
            return new BinaryOutput(output);

        // GnuPG reads no armor without a checksum where the length is a multiple of three; nothing that reads version 2 of
        // the encrypted data and version 6 keys minds (RFC 9580 §6.1).
        bool withChecksum = Algorithms.SeipdVersion == 1 || recipients.Any(recipient => recipient.Key.Version < 6 || !recipient.Capabilities.SupportsSeipdV2);
        return new ArmorWriter(output, new ArmorOptions("PGP MESSAGE", options.LineEnding, withChecksum));
    }

    private void WritePassphrases(ArrayBufferWriter<byte> packets)
    {
        foreach (var passphrase in passphrases)
        {
            S2k s2k = Algorithms.SeipdVersion == 2 ? Argon2S2k.Make(random) : HashedS2k.Make(random);
            if (!PassphraseSessionKeyPacket.TryWrite(packets, session, passphrase.Span, s2k, random, out string? reason))
                throw new CryptographicException(reason);
        }
    }

    private void BeginEncryptedData()
    {
        var body = new PartialBodyWriter(message, PacketTag.SymmetricallyEncryptedIntegrityProtectedData, pieces.Memory);
        Memory<byte> memory = buffer.Memory[..BufferLength];
        IOctetSink plaintext;
        if (Algorithms.SeipdVersion == 2)
        {
            var data = new EncryptedDataV2(body, session, random, memory);
            (plaintext, encryptedData) = (data, data);
        }
        else
        {
            var data = new EncryptedDataV1(body, session, random, memory);
            (plaintext, encryptedData) = (data, data);
        }

        Memory<byte> held = pieces.Memory[PartialBodyWriter.SmallestPiece..];
        if (signing is null)
            content = LiteralData.Begin(plaintext, held);
        else
            signed = new SignedMessageWriter(plaintext, signing, held);
    }

    private void DisposeBuffers()
    {
        signing?.Dispose();
        session.Dispose();
        buffer.Dispose();
        pieces.Dispose();
    }

    private void MustBe(State expected)
    {
        ObjectDisposedException.ThrowIf(state == State.Disposed, this);
        if (state != expected)
            throw new InvalidOperationException($"The message is {state}, not {expected}.");
    }
}
