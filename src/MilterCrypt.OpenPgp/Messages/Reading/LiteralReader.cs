namespace MilterCrypt.OpenPgp.Messages.Reading;

/// <summary>Reads a literal data packet (RFC 9580 §5.9): the text goes on, what stands before it is not signed and left out.</summary>
internal sealed class LiteralReader(MessageInProgress message)
{
    // Format, length of the file name, file name, date.
    private const int FixedLength = 1 + 1 + 4;

    private int taken;
    private int headerLength = FixedLength;

    /// <summary>Takes the next octets of the body.</summary>
    internal MessageRefusal? Write(ReadOnlySpan<byte> data)
    {
        while (taken < headerLength && !data.IsEmpty)
        {
            if (taken == 0)
                message.Format = (char)data[0];
            else if (taken == 1)
                headerLength += data[0];
            taken++;
            data = data[1..];
        }

        return data.IsEmpty ? null : message.Take(data);
    }

    /// <summary>Whether the packet was whole.</summary>
    internal bool Complete() => taken == headerLength;
}
