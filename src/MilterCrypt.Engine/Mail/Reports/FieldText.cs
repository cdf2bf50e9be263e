using System.Globalization;
using System.Text;

namespace MilterCrypt.Engine.Mail.Reports;

/// <summary>Writes fields in ASCII and in short lines.</summary>
internal static class FieldText
{
    private const int LineLength = 76;

    /// <summary>No line of mail may be longer than 998 (RFC 5322 §2.1.1): a word that can't be divided stays within that.</summary>
    private const int MaxWord = 900;

    /// <summary>The field with CRLF at its folds and its end; null where a word of it is too long for any line.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="value">Its value, in ASCII, with single blanks.</param>
    internal static string? Fold(string name, string value)
    {
        var text = new StringBuilder(name).Append(':');
        int length = text.Length;
        foreach (string word in value.Split(' '))
        {
            if (word.Length > MaxWord)
                return null;
            if (length + 1 + word.Length > LineLength)
            {
                text.Append("\r\n");
                length = 0;
            }
            text.Append(' ').Append(word);
            length += 1 + word.Length;
        }
        return text.Append("\r\n").ToString();
    }

    /// <summary>An address of type "utf-8" in ASCII (RFC 6533 §3: <c>\x{E9}</c> stands for é).</summary>
    internal static string EscapeUnicode(string address) => Ascii(address, static rune => string.Create(CultureInfo.InvariantCulture, $"\\x{{{rune.Value:X2}}}"));

    /// <summary>A text in which question marks stand for what is not ASCII.</summary>
    internal static string ReplaceUnicode(string text) => Ascii(text, static _ => "?");

    private static string Ascii(string text, Func<Rune, string> replacement)
    {
        if (Encoding.UTF8.GetByteCount(text) == text.Length)
            return text;
        var ascii = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
            ascii.Append(rune.IsAscii ? rune.ToString() : replacement(rune));
        return ascii.ToString();
    }
}
