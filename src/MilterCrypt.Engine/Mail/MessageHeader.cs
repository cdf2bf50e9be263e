using System.Buffers;
using System.Text;

namespace MilterCrypt.Engine.Mail;

/// <summary>Reads the header off the front of a whole message (RFC 5322 §2.2), as a milter would have been told it.</summary>
public static class MessageHeader
{
    /// <summary>Takes the header and the empty line behind it off the front of <paramref name="buffer"/>, or returns
    /// false and leaves it untouched when more bytes are needed.</summary>
    /// <param name="buffer">The message so far; lines end in CRLF or LF.</param>
    /// <param name="isComplete">Whether no more bytes come: a header needs no body.</param>
    /// <param name="maxLength">The most bytes that a header may have.</param>
    /// <param name="fields">The fields, in their order; null where this is no header.</param>
    /// <param name="fault">What is wrong with it, for whoever sent it; null where nothing is.</param>
    public static bool TryRead(
        ref ReadOnlySequence<byte> buffer, bool isComplete, int maxLength, out IReadOnlyList<HeaderField>? fields, out string? fault)
    {
        fields = null;
        fault = null;
        var reader = new SequenceReader<byte>(buffer);
        bool sawEnd = false;
        while (!sawEnd && reader.Consumed <= maxLength && reader.TryReadTo(out ReadOnlySequence<byte> line, (byte)'\n'))
            sawEnd = line.IsEmpty || (line.Length == 1 && line.FirstSpan[0] == '\r');

        if (sawEnd ? reader.Consumed > maxLength : buffer.Length > maxLength)
        {
            fault = $"the header is longer than {maxLength} bytes";
            return true;
        }
        if (!sawEnd && !isComplete)
            return false;

        var end = sawEnd ? reader.Position : buffer.End;
        fields = ReadFields(buffer.Slice(0, end).ToArray(), out int number);
        if (fields is null)
            fault = $"line {number} is no header field";
        else
            buffer = buffer.Slice(end);
        return true;
    }

    /// <summary>Reads header lines, an empty line at their end or not.</summary>
    /// <param name="header">The lines.</param>
    /// <param name="number">The last line that was looked at, from 1: where null is returned, the one that is no field.</param>
    /// <param name="isWanted">Which fields are returned, by their names; of others no copy is made.</param>
    internal static IReadOnlyList<HeaderField>? ReadFields(ReadOnlySpan<byte> header, out int number, Predicate<string>? isWanted = null)
    {
        var fields = new List<HeaderField>();
        number = 0;
        for (int start = 0; start < header.Length;)
        {
            int end = start;
            int first = number + 1;
            do
            {
                number++;
                int lineFeed = header[end..].IndexOf((byte)'\n');
                end = lineFeed < 0 ? header.Length : end + lineFeed + 1;
            }
            while (end < header.Length && header[end] is (byte)' ' or (byte)'\t');

            var lines = header[start..end];
            if (lines.IndexOfAnyExcept((byte)'\r', (byte)'\n') < 0)
                break;
            if (ReadName(lines, out int colon) is not { } name)
            {
                number = first;
                return null;
            }
            if (isWanted?.Invoke(name) ?? true)
                fields.Add(new HeaderField(name, ReadValue(lines[(colon + 1)..])));
            start = end;
        }
        return fields;
    }

    private static string? ReadName(ReadOnlySpan<byte> lines, out int colon)
    {
        colon = lines.IndexOf((byte)':');
        var name = colon < 0 ? default : lines[..colon].TrimEnd(" \t"u8);
        return name.IsEmpty || name.IndexOfAnyExceptInRange((byte)'!', (byte)'~') >= 0 ? null : Encoding.ASCII.GetString(name);
    }

    private static ReadOnlyMemory<byte> ReadValue(ReadOnlySpan<byte> rest)
    {
        var value = new ArrayBufferWriter<byte>(rest.Length + 1);
        for (int lineFeed; (lineFeed = rest.IndexOf((byte)'\n')) >= 0; rest = rest[(lineFeed + 1)..])
        {
            value.Write(rest[..lineFeed].TrimEnd((byte)'\r'));
            if (lineFeed + 1 < rest.Length)
                value.Write("\n"u8);
        }
        value.Write(rest);
        return value.WrittenMemory;
    }
}
