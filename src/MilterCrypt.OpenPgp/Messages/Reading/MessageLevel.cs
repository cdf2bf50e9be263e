using System.Buffers;
using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.SessionKeys;
using MilterCrypt.OpenPgp.Signatures;

namespace MilterCrypt.OpenPgp.Messages.Reading;

/// <summary>Holds the packets of one level of a message to the grammar of RFC 9580 §10.3 and nothing else: session keys and
/// encrypted data; or signatures around a message; or compressed or literal data. Levels are those inside of encryption and
/// of compression, few of them. Owned by the level above, or the reader.</summary>
internal sealed class MessageLevel : IPacketVisitor, IOctetSink, IDisposable
{
    // Compressed data in compressed data is what nobody writes, and how bombs are built.
    private const int MaxDepth = 2;
    private const int MaxSessionKeys = 1000;

    private readonly MessageInProgress message;
    private readonly bool isOutermost;
    private readonly int depth;
    private readonly PacketFramer framer;
    private readonly List<EncryptedSessionKey> sessionKeys = [];
    private readonly List<PassphraseSessionKey> passphrases = [];

    // The body of a small packet, until it is whole.
    private readonly ArrayBufferWriter<byte> body = new();
    private int bodyLimit;
    private int sessionKeyPackets;
    private int openSignatures;
    private PacketTag tag;
    private Step step;
    private EncryptedLayer? encrypted;
    private CompressedLayer? compressed;
    private LiteralReader? literal;
    private MessageRefusal? refusal;

    internal MessageLevel(MessageInProgress message, bool isOutermost, int depth)
    {
        this.message = message;
        this.isOutermost = isOutermost;
        this.depth = depth;
        framer = new PacketFramer(this, takesIndeterminate: true);
    }

    private enum Step
    {
        Start,
        SessionKeys,
        Signatures,
        AfterMessage,
    }

    /// <summary>Why this is no message that is read, or null.</summary>
    internal MessageRefusal? Refusal =>
        refusal ?? encrypted?.Refusal ?? (framer.Problem is { } problem ? Malformed(problem) : null);

    /// <summary>Encrypted data that may wait for a session key, or null.</summary>
    internal EncryptedLayer? Encrypted => encrypted;

    string? IPacketVisitor.Problem => refusal?.Reason;

    public void Write(ReadOnlySpan<byte> data) => framer.Write(data);

    void IOctetSink.Complete()
    {
        // Where the octets end, their layer says, and asks for what there was.
    }

    /// <summary>Ends the level.</summary>
    /// <returns>Why it was no whole message, or null.</returns>
    internal MessageRefusal? Finish()
    {
        _ = framer.Complete();
        if (Refusal is { } found)
            return found;
        if (encrypted is { IsRead: false })
            return Malformed("encrypted data that was not opened");
        if (step != Step.AfterMessage)
            return Malformed(step == Step.Start ? "no message" : "a message that is cut short");
        return openSignatures == 0 ? null : Malformed("a signature is missing");
    }

    public void Dispose()
    {
        encrypted?.Dispose();
        compressed?.Dispose();
        framer.Dispose();
    }

    void IPacketVisitor.Begin(PacketTag tag)
    {
        this.tag = tag;
        body.Clear();
        bool atStart = step is Step.Start or Step.Signatures;
        switch (tag)
        {
            case PacketTag.PublicKeyEncryptedSessionKey or PacketTag.SymmetricKeyEncryptedSessionKey when isOutermost && step <= Step.SessionKeys:
                bodyLimit = SessionKeyForm.MaxLength;
                step = Step.SessionKeys;
                break;
            case PacketTag.SymmetricallyEncryptedIntegrityProtectedData or PacketTag.OcbEncryptedData when isOutermost && step <= Step.SessionKeys:
                encrypted = new EncryptedLayer(tag == PacketTag.OcbEncryptedData, sessionKeys, passphrases, message);
                step = Step.AfterMessage;
                break;
            case PacketTag.SymmetricallyEncryptedData when isOutermost && step <= Step.SessionKeys:
                refusal = new MessageRefusal(MessageRefusalKind.NoIntegrity, "encrypted without integrity protection");
                break;
            case PacketTag.OnePassSignature when atStart:
                bodyLimit = OnePassSignature.MaxLength;
                step = Step.Signatures;
                break;
            case PacketTag.Signature when atStart || (step == Step.AfterMessage && openSignatures > 0):
                bodyLimit = Signature.MaxLength;
                break;
            case PacketTag.CompressedData when atStart && depth < MaxDepth:
                compressed = new CompressedLayer(message, depth + 1);
                step = Step.AfterMessage;
                break;
            case PacketTag.LiteralData when atStart:
                literal = new LiteralReader(message);
                step = Step.AfterMessage;
                break;
            case PacketTag.Marker or PacketTag.Padding:
            case var _ when new Packet(tag, default) is { IsCritical: false }:
                break;
            default:
                refusal = Malformed($"a packet of type {(int)tag} where none may be");
                break;
        }
    }

    void IPacketVisitor.Body(ReadOnlySpan<byte> data)
    {
        switch (tag)
        {
            case PacketTag.SymmetricallyEncryptedIntegrityProtectedData or PacketTag.OcbEncryptedData:
                encrypted!.Write(data);
                break;
            case PacketTag.CompressedData:
                refusal = compressed!.Write(data);
                break;
            case PacketTag.LiteralData:
                refusal = literal!.Write(data);
                break;
            case PacketTag.PublicKeyEncryptedSessionKey or PacketTag.SymmetricKeyEncryptedSessionKey
                or PacketTag.OnePassSignature or PacketTag.Signature:
                Keep(data);
                break;
        }
    }

    void IPacketVisitor.End()
    {
        switch (tag)
        {
            case PacketTag.SymmetricallyEncryptedIntegrityProtectedData or PacketTag.OcbEncryptedData:
                encrypted!.End();
                break;
            case PacketTag.CompressedData:
                refusal = compressed!.Complete();
                break;
            case PacketTag.LiteralData when !literal!.Complete():
                refusal = Malformed("literal data that is cut short");
                break;
            case PacketTag.PublicKeyEncryptedSessionKey or PacketTag.SymmetricKeyEncryptedSessionKey:
                EndSessionKey();
                break;
            case PacketTag.OnePassSignature:
                openSignatures++;
                message.Signatures.Announce(body.WrittenSpan);
                break;
            case PacketTag.Signature:
                EndSignature();
                break;
        }
    }

    private static MessageRefusal Malformed(string reason) => new(MessageRefusalKind.Malformed, reason);

    private void Keep(ReadOnlySpan<byte> data)
    {
        if (body.WrittenCount + data.Length <= bodyLimit)
            body.Write(data);
        else
            refusal = Malformed($"a packet of type {(int)tag} that is too long");
    }

    // Packets of unknown versions and algorithms are meant for somebody else (RFC 9580 §5.1).
    private void EndSessionKey()
    {
        sessionKeyPackets++;
        if (tag == PacketTag.PublicKeyEncryptedSessionKey && EncryptedSessionKey.TryRead(body.WrittenSpan, out var packet))
            sessionKeys.Add(packet);
        else if (tag == PacketTag.SymmetricKeyEncryptedSessionKey && PassphraseSessionKey.TryRead(body.WrittenMemory, out var passphrase, out _))
            passphrases.Add(passphrase);
        if (sessionKeyPackets > MaxSessionKeys)
            refusal = Malformed("too many session keys");
    }

    private void EndSignature()
    {
        if (step == Step.AfterMessage)
        {
            openSignatures--;
            message.Signatures.AddSignature(body.WrittenSpan);
            return;
        }

        step = Step.Signatures;
        message.Signatures.AddPrefix(body.WrittenSpan);
    }
}
