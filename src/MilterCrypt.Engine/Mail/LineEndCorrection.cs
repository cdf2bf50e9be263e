namespace MilterCrypt.Engine.Mail;

/// <summary>Gives the lines of a text that comes in pieces the ends that MIME has: a bare LF, which Postfix and Sendmail take for
/// one, becomes CRLF; all else, a bare CR too, stays what it is.</summary>
/// <param name="next">Takes the text.</param>
internal sealed class LineEndCorrection(Action<ReadOnlySpan<byte>> next)
{
    private bool endedInCr;

    /// <summary>Takes the next bytes, cut anywhere.</summary>
    internal void Write(ReadOnlySpan<byte> text)
    {
        while (!text.IsEmpty)
        {
            int bare = IndexOfBareLineFeed(text);
            if (bare < 0)
            {
                next(text);
                endedInCr = text[^1] == '\r';
                return;
            }
            next(text[..bare]);
            next("\r\n"u8);
            endedInCr = false;
            text = text[(bare + 1)..];
        }
    }

    private int IndexOfBareLineFeed(ReadOnlySpan<byte> text)
    {
        for (int from = 0, found; (found = text[from..].IndexOf((byte)'\n')) >= 0;)
        {
            int lineFeed = from + found;
            if (lineFeed == 0 ? !endedInCr : text[lineFeed - 1] != '\r')
                return lineFeed;
            from = lineFeed + 1;
        }
        return -1;
    }
}
