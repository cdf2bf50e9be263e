using System.Globalization;
using MilterCrypt.Telemetry;

namespace MilterCrypt.MailServers;

/// <summary>How findings write what they found.</summary>
internal static class Words
{
    private const int LongestValue = 200;

    /// <summary>A value of somebody's configuration, fit for a terminal and not longer than a few lines.</summary>
    public static string Value(string text) =>
        PrintableText.Of(text.Length <= LongestValue ? text : string.Concat(text.AsSpan(0, LongestValue), "..."));

    /// <summary>A time, as both MTAs take it: <c>30s</c>.</summary>
    public static string Time(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.#}s");

    /// <summary>A number of bytes, with all digits, which is what one compares.</summary>
    public static string Bytes(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes} bytes");
}
