using System.Buffers;
using System.Security.Cryptography;
using MilterCrypt.OpenPgp.Armor;

namespace MilterCrypt.OpenPgp.Messages;

/// <summary>Encrypts one message to its recipients while it comes: <see cref="Write"/> as often as there is something,
/// then <see cref="Complete"/>. Memory does not grow with the message. Without <see cref="Complete"/> the output stays
/// visibly cut short, and no reader takes it for a message. Owned by its maker, one thread at a time; disposal clears
/// keys and plaintext.</summary>
public sealed class MessageEncryptor : IDisposable
{
    private const int EncryptedDataTag = 18;
    private const int LiteralDataTag = 11;
    private const int BufferLength = EncryptedDataV2.ChunkLength;

    private readonly SessionKey session;
    private readonly IMemoryOwner<byte> buffer;
    private readonly IMemoryOwner<byte> pieces;
    private readonly IDisposable encryptedData;
    private readonly PartialBodyWriter literalData;
    private State state;

    private MessageEncryptor(IReadOnlyList<EncryptionRecipient> recipients, IBufferWriter<byte> output, EncryptionOptions options)
    {
        Algorithms = MessageAlgorithms.Choose(recipients);
        buffer = options.Buffers.Rent(BufferLength);
        pieces = options.Buffers.Rent(2 * PartialBodyWriter.SmallestPiece);
        session = new SessionKey(Algorithms);
        bool begun = false;
        try
        {
            session.Fill(options.Random);

            // All packets are made before the first octet leaves: a key that fails leaves nothing behind.
            ArrayBufferWriter<byte> sessionKeys = WriteSessionKeys(recipients);
            IOctetSink message = Begin(recipients, output, options);
            message.Write(sessionKeys.WrittenSpan);

            var body = new PartialBodyWriter(message, EncryptedDataTag, pieces.Memory);
            IOctetSink plaintext;
            (plaintext, encryptedData) = BeginEncryptedData(body, options.Random);
            literalData = new PartialBodyWriter(plaintext, LiteralDataTag, pieces.Memory[PartialBodyWriter.SmallestPiece..]);

            // RFC 9580 §5.9: binary, no file name, no date.
            literalData.Write([(byte)'b', 0, 0, 0, 0, 0]);
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
        Writing,
        Complete,
        Disposed,
    }

    /// <summary>What the message is encrypted with.</summary>
    public MessageAlgorithms Algorithms { get; }

    /// <summary>Begins a message: chooses what all recipients can read, and writes their session keys.</summary>
    /// <param name="recipients">One at least; a key that is named twice is written once.</param>
    /// <param name="output">Receives armor or binary; used only during calls.</param>
    /// <param name="options">Its form.</param>
    /// <exception cref="CryptographicException">A key can't be used after all, or there is no randomness. Nothing that
    /// could be taken for a message has been written.</exception>
    public static MessageEncryptor Create(
        IReadOnlyList<EncryptionRecipient> recipients, IBufferWriter<byte> output, EncryptionOptions options)
    {
        if (recipients.Count == 0)
            throw new ArgumentException("A message needs a recipient.", nameof(recipients));
        return new MessageEncryptor(recipients, output, options);
    }

    /// <summary>Adds plaintext; it is the caller's again when this returns.</summary>
    /// <exception cref="CryptographicException">The system's cryptography failed.</exception>
    public void Write(ReadOnlySpan<byte> plaintext)
    {
        ThrowUnlessWriting();
        literalData.Write(plaintext);
    }

    /// <summary>Ends the message: from here on the output is whole.</summary>
    /// <exception cref="CryptographicException">The system's cryptography failed.</exception>
    public void Complete()
    {
        ThrowUnlessWriting();
        literalData.Complete();
        state = State.Complete;
    }

    /// <summary>Clears keys and plaintext.</summary>
    public void Dispose()
    {
        if (state == State.Disposed)
            return;

        state = State.Disposed;
        encryptedData.Dispose();
        DisposeBuffers();
    }

    private static IOctetSink Begin(
        IReadOnlyList<EncryptionRecipient> recipients, IBufferWriter<byte> output, EncryptionOptions options)
    {
        if (!options.Armor)
            return new BinaryOutput(output);

        // GnuPG reads no armor without a checksum where the length is a multiple of three; nothing that reads version 6
        // keys minds (RFC 9580 §6.1).
        bool withChecksum = recipients.Any(recipient => recipient.Key.Version < 6 || !recipient.Capabilities.SupportsSeipdV2);
        return new ArmorWriter(output, new ArmorOptions("PGP MESSAGE", options.LineEnding, withChecksum));
    }

    private ArrayBufferWriter<byte> WriteSessionKeys(IReadOnlyList<EncryptionRecipient> recipients)
    {
        var packets = new ArrayBufferWriter<byte>(1024);
        foreach (EncryptionRecipient recipient in recipients.DistinctBy(r => (r.Key.Fingerprint, r.IsAnonymous)))
            SessionKeyPacket.Write(packets, session, recipient);
        return packets;
    }

    private (IOctetSink Plaintext, IDisposable Owner) BeginEncryptedData(IOctetSink body, RandomNumberGenerator random)
    {
        Memory<byte> memory = buffer.Memory[..BufferLength];
        if (Algorithms.SeipdVersion == 2)
        {
            var data = new EncryptedDataV2(body, session, random, memory);
            return (data, data);
        }
        else
        {
            var data = new EncryptedDataV1(body, session, random, memory);
            return (data, data);
        }
    }

    private void DisposeBuffers()
    {
        session.Dispose();
        buffer.Dispose();
        pieces.Dispose();
    }

    private void ThrowUnlessWriting()
    {
        ObjectDisposedException.ThrowIf(state == State.Disposed, this);
        if (state == State.Complete)
            throw new InvalidOperationException("The message is complete.");
    }
}
