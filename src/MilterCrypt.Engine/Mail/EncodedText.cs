using System.Buffers;

namespace MilterCrypt.Engine.Mail;

/// <summary>An unstructured field's value as a reader sees it: folds are gone, encoded words (RFC 2047) are decoded where their
/// character set is known. What can't be decoded stands as it came. Each piece knows where it came from, so that the value
/// can be changed in one place and nowhere else.</summary>
internal sealed class EncodedText
{
    /// <summary>Longer values have no text here: no mail program shows them, and Postfix cuts them off before.</summary>
    internal const int MaxLength = 64 * 1024;

    private readonly ArrayBufferWriter<byte> text = new();
    private readonly List<TextPiece> pieces = [];

    private EncodedText(ReadOnlyMemory<byte> value) => Value = value;

    /// <summary>The value as it came.</summary>
    internal ReadOnlyMemory<byte> Value { get; }

    /// <summary>The text: UTF-8 where it was decoded, else the bytes as they came.</summary>
    internal ReadOnlyMemory<byte> Text => text.WrittenMemory;

    /// <summary>What it consists of, in its order and without a hole.</summary>
    internal IReadOnlyList<TextPiece> Pieces => pieces;

    /// <summary>Reads a value, in the shape of <see cref="HeaderField.Value"/>.</summary>
    internal static EncodedText Read(ReadOnlyMemory<byte> value)
    {
        var read = new EncodedText(value);
        if (value.Length <= MaxLength)
            read.ReadPieces(value.Span);
        return read;
    }

    private void ReadPieces(ReadOnlySpan<byte> value)
    {
        int raw = 0;
        for (int at = 0; at < value.Length;)
        {
            // An encoded word stands by itself, white space on both sides (RFC 2047 §5 (1)).
            bool mayBegin = value[at] == '=' && (at == 0 || IsBlank(value[at - 1]));
            if (!mayBegin || !EncodedWord.TryRead(value[at..], out int length, out byte[] decoded))
            {
                at++;
                continue;
            }
            // White space between two of them is no part of the text (RFC 2047 §6.2).
            if (pieces is [.., { Kind: TextPieceKind.Word }] && value[raw..at].IndexOfAnyExcept(" \t\r\n"u8) < 0)
                Add(TextPieceKind.Gap, raw, at, []);
            else
                AddAsItCame(value, raw, at);
            Add(TextPieceKind.Word, at, at + length, decoded);
            at += length;
            raw = at;
        }
        AddAsItCame(value, raw, value.Length);
    }

    private void AddAsItCame(ReadOnlySpan<byte> value, int start, int end)
    {
        while (start < end)
        {
            int length = value[start..end].IndexOf((byte)'\n');
            if (length < 0)
                length = end - start;
            if (length > 0)
                Add(TextPieceKind.AsItCame, start, start + length, value.Slice(start, length));
            start += length;
            if (start < end)
                Add(TextPieceKind.Fold, start, ++start, []);
        }
    }

    private void Add(TextPieceKind kind, int start, int end, ReadOnlySpan<byte> its)
    {
        int textStart = text.WrittenCount;
        text.Write(its);
        pieces.Add(new TextPiece(kind, start, end, textStart, text.WrittenCount));
    }

    private static bool IsBlank(byte b) => b is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n';
}
