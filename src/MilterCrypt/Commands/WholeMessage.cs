using System.Buffers;
using System.IO.Pipelines;
using MilterCrypt.Engine;
using MilterCrypt.Engine.Mail;

namespace MilterCrypt.Commands;

/// <summary>A message in memory, read as an MTA would tell it to a milter: header fields, then a body with CRLF line
/// ends. One whose lines end in LF alone, as files on Unix do, is written back so.</summary>
internal sealed class WholeMessage
{
    private readonly ReadOnlyMemory<byte> body;
    private readonly bool hasBareLineFeeds;

    private WholeMessage(IReadOnlyList<HeaderField> header, ReadOnlyMemory<byte> body, bool hasBareLineFeeds)
    {
        Header = header;
        this.body = body;
        this.hasBareLineFeeds = hasBareLineFeeds;
    }

    /// <summary>The header's fields.</summary>
    public IReadOnlyList<HeaderField> Header { get; }

    /// <summary>Takes a message apart.</summary>
    /// <exception cref="CommandException">It is no message.</exception>
    public static WholeMessage Read(ReadOnlyMemory<byte> message)
    {
        var rest = new ReadOnlySequence<byte>(message);
        if (!MessageHeader.TryRead(ref rest, isComplete: true, out var header, out string? fault) || header is null)
            throw new CommandException(ExitCode.Data, $"standard input is not a message: {fault}");

        int firstEnd = message.Span.IndexOf((byte)'\n');
        bool isUnix = firstEnd >= 0 && (firstEnd == 0 || message.Span[firstEnd - 1] != '\r');
        var body = message[^(int)rest.Length..];
        return new WholeMessage(header, isUnix ? WithCrLf(body.Span) : body, isUnix);
    }

    /// <summary>The body, for who reads it once.</summary>
    public PipeReader OpenBody() => PipeReader.Create(new ReadOnlySequence<byte>(body));

    /// <summary>Writes the message as it has become.</summary>
    public async Task WriteAsync(MessageOutcome.Rewritten rewritten, Stream output, CancellationToken cancellationToken)
    {
        var header = new ArrayBufferWriter<byte>();
        foreach (var field in rewritten.Header.Apply(Header))
            field.WriteTo(header);
        header.Write("\r\n"u8);
        await WriteAsync(header.WrittenMemory, output, cancellationToken);

        byte[] piece = new byte[64 * 1024];
        int read;
        while ((read = await rewritten.Body.ReadAsync(piece, cancellationToken)) > 0)
            await WriteAsync(piece.AsMemory(0, read), output, cancellationToken);
    }

    // In what is written every CR belongs to a line's end: it is 7-bit text in CRLF lines.
    private ValueTask WriteAsync(ReadOnlyMemory<byte> text, Stream output, CancellationToken cancellationToken) =>
        output.WriteAsync(hasBareLineFeeds ? text.ToArray().Where(octet => octet != '\r').ToArray() : text, cancellationToken);

    private static byte[] WithCrLf(ReadOnlySpan<byte> text)
    {
        byte[] lines = new byte[text.Length + text.Count((byte)'\n')];
        int length = 0;
        byte last = 0;
        foreach (byte octet in text)
        {
            if (octet == '\n' && last != '\r')
                lines[length++] = (byte)'\r';
            lines[length++] = octet;
            last = octet;
        }
        return lines[..length];
    }
}
