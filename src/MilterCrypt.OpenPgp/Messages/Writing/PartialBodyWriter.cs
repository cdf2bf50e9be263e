using System.Numerics;
using MilterCrypt.OpenPgp.Packets;

namespace MilterCrypt.OpenPgp.Messages.Writing;

/// <summary>Writes a packet whose length isn't known when it begins (RFC 9580 §4.2.1.4): pieces of a power of two, then
/// the rest with its length. A short body becomes a plain packet. The pieces don't show how the caller cut its own,
/// beyond what leaves in one call.</summary>
internal sealed class PartialBodyWriter : IOctetSink
{
    /// <summary>The smallest piece, and the octets held back; the first piece of a packet has 512 at least.</summary>
    internal const int SmallestPiece = 8192;

    private const int LargestPiece = 65536;

    private readonly IOctetSink next;
    private readonly PacketTag tag;
    private readonly Memory<byte> held;
    private int heldCount;
    private bool begun;

    /// <param name="next">Where the packet goes.</param>
    /// <param name="tag">The packet's type.</param>
    /// <param name="held">Memory for <see cref="SmallestPiece"/> octets, whose owner clears it.</param>
    internal PartialBodyWriter(IOctetSink next, PacketTag tag, Memory<byte> held)
    {
        this.next = next;
        this.tag = tag;
        this.held = held[..SmallestPiece];
    }

    public void Write(ReadOnlySpan<byte> data)
    {
        // One octet at least is always kept for the end: a last piece of none confuses some readers.
        while (!data.IsEmpty)
        {
            if (heldCount == SmallestPiece)
            {
                WritePiece(held.Span);
                heldCount = 0;
            }

            if (heldCount == 0 && data.Length > SmallestPiece)
            {
                int length = Math.Min(LargestPiece, 1 << BitOperations.Log2((uint)(data.Length - 1)));
                WritePiece(data[..length]);
                data = data[length..];
                continue;
            }

            int taken = Math.Min(SmallestPiece - heldCount, data.Length);
            data[..taken].CopyTo(held.Span[heldCount..]);
            heldCount += taken;
            data = data[taken..];
        }
    }

    public void Complete()
    {
        Begin();
        Span<byte> length = stackalloc byte[PacketLength.MaxOctets];
        next.Write(length[..PacketLength.Write(length, heldCount)]);
        next.Write(held.Span[..heldCount]);
        next.Complete();
    }

    private void WritePiece(ReadOnlySpan<byte> piece)
    {
        Begin();
        next.Write([PacketLength.OfPiece(piece.Length)]);
        next.Write(piece);
    }

    private void Begin()
    {
        if (!begun)
            next.Write([PacketWriter.TagOctet(tag)]);
        begun = true;
    }
}
