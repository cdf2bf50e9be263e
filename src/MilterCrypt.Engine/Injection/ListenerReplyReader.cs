using System.Text;

namespace MilterCrypt.Engine.Injection;

/// <summary>Reads replies from bytes that come in pieces (RFC 5321 §4.2). Owned by a connection. What it holds is bounded.</summary>
internal sealed class ListenerReplyReader
{
    /// <summary>The longest line, without its end; RFC 5321 §4.5.3.1.5 allows 512.</summary>
    internal const int MaxLine = 2048;

    /// <summary>The most lines of a reply.</summary>
    internal const int MaxLines = 100;

    private const int CodeLength = 3;

    private readonly List<string> lines = [];
    private readonly byte[] line = new byte[MaxLine];
    private int length;
    private int code;

    /// <summary>Whether a reply has begun and not ended.</summary>
    internal bool IsAmidReply => length > 0 || lines.Count > 0;

    /// <summary>Takes bytes until a reply is whole.</summary>
    /// <param name="input">What came; what belongs to the reply is taken off its front.</param>
    /// <returns>The reply; null when all bytes were taken and more are needed.</returns>
    /// <exception cref="ListenerException">This is no SMTP, or too much of it.</exception>
    internal ListenerReply? Read(ref ReadOnlySpan<byte> input)
    {
        while (!input.IsEmpty)
        {
            int end = input.IndexOf((byte)'\n');
            var piece = end < 0 ? input : input[..end];
            if (piece.Length > MaxLine - length)
                throw new ListenerException("its reply has too long a line");
            piece.CopyTo(line.AsSpan(length));
            length += piece.Length;
            input = input[(end < 0 ? input.Length : end + 1)..];
            if (end >= 0 && TakeLine() is { } reply)
                return reply;
        }

        return null;
    }

    private ListenerReply? TakeLine()
    {
        var text = line.AsSpan(0, length);
        if (text.EndsWith("\r"u8))
            text = text[..^1];
        length = 0;

        int number = CodeOf(text);
        bool isLast = text.Length <= CodeLength || text[CodeLength] != '-';
        if (number < 0 || (lines.Count > 0 && number != code))
            throw new ListenerException("what it says is no SMTP reply");
        if (lines.Count == MaxLines)
            throw new ListenerException("its reply has too many lines");
        code = number;
        lines.Add(text.Length <= CodeLength ? "" : Encoding.Latin1.GetString(text[(CodeLength + 1)..]));
        if (!isLast)
            return null;
        var reply = new ListenerReply(code, [.. lines]);
        lines.Clear();
        return reply;
    }

    // 2yz to 5yz; 1yz is no reply to any command of SMTP. Number parsers would take NULs behind digits.
    private static int CodeOf(ReadOnlySpan<byte> text) =>
        text.Length >= CodeLength && text[0] is >= (byte)'2' and <= (byte)'5'
        && !text[..CodeLength].ContainsAnyExceptInRange((byte)'0', (byte)'9')
        && (text.Length == CodeLength || text[CodeLength] is (byte)' ' or (byte)'-')
            ? (((text[0] - '0') * 10) + text[1] - '0') * 10 + text[2] - '0'
            : -1;
}
