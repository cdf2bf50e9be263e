using System.Buffers;

namespace MilterCrypt.Engine.Mail;

/// <summary>Takes texts out of a field's value wherever they stand, also where one appears only as another is gone, with the blanks
/// that they would leave double, and leaves all other octets as they came. An encoded word of which something is taken is written anew, in UTF-8.</summary>
internal sealed class TextCut
{
    // RFC 2047 §2: a line that has an encoded word has at most 76 characters. "Subject:" stands before the first line.
    private const int MaxLine = 76, FieldName = 8;

    private readonly EncodedText source;
    private readonly bool[] isCut;
    private readonly int[] left;
    private int leftCount;
    private readonly List<byte> output = [];
    private bool isFoldDue;
    private bool endsInWord;

    private TextCut(EncodedText source)
    {
        this.source = source;
        isCut = new bool[source.Text.Length];
        left = new int[source.Text.Length];
    }

    /// <summary>The value without the texts, ASCII case aside; null where none of them stands anywhere.</summary>
    internal static byte[]? Remove(EncodedText source, IReadOnlyList<byte[]> wanted)
    {
        var cut = new TextCut(source);
        return cut.Mark(wanted) ? cut.Write() : null;
    }

    /// <summary>Goes through the text once, and looks after each octet whether what is left so far ends in one of the texts.</summary>
    private bool Mark(IReadOnlyList<byte[]> wanted)
    {
        var text = source.Text.Span;
        bool isAnywhere = false;
        for (int i = 0; i < text.Length; i++)
        {
            // A blank that went with what stood before it.
            if (isCut[i])
                continue;
            left[leftCount++] = i;
            int length = LengthAtEnd(text, wanted);
            if (length == 0)
                continue;
            isAnywhere = true;
            for (; length > 0; length--)
                CutLast();
            CutBlanks(text, i + 1);
        }
        return isAnywhere;
    }

    private int LengthAtEnd(ReadOnlySpan<byte> text, IReadOnlyList<byte[]> wanted)
    {
        int longest = 0;
        foreach (byte[] one in wanted)
        {
            int same = 0;
            while (same < one.Length && same < leftCount && AsciiCase.Equals(text.Slice(left[leftCount - 1 - same], 1), one.AsSpan(one.Length - 1 - same, 1)))
                same++;
            if (same == one.Length)
                longest = Math.Max(longest, same);
        }
        return longest;
    }

    /// <summary>Of blanks on both sides: those behind it go too; at the end, those before it, but never the one that follows the colon.</summary>
    private void CutBlanks(ReadOnlySpan<byte> text, int end)
    {
        if ((leftCount > 0 && !IsBlank(text[left[leftCount - 1]])) || (end < text.Length && !IsBlank(text[end])))
            return;
        // What stays should not be a word that ends in a blank, hard by what stands for itself.
        bool takesBefore = end == text.Length
            || (leftCount > 0 && KindAt(left[leftCount - 1]) == TextPieceKind.Word && KindAt(end) == TextPieceKind.AsItCame);
        if (takesBefore)
        {
            while (leftCount > 0 && left[leftCount - 1] > 0 && IsBlank(text[left[leftCount - 1]]))
                CutLast();
        }
        else
        {
            for (int i = end; i < text.Length && IsBlank(text[i]); i++)
                isCut[i] = true;
        }
    }

    private void CutLast() => isCut[left[--leftCount]] = true;

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

    /// <summary>The kind of the last piece that begins there or before; those that a reader doesn't see stand before it.</summary>
    private TextPieceKind KindAt(int at)
    {
        int low = 0;
        for (int high = source.Pieces.Count; high - low > 1;)
        {
            int middle = (low + high) / 2;
            if (source.Pieces[middle].TextStart <= at)
                low = middle;
            else
                high = middle;
        }
        return source.Pieces[low].Kind;
    }

    private static bool IsBlank(byte b) => b is (byte)' ' or (byte)'\t';
}
