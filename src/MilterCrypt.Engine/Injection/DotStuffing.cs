namespace MilterCrypt.Engine.Injection;

/// <summary>Gives a message that comes in pieces the form that it has behind DATA (RFC 5321 §4.5.2): a line that begins with a dot
/// gets another, a bare LF becomes CRLF, since it could be taken for a line's end or not, and the last line ends. All else stays
/// what it is, a bare CR too.</summary>
internal sealed class DotStuffing
{
    private bool isLineStart = true;
    private bool endedInCr;

    /// <summary>Takes the next octets, cut anywhere.</summary>
    /// <param name="text">The octets.</param>
    /// <param name="output">Where they go; at least twice as long.</param>
    /// <returns>How many were written.</returns>
    internal int Write(ReadOnlySpan<byte> text, Span<byte> output)
    {
        if (text.IsEmpty)
            return 0;
        int written = 0;
        if (isLineStart && text[0] == '.')
            output[written++] = (byte)'.';

        // What needs no change is copied in runs as long as they are.
        int copied = 0;
        for (int at = 0, found; (found = text[at..].IndexOf((byte)'\n')) >= 0;)
        {
            int lineFeed = at + found;
            at = lineFeed + 1;
            if (lineFeed == 0 ? !endedInCr : text[lineFeed - 1] != '\r')
                Insert((byte)'\r', text, lineFeed, output);
            if (at < text.Length && text[at] == '.')
                Insert((byte)'.', text, at, output);
        }

        text[copied..].CopyTo(output[written..]);
        written += text.Length - copied;
        (isLineStart, endedInCr) = (text[^1] == '\n', text[^1] == '\r');
        return written;

        void Insert(byte octet, ReadOnlySpan<byte> text, int before, Span<byte> output)
        {
            text[copied..before].CopyTo(output[written..]);
            written += before - copied;
            copied = before;
            output[written++] = octet;
        }
    }

    /// <summary>Ends the last line, if it has no end.</summary>
    /// <param name="output">At least two octets.</param>
    /// <returns>How many were written.</returns>
    internal int End(Span<byte> output)
    {
        if (isLineStart)
            return 0;
        "\r\n"u8.CopyTo(output);
        isLineStart = true;
        return 2;
    }
}
