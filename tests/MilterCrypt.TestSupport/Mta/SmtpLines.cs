using System.Buffers;

namespace MilterCrypt.TestSupport.Mta;

/// <summary>Reads lines that end in CRLF from a socket and keeps every other byte, bare CR and LF too, as it is.</summary>
internal sealed class SmtpLines(Stream stream)
{
    private byte[] _buffer = new byte[65536];
    private int _start, _end;

    /// <summary>The next line without its CRLF, valid until the next call, or null at the end of the stream.</summary>
    public async ValueTask<ReadOnlyMemory<byte>?> ReadAsync(CancellationToken ct)
    {
        int seen = 0;
        while (true)
        {
            int at = _buffer.AsSpan(_start + seen, _end - _start - seen).IndexOf("\r\n"u8);
            if (at >= 0)
            {
                var line = _buffer.AsMemory(_start, seen + at);
                _start += line.Length + 2;
                return line;
            }

            seen = Math.Max(0, _end - _start - 1);
            if (!await FillAsync(ct))
                return null;
        }
    }

    /// <summary>A message as it comes after DATA: everything up to the line with the single dot, dots unstuffed; null where
    /// the stream ends before.</summary>
    public async Task<byte[]?> ReadMessageAsync(CancellationToken ct)
    {
        var message = new ArrayBufferWriter<byte>(4096);
        while (await ReadAsync(ct) is { } line)
        {
            if (line.Span.SequenceEqual("."u8))
                return message.WrittenSpan.ToArray();
            message.Write(line.Span.StartsWith("."u8) ? line.Span[1..] : line.Span);
            message.Write("\r\n"u8);
        }

        return null;
    }

    /// <summary>Exactly <paramref name="count"/> bytes, as BDAT announces them.</summary>
    public async Task<byte[]> ReadBytesAsync(int count, CancellationToken ct)
    {
        byte[] bytes = new byte[count];
        int held = Math.Min(count, _end - _start);
        _buffer.AsSpan(_start, held).CopyTo(bytes);
        _start += held;
        await stream.ReadExactlyAsync(bytes.AsMemory(held), ct);
        return bytes;
    }

    private async ValueTask<bool> FillAsync(CancellationToken ct)
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        if (_end == _buffer.Length)
            Array.Resize(ref _buffer, _buffer.Length * 2);
        int read = await stream.ReadAsync(_buffer.AsMemory(_end), ct);
        _end += read;
        return read > 0;
    }
}
