using MilterCrypt.Engine.Mail;
using MilterCrypt.Native.Memory;

namespace MilterCrypt.Engine.OpenPgpMime;

/// <summary>The header of what was encrypted: a MIME entity (RFC 3156 §4). It says what the content is; what else stands in it is
/// left alone.</summary>
/// <param name="Content">Its Content-* fields.</param>
/// <param name="Length">The bytes that it has, with the empty line behind it.</param>
internal sealed record InnerHeader(IReadOnlyList<HeaderField> Content, int Length)
{
    /// <summary>Mail programs tell a recipient the keys of all others here.</summary>
    private const int MaxLength = 256 * 1024;

    /// <summary>What it says of the content goes into the message's own header: servers take 64 KiB in one field at the most, and
    /// some no more in all.</summary>
    private const int MaxContentLength = 32 * 1024;

    private const int Piece = 4096;

    /// <summary>Reads it off the front of a text whose lines end in CRLF.</summary>
    /// <returns>Null where the text does not begin with one.</returns>
    internal static async ValueTask<InnerHeader?> ReadAsync(Stream text, CancellationToken cancellationToken)
    {
        using var start = new ClearedBufferWriter();
        int searched = 0;
        while (true)
        {
            int read = await text.ReadAsync(start.GetMemory(Piece)[..Piece], cancellationToken).ConfigureAwait(false);
            start.Advance(read);
            int end = EndOf(start.WrittenMemory.Span, searched);
            if (end < 0 && read == 0)
                end = start.WrittenMemory.Length;
            if (end > MaxLength || (end < 0 && start.WrittenMemory.Length > MaxLength))
                return null;
            if (end >= 0)
                return Parse(start.WrittenMemory.Span[..end]);
            searched = Math.Max(0, start.WrittenMemory.Length - "\r\n\r".Length);
        }
    }

    /// <summary>Where the body begins, or -1.</summary>
    private static int EndOf(ReadOnlySpan<byte> start, int from)
    {
        if (start.StartsWith("\r\n"u8))
            return 2;
        int found = start[from..].IndexOf("\r\n\r\n"u8);
        return found < 0 ? -1 : from + found + 4;
    }

    private static InnerHeader? Parse(ReadOnlySpan<byte> header)
    {
        // Readers differ about a bare CR, and no milter can tell a NUL.
        if (header.IsEmpty || header.Count((byte)'\r') != header.Count((byte)'\n') || header.Contains((byte)0))
            return null;
        if (header.IndexOfAnyExcept((byte)'\r', (byte)'\n') < 0)
            return new InnerHeader([], header.Length);

        // A text without a header may look like one; then its first lines must not get lost.
        var fields = MessageHeader.ReadFields(header, out _, PgpMimeHeader.DescribesContent);
        return fields is { Count: > 0 } && !IsAmbiguous(fields) && fields.Sum(field => field.Value.Length) <= MaxContentLength
            ? new InnerHeader(fields, header.Length)
            : null;
    }

    /// <summary>Readers differ about what comes twice.</summary>
    private static bool IsAmbiguous(IReadOnlyList<HeaderField> fields) =>
        fields.DistinctBy(field => field.Name, StringComparer.OrdinalIgnoreCase).Count() != fields.Count;
}
