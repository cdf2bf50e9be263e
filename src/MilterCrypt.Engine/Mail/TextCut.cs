using System.Buffers;

namespace MilterCrypt.Engine.Mail;

/// <summary>Takes a text out of a field's value wherever it stands, with the blanks that it would leave double, and leaves all
/// other octets as they came. An encoded word of which something is taken is written anew, in UTF-8.</summary>
internal sealed class TextCut
{
    // RFC 2047 §2: a line that has an encoded word has at most 76 characters. "Subject:" stands before the first line.
    private const int MaxLine = 76, FieldName = 8;

    private readonly EncodedText source;
    private readonly bool[] isCut;
    private readonly List<byte> output = [];
    private bool isFoldDue;
    private bool endsInWord;

    private TextCut(EncodedText source)
    {
        this.source = source;
        isCut = new bool[source.Text.Length];
    }

    /// <summary>The value without the text, ASCII case aside; null where it stands nowhere.</summary>
    internal static byte[]? Remove(EncodedText source, ReadOnlySpan<byte> wanted)
    {
        var cut = new TextCut(source);
        return cut.Mark(wanted) ? cut.Write() : null;
    }

    private bool Mark(ReadOnlySpan<byte> wanted)
    {
        var text = source.Text.Span;
        bool isAnywhere = false;
        int from = 0;
        for (int found; (found = AsciiCase.IndexOf(text[from..], wanted)) >= 0;)
        {
            int start = from + found, end = start + wanted.Length;
            isAnywhere = true;
            isCut.AsSpan(start, wanted.Length).Fill(true);
            from = end;
            if ((start > 0 && !IsBlank(text[start - 1])) || (end < text.Length && !IsBlank(text[end])))
                continue;
            // Blanks on both sides: those behind it go too; at the end, those before it, but never the one that follows the colon.
            // What stays should not be a word that ends in a blank, hard by what stands for itself.
            bool takesBefore = end == text.Length || (start > 0 && KindAt(start - 1) == TextPieceKind.Word && KindAt(end) == TextPieceKind.AsItCame);
            if (takesBefore)
            {
                for (int i = start - 1; i > 0 && IsBlank(text[i]); i--)
                    isCut[i] = true;
            }
            else
            {
                for (int i = end; i < text.Length && IsBlank(text[i]); i++)
                    isCut[i] = true;
            }
        }
        return isAnywhere;
    }

    private byte[] Write()
    {
        var value = source.Value.Span;
        for (int i = 0; i < source.Pieces.Count; i++)
        {
            var piece = source.Pieces[i];
            switch (piece.Kind)
            {
                case TextPieceKind.AsItCame:
                    WriteAsItCame(value[piece.Start..piece.End], piece.TextStart);
                    break;
                case TextPieceKind.Fold:
                    isFoldDue = true;
                    break;
                case TextPieceKind.Gap when endsInWord && IsAnythingLeft(source.Pieces[i + 1]):
                    output.AddRange(value[piece.Start..piece.End]);
                    break;
                case TextPieceKind.Word when !isCut.AsSpan(piece.TextStart..piece.TextEnd).Contains(true):
                    BeginWord();
                    output.AddRange(value[piece.Start..piece.End]);
                    endsInWord = true;
                    break;
                case TextPieceKind.Word when IsAnythingLeft(piece):
                    BeginWord();
                    WriteAnew([.. Enumerable.Range(piece.TextStart, piece.TextEnd - piece.TextStart).Where(at => !isCut[at]).Select(at => source.Text.Span[at])]);
                    endsInWord = true;
                    break;
            }
        }
        return output.Count == 0 ? [(byte)' '] : [.. output];
    }

    private bool IsAnythingLeft(TextPiece word)
    {
        var cut = isCut.AsSpan(word.TextStart..word.TextEnd);
        return cut.IsEmpty || cut.Contains(false);
    }

    private void WriteAsItCame(ReadOnlySpan<byte> bytes, int textStart)
    {
        for (int i = 0; i < bytes.Length; i++)
        {
            if (isCut[textStart + i])
                continue;
            // A fold whose blank was taken is none: what followed it would be a field of its own.
            if (isFoldDue && IsBlank(bytes[i]))
                output.Add((byte)'\n');
            else if (endsInWord && !IsBlank(bytes[i]))
                output.Add((byte)' ');
            isFoldDue = false;
            endsInWord = false;
            output.Add(bytes[i]);
        }
    }

    private void BeginWord()
    {
        if (output is [] || !IsBlank(output[^1]))
            output.Add((byte)' ');
        isFoldDue = false;
    }

    private void WriteAnew(ReadOnlySpan<byte> text)
    {
        const int least = 12;
        int room = RoomOn(MaxLine - Column());
        if (room < Math.Min(text.Length, least) && Column() > 1)
        {
            output.Insert(output.Count - 1, (byte)'\n');
            room = EncodedWord.MaxText;
        }
        while (true)
        {
            int length = Math.Min(text.Length, Math.Max(room, least));
            // Between characters (RFC 2047 §5 (3)), where they are whole.
            int whole = length;
            while (whole < text.Length && whole > length - 4 && (text[whole] & 0xC0) == 0x80)
                whole--;
            length = whole < text.Length && (text[whole] & 0xC0) == 0x80 ? length : whole;
            var word = new ArrayBufferWriter<byte>();
            EncodedWord.Write(text[..length], word);
            output.AddRange(word.WrittenSpan);
            text = text[length..];
            if (text.IsEmpty)
                return;
            output.AddRange("\n "u8);
            room = EncodedWord.MaxText;
        }
    }

    private int Column()
    {
        int lineFeed = output.LastIndexOf((byte)'\n');
        return lineFeed < 0 ? output.Count + FieldName : output.Count - lineFeed - 1;
    }

    // "=?UTF-8?B?" and "?=" are 12 characters; 3 bytes of text are 4.
    private static int RoomOn(int characters) => Math.Clamp((characters - 12) / 4 * 3, 0, EncodedWord.MaxText);

    private TextPieceKind KindAt(int at) => source.Pieces.First(piece => piece.TextStart <= at && at < piece.TextEnd).Kind;

    private static bool IsBlank(byte b) => b is (byte)' ' or (byte)'\t';
}
