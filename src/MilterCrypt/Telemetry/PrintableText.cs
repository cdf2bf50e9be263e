using System.Globalization;
using System.Text;

namespace MilterCrypt.Telemetry;

/// <summary>Makes what others wrote (an address, a user ID, a file's name) fit for a terminal and for one line of a log:
/// it can neither begin a line of its own, nor move the cursor, nor run backwards.</summary>
internal static class PrintableText
{
    /// <summary>The text with such characters written as \u and four digits.</summary>
    public static string Of(string text)
    {
        if (!text.Any(IsUnfit))
            return text;
        var clean = new StringBuilder(text.Length + 16);
        foreach (char c in text)
        {
            if (IsUnfit(c))
                clean.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            else
                clean.Append(c);
        }
        return clean.ToString();
    }

    /// <summary>Control characters, line separators, and those that turn the direction (Unicode UAX #9).</summary>
    internal static bool IsUnfit(char c) => char.IsControl(c)
        || c is '\u061c' or '\u200e' or '\u200f' or '\u2028' or '\u2029' or (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069');
}
