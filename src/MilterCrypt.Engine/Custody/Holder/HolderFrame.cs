using System.Buffers.Binary;

namespace MilterCrypt.Engine.Custody.Holder;

/// <summary>One frame; its content lies in the buffer that it was read from.</summary>
internal readonly ref struct HolderFrame
{
    public FrameKind Kind { get; private init; }

    /// <summary>The question's number; 0 in <see cref="FrameKind.Keys"/>.</summary>
    public uint Number { get; private init; }

    public ReadOnlySpan<byte> Content { get; private init; }

    /// <summary>Takes a frame off the front of what has come, or says how much must come before there is one.</summary>
    /// <param name="buffer">What has come.</param>
    /// <param name="maxContent">The longest content.</param>
    /// <param name="frame">The frame.</param>
    /// <param name="needed">The octets of the whole frame, as far as that is known.</param>
    /// <exception cref="HolderProtocolException">A length that nobody honest sends, before anything is made to hold it.</exception>
    public static bool TryRead(ReadOnlySpan<byte> buffer, int maxContent, out HolderFrame frame, out int needed)
    {
        const int fixedPart = HolderProtocol.HeaderLength - sizeof(uint);
        frame = default;
        needed = HolderProtocol.HeaderLength;
        if (buffer.Length < sizeof(uint))
            return false;
        uint length = BinaryPrimitives.ReadUInt32BigEndian(buffer);
        if (length < fixedPart || length > (uint)(fixedPart + maxContent))
            throw new HolderProtocolException($"a frame of {length} octets, where {fixedPart} to {fixedPart + maxContent} may be");
        needed = sizeof(uint) + (int)length;
        if (buffer.Length < needed)
            return false;

        frame = new HolderFrame
        {
            Kind = (FrameKind)buffer[4],
            Number = BinaryPrimitives.ReadUInt32BigEndian(buffer[5..]),
            Content = buffer[HolderProtocol.HeaderLength..needed],
        };
        return true;
    }

    /// <summary>Writes what stands before the content.</summary>
    public static void WriteHeader(Span<byte> destination, FrameKind kind, uint number, int contentLength)
    {
        BinaryPrimitives.WriteInt32BigEndian(destination, HolderProtocol.HeaderLength - sizeof(uint) + contentLength);
        destination[4] = (byte)kind;
        BinaryPrimitives.WriteUInt32BigEndian(destination[5..], number);
    }
}
