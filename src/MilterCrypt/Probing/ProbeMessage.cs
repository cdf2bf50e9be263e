using System.Buffers;
using MilterCrypt.Commands;
using MilterCrypt.Engine.Mail;
using MilterCrypt.Milter.Client;
using MilterCrypt.Telemetry;
using HeaderField = MilterCrypt.Milter.HeaderField;

namespace MilterCrypt.Probing;

/// <summary>A message to show to a filter, as an MTA has it: fields, and a body whose lines end in CRLF.</summary>
/// <param name="Header">Its fields.</param>
/// <param name="Body">Its body.</param>
internal sealed record ProbeMessage(IReadOnlyList<HeaderField> Header, ReadOnlyMemory<byte> Body)
{
    private const int MaxBytes = 100 << 20;

    private static ReadOnlySpan<byte> SmallOne => """
        From: Sender <sender@example.org>
        To: Recipient <recipient@example.net>
        Subject: A test of the mail filter
        Date: Mon, 01 Jan 2024 12:00:00 +0000
        Message-ID: <probe@example.org>
        MIME-Version: 1.0
        Content-Type: text/plain; charset=us-ascii

        This message was made to try a mail filter. It goes nowhere.

        """u8;

    /// <summary>A file's message.</summary>
    /// <param name="file">Its path; - is standard input, null a small message of our own.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="CommandException">It can't be read, is no message, or larger than 100 MiB.</exception>
    public static async Task<ProbeMessage> ReadAsync(string? file, CancellationToken cancellationToken)
    {
        if (file is null)
            return Parse(SmallOne.ToArray(), "the test message");
        return Parse(await InputReading.ReadFileAsync(file, MaxBytes, cancellationToken), InputReading.NameOf(file));
    }

    /// <summary>The message that the MTA would deliver, as SMTP carries it but for the dots.</summary>
    public static ReadOnlyMemory<byte> Format(ClientResult result)
    {
        var bytes = new ArrayBufferWriter<byte>(result.Body.Length + 4096);
        foreach (var field in result.Header)
            new Engine.Mail.HeaderField(field.Name, field.Value).WriteTo(bytes);
        bytes.Write("\r\n"u8);
        bytes.Write(result.Body.Span);
        return bytes.WrittenMemory;
    }

    private static ProbeMessage Parse(ReadOnlyMemory<byte> bytes, string name)
    {
        var rest = new ReadOnlySequence<byte>(bytes);
        MessageHeader.TryRead(ref rest, isComplete: true, int.MaxValue, out var header, out string? fault);
        if (header is null)
            throw new CommandException(ExitCode.Data, $"{PrintableText.Of(name)} is not a message: {fault}");
        return new ProbeMessage(
            [.. header.Select(field => new HeaderField(field.Name, field.Value))], WithCrLf(bytes.Span[^(int)rest.Length..]));
    }

    // As MTAs take a message from a program: LF alone ends a line, and the last line has an end.
    private static ReadOnlyMemory<byte> WithCrLf(ReadOnlySpan<byte> text)
    {
        var lines = new ArrayBufferWriter<byte>(text.Length + (text.Length / 32) + 2);
        while (!text.IsEmpty)
        {
            int lineFeed = text.IndexOf((byte)'\n');
            var line = lineFeed < 0 ? text : text[..lineFeed];
            lines.Write(line is [.., (byte)'\r'] ? line[..^1] : line);
            lines.Write("\r\n"u8);
            text = lineFeed < 0 ? default : text[(lineFeed + 1)..];
        }
        return lines.WrittenMemory;
    }
}
