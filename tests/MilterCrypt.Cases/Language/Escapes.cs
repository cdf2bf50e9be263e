using System.Globalization;
using System.Text;

namespace MilterCrypt.Cases.Language;

/// <summary>Bytes in a line of text: what is not printable, or not UTF-8, is written as <c>\r \n \t \0 \xHH</c>, a backslash as
/// <c>\\</c>.</summary>
public static class Escapes
{
    /// <exception cref="FormatException">A backslash stands before something else.</exception>
    public static byte[] Read(string text)
    {
        var bytes = new List<byte>(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\')
            {
                int length = char.IsHighSurrogate(text[i]) ? 2 : 1;
                bytes.AddRange(Encoding.UTF8.GetBytes(text.Substring(i, length)));
                i += length - 1;
                continue;
            }

            char kind = ++i < text.Length ? text[i] : ' ';
            if (kind == 'x' && byte.TryParse(text.AsSpan(i + 1, Math.Min(2, text.Length - i - 1)), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte value))
            {
                bytes.Add(value);
                i += 2;
                continue;
            }

            bytes.Add(kind switch
            {
                '\\' => (byte)'\\',
                'r' => (byte)'\r',
                'n' => (byte)'\n',
                't' => (byte)'\t',
                '0' => 0,
                _ => throw new FormatException(@"behind a backslash stands one of \ r n t 0 xHH"),
            });
        }

        return [.. bytes];
    }

    /// <summary>The text of which these are the bytes.</summary>
    public static string Write(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length);
        while (!bytes.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(bytes, out var rune, out int consumed) == System.Buffers.OperationStatus.Done
                && rune.Value >= ' ' && rune.Value != 0x7F && rune.Value != '\\')
            {
                text.Append(rune.ToString());
                bytes = bytes[consumed..];
                continue;
            }

            text.Append(bytes[0] switch
            {
                (byte)'\\' => @"\\",
                (byte)'\r' => @"\r",
                (byte)'\n' => @"\n",
                (byte)'\t' => @"\t",
                0 => @"\0",
                var other => string.Create(CultureInfo.InvariantCulture, $@"\x{other:X2}"),
            });
            bytes = bytes[1..];
        }

        return text.ToString();
    }

    public static string Write(string text) => Write(Encoding.UTF8.GetBytes(text));
}
