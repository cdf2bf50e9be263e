using System.Globalization;

namespace MilterCrypt.MailServers.Postfix;

/// <summary>How Postfix writes times and numbers, postconf(5).</summary>
internal static class PostfixValue
{
    /// <summary>A whole number with a unit s, m, h, d or w; seconds without one, as the milter parameters have it.</summary>
    public static TimeSpan? Time(string text)
    {
        long? factor = text.Length == 0 ? null : text[^1] switch
        {
            's' or (>= '0' and <= '9') => 1,
            'm' => 60,
            'h' => 3600,
            'd' => 24 * 3600,
            'w' => 7 * 24 * 3600,
            _ => null,
        };
        return factor is { } seconds && Number(char.IsAsciiDigit(text[^1]) ? text : text[..^1]) is { } number and <= int.MaxValue
            ? TimeSpan.FromSeconds(number * seconds)
            : null;
    }

    /// <summary>A whole number.</summary>
    public static long? Number(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : null;
}
