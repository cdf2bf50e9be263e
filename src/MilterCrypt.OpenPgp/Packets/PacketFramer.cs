using System.Security.Cryptography;

namespace MilterCrypt.OpenPgp.Packets;

/// <summary>Takes a stream of packets apart while it comes, in both formats (RFC 9580 §4.2). Small pieces of a body are joined,
/// since whoever cuts it octet by octet would have each layer called for each; they are passed on before a call ends. Work
/// grows with the stream and no faster. Owned by one reading; disposal clears what was kept.</summary>
/// <param name="visitor">Is told of the packets.</param>
/// <param name="takesIndeterminate">Whether the last packet of data may have no length, and end with the stream.</param>
internal sealed class PacketFramer(IPacketVisitor visitor, bool takesIndeterminate) : IDisposable
{
    private const int SmallPiece = 256;
    private const int JoinedLength = 4096;

    private readonly byte[] lengthOctets = new byte[PacketLength.MaxOctets];
    private Step step;
    private PacketTag tag;
    private bool isLegacy;
    private int lengthOctetCount;
    private int lengthOctetsTaken;
    private bool isFirstPiece;
    private bool isPartial;
    private bool isIndeterminate;
    private long left;
    private byte[]? joined;
    private int joinedLength;
    private string? problem;

    private enum Step
    {
        Tag,
        Length,
        Body,
    }

    /// <summary>Why nothing more is read, or null.</summary>
    internal string? Problem => problem ?? visitor.Problem;

    /// <summary>Whether a packet may carry data of any length, and so come in pieces (RFC 9580 §4.2.1.4, §4.2.2).</summary>
    internal static bool IsData(PacketTag tag) => tag is PacketTag.CompressedData or PacketTag.SymmetricallyEncryptedData
        or PacketTag.LiteralData or PacketTag.SymmetricallyEncryptedIntegrityProtectedData or PacketTag.OcbEncryptedData;

    /// <summary>Takes the next octets.</summary>
    internal void Write(ReadOnlySpan<byte> data)
    {
        while (!data.IsEmpty && Problem is null)
        {
            if (step == Step.Body)
            {
                int taken = (int)Math.Min(left, data.Length);
                Pass(data[..taken]);
                data = data[taken..];
                if (!isIndeterminate && (left -= taken) == 0)
                    EndPiece();
                continue;
            }

            if (step == Step.Tag)
                TakeTag(data[0]);
            else
                TakeLength(data[0]);
            data = data[1..];
        }

        Flush();
    }

    public void Dispose() => CryptographicOperations.ZeroMemory(joined);

    /// <summary>Ends the stream.</summary>
    /// <returns>Why it was no sequence of whole packets, or null.</returns>
    internal string? Complete()
    {
        if (Problem is null && step == Step.Body && isIndeterminate)
        {
            step = Step.Tag;
            visitor.End();
        }

        if (Problem is null && step != Step.Tag)
            problem = "a packet that is cut short";
        return Problem;
    }

    private void TakeTag(byte octet)
    {
        if ((octet & 0x80) == 0)
        {
            problem = "octets that are no packet";
            return;
        }

        isLegacy = (octet & 0x40) == 0;
        tag = (PacketTag)(isLegacy ? (octet >> 2) & 0x0F : octet & 0x3F);
        isFirstPiece = true;
        isPartial = false;
        visitor.Begin(tag);
        if (Problem is not null)
            return;

        lengthOctetsTaken = 0;
        step = Step.Length;
        isIndeterminate = isLegacy && PacketLength.LegacySize(octet & 3) == 0;
        if (isIndeterminate)
            BeginIndeterminate();
        else if (isLegacy)
            lengthOctetCount = PacketLength.LegacySize(octet & 3);
    }

    private void BeginIndeterminate()
    {
        if (!takesIndeterminate || !IsData(tag))
            problem = "a packet without a length";
        left = long.MaxValue;
        step = Step.Body;
    }

    private void TakeLength(byte octet)
    {
        if (!isLegacy && lengthOctetsTaken == 0)
            lengthOctetCount = PacketLength.Size(octet);
        lengthOctets[lengthOctetsTaken++] = octet;
        if (lengthOctetsTaken < lengthOctetCount)
            return;

        var octets = lengthOctets.AsSpan(0, lengthOctetCount);
        left = isLegacy ? PacketLength.ReadLegacy(octets) : PacketLength.Read(octets);
        isPartial = !isLegacy && PacketLength.IsPartial(octets[0]);
        if (isPartial && !(IsData(tag) && (!isFirstPiece || left >= PacketLength.MinFirstPiece)))
        {
            problem = "a packet in pieces that may not be";
            return;
        }

        isFirstPiece = false;
        step = Step.Body;
        if (left == 0)
            EndPiece();
    }

    private void EndPiece()
    {
        if (isPartial)
        {
            lengthOctetsTaken = 0;
            step = Step.Length;
            return;
        }

        Flush();
        if (Problem is not null)
            return;
        step = Step.Tag;
        visitor.End();
    }

    private void Pass(ReadOnlySpan<byte> piece)
    {
        bool joins = piece.Length < SmallPiece && isPartial;
        if (!joins || joinedLength + piece.Length > JoinedLength)
            Flush();
        if (!joins)
        {
            if (Problem is null)
                visitor.Body(piece);
            return;
        }

        joined ??= GC.AllocateArray<byte>(JoinedLength, pinned: true);
        piece.CopyTo(joined.AsSpan(joinedLength));
        joinedLength += piece.Length;
    }

    private void Flush()
    {
        if (joinedLength > 0 && Problem is null)
            visitor.Body(joined.AsSpan(0, joinedLength));
        joinedLength = 0;
    }
}
