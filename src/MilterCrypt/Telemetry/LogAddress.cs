using System.Globalization;
using System.Text;

namespace MilterCrypt.Telemetry;

/// <summary>Addresses, as lines of the log have them. Whoever sends mail chooses them, quotes, commas and brackets too; here they can
/// neither end the brackets in which they stand nor look like another field of the line, so that programs may read it.</summary>
internal static class LogAddress
{
    private const int EscapeLength = 6;

    /// <summary>The address, with what could do so written as \u and four digits.</summary>
    public static string Of(string address)
    {
        if (!address.Any(IsEscaped))
            return address;
        var text = new StringBuilder(address.Length + 16);
        foreach (char c in address)
        {
            if (IsEscaped(c))
                text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            else
                text.Append(c);
        }
        return text.ToString();
    }

    /// <summary>The address that was written so.</summary>
    public static string Read(string text)
    {
        if (!text.Contains('\\', StringComparison.Ordinal))
            return text;
        var address = new StringBuilder(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\' && i + EscapeLength <= text.Length && text[i + 1] == 'u'
                && ushort.TryParse(text.AsSpan(i + 2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ushort code))
            {
                address.Append((char)code);
                i += EscapeLength - 1;
            }
            else
                address.Append(text[i]);
        }
        return address.ToString();
    }

    private static bool IsEscaped(char c) => c is '<' or '>' or '\\' || char.IsWhiteSpace(c) || PrintableText.IsUnfit(c);
}
