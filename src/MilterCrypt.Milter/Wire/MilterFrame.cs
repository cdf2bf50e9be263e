using System.Buffers;

namespace MilterCrypt.Milter.Wire;

/// <summary>One packet of the milter protocol: a command byte and its data.</summary>
/// <param name="Code">The command (<see cref="MilterCommand"/>) or reply (<see cref="MilterReply"/>) byte.</param>
/// <param name="Payload">The data behind it; a view into the read buffer, gone when that is advanced.</param>
internal readonly record struct MilterFrame(byte Code, ReadOnlySequence<byte> Payload)
{
    /// <summary>Takes one whole frame off the front of <paramref name="buffer"/>, or returns false and leaves it
    /// untouched when more bytes are needed. A length that no honest peer sends is refused before it is buffered.</summary>
    /// <exception cref="MilterProtocolException">The length is 0 or above <paramref name="maxLength"/>.</exception>
    public static bool TryRead(ref ReadOnlySequence<byte> buffer, int maxLength, out MilterFrame frame)
    {
        frame = default;
        var reader = new SequenceReader<byte>(buffer);
        if (!reader.TryReadBigEndian(out int signedLength))
            return false;

        uint length = unchecked((uint)signedLength);
        if (length == 0 || length > (uint)maxLength)
            throw new MilterProtocolException($"Frame length {length} is outside 1..{maxLength}.");
        if (reader.Remaining < length)
            return false;

        reader.TryRead(out byte code);
        ReadOnlySequence<byte> payload = buffer.Slice(reader.Position, length - 1);
        buffer = buffer.Slice(payload.End);
        frame = new MilterFrame(code, payload);
        return true;
    }
}
