using System.Buffers;
using MilterCrypt.OpenPgp.Messages.Writing;
using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.Signatures;

namespace MilterCrypt.OpenPgp.Messages.Signing;

/// <summary>A one-pass signed message (RFC 9580 §10.3): announcements, literal data, signatures. Inside encryption or not.</summary>
internal sealed class SignedMessageWriter : ISignedForm
{
    private readonly IOctetSink next;
    private readonly DataSigning signing;
    private readonly PartialBodyWriter literal;

    /// <param name="next">Where the packets go.</param>
    /// <param name="signing">Makes the signatures; disposed with this.</param>
    /// <param name="held">Memory for <see cref="PartialBodyWriter.SmallestPiece"/> octets, whose owner clears it.</param>
    public SignedMessageWriter(IOctetSink next, DataSigning signing, Memory<byte> held)
    {
        this.next = next;
        this.signing = signing;
        var packets = new ArrayBufferWriter<byte>();
        signing.WriteAnnouncements(packets);
        next.Write(packets.WrittenSpan);
        literal = LiteralData.Begin(new Inner(next), held);
    }

    public void Write(ReadOnlySpan<byte> data)
    {
        signing.Write(data);
        literal.Write(data);
    }

    public IReadOnlyList<PendingSignature> Finish()
    {
        literal.Complete();
        return signing.Finish();
    }

    public void Complete(IReadOnlyList<Signature> signatures)
    {
        var packets = new ArrayBufferWriter<byte>();
        foreach (var signature in signatures.Reverse())
            PacketWriter.Write(packets, PacketTag.Signature, signature.Body.Span);
        next.Write(packets.WrittenSpan);
        next.Complete();
    }

    public void Dispose() => signing.Dispose();

    // Where the literal packet ends, the message does not.
    private sealed class Inner(IOctetSink outer) : IOctetSink
    {
        public void Write(ReadOnlySpan<byte> data) => outer.Write(data);

        public void Complete()
        {
            // The signatures follow.
        }
    }
}
