using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;

namespace MilterCrypt.OpenPgp.Messages.Scanning;

/// <summary>Decodes a stream that must be one armored message (RFC 9580 §6.2), line by line, strictly: here a doubt means
/// that the message is encrypted once more, while in reading keys it would mean that a key is lost.</summary>
internal sealed class ArmorScanner(PacketSequenceScanner packets) : IDisposable
{
    private const int MaxLineLength = 256;
    private const int MaxHeaderValue = 76;
    private const int ChecksumLineLength = 5;

    private static readonly SearchValues<byte> Alphabet =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="u8);

    private readonly byte[] line = new byte[MaxLineLength];
    private int lineLength;
    private HeaderNames seenHeaders;
    private Step step;

    [Flags]
    private enum HeaderNames
    {
        None = 0,
        Version = 1,
        Comment = 2,
        Charset = 4,
        MessageId = 8,
    }

    private enum Step
    {
        Before,
        Headers,
        Base64,
        Padded,
        Checksum,
        After,
    }

    /// <summary>Why this is no armored encrypted message; null while it may be one.</summary>
    internal string? Problem { get; private set; }

    internal void Write(ReadOnlySpan<byte> data)
    {
        while (!data.IsEmpty && Problem is null)
        {
            int end = data.IndexOf((byte)'\n');
            var part = end < 0 ? data : data[..end];
            if (lineLength + part.Length > MaxLineLength)
            {
                Problem = "a line too long for armor";
                return;
            }

            part.CopyTo(line.AsSpan(lineLength));
            lineLength += part.Length;
            if (end < 0)
                return;

            EndLine();
            data = data[(end + 1)..];
        }
    }

    internal void Complete()
    {
        if (Problem is null && lineLength > 0)
            EndLine();
        if (Problem is null && step != Step.After)
            Problem = step == Step.Before ? "no armor" : "armor that is cut short";
        Problem ??= packets.Complete();
    }

    /// <summary>Clears the line, which may be plaintext.</summary>
    public void Dispose() => CryptographicOperations.ZeroMemory(line);

    private void EndLine()
    {
        var text = line.AsSpan(0, lineLength).TrimEnd(" \t\r"u8);
        lineLength = 0;
        switch (step)
        {
            case Step.Before when text.SequenceEqual("-----BEGIN PGP MESSAGE-----"u8):
                step = Step.Headers;
                break;
            case Step.Before or Step.After:
                if (!text.IsEmpty)
                    Problem = step == Step.Before ? "text before the armor" : "text after the armor";
                break;
            case Step.Headers:
                TakeHeader(text);
                break;
            default:
                TakeBody(text);
                break;
        }
    }

    // Armor headers are text that everybody can read: only those that are written into messages (RFC 9580 §6.2.2), each
    // once, and one short line.
    private void TakeHeader(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty)
        {
            step = Step.Base64;
            return;
        }

        int nameLength = text.IndexOf(": "u8);
        var name = nameLength < 0 ? HeaderNames.None : HeaderOf(text[..nameLength]);
        if (name == HeaderNames.None || (seenHeaders & name) != 0)
            Problem = "an armor header that no armor has";
        else if (text.Length - nameLength - 2 > MaxHeaderValue || text.ContainsAnyExceptInRange((byte)' ', (byte)'~'))
            Problem = "an armor header that could be a letter";
        seenHeaders |= name;
    }

    private static HeaderNames HeaderOf(ReadOnlySpan<byte> name) => name switch
    {
        _ when name.SequenceEqual("Version"u8) => HeaderNames.Version,
        _ when name.SequenceEqual("Comment"u8) => HeaderNames.Comment,
        _ when name.SequenceEqual("Charset"u8) => HeaderNames.Charset,
        _ when name.SequenceEqual("MessageID"u8) => HeaderNames.MessageId,
        _ => HeaderNames.None,
    };

    private void TakeBody(ReadOnlySpan<byte> text)
    {
        if (text.SequenceEqual("-----END PGP MESSAGE-----"u8))
        {
            step = Step.After;
            return;
        }

        if (text.IsEmpty || text.ContainsAnyExcept(Alphabet))
            Problem = "armor that is not base64";
        else if (text[0] == '=' && text.Length == ChecksumLineLength && step != Step.Checksum)
            step = Step.Checksum;
        else if (step == Step.Base64)
            Decode(text);
        else
            Problem = "armor that goes on after its end";
    }

    private void Decode(ReadOnlySpan<byte> text)
    {
        Span<byte> decoded = stackalloc byte[MaxLineLength];
        if (Base64.DecodeFromUtf8(text, decoded, out _, out int written) != OperationStatus.Done)
        {
            Problem = "armor that is not base64";
            return;
        }

        if (text[^1] == '=')
            step = Step.Padded;
        packets.Write(decoded[..written]);
        Problem = packets.Problem;
    }
}
