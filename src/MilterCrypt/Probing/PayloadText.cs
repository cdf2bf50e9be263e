using System.Globalization;
using System.Text;
using MilterCrypt.Telemetry;

namespace MilterCrypt.Probing;

/// <summary>Makes what a filter sent fit for a terminal. It may be cut off or hostile: nothing here fails on it.</summary>
internal static class PayloadText
{
    private const int MaxText = 200;
    private const int MaxRaw = 500;

    /// <summary>A text in UTF-8, shortened, on one line.</summary>
    public static string Of(ReadOnlySpan<byte> text)
    {
        string shown = PrintableText.Of(Encoding.UTF8.GetString(text[..Math.Min(text.Length, MaxText)]));
        return text.Length <= MaxText ? shown : string.Create(CultureInfo.InvariantCulture, $"{shown}... ({text.Length} bytes)");
    }

    /// <summary>The strings of a payload, each of which ends in a NUL.</summary>
    public static IReadOnlyList<string> Strings(ReadOnlySpan<byte> payload)
    {
        var strings = new List<string>();
        while (!payload.IsEmpty)
        {
            int end = payload.IndexOf((byte)0);
            strings.Add(Of(end < 0 ? payload : payload[..end]));
            payload = end < 0 ? default : payload[(end + 1)..];
        }
        return strings;
    }

    /// <summary>All bytes, those that are not printable ASCII as in C.</summary>
    public static string Raw(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder();
        foreach (byte b in bytes[..Math.Min(bytes.Length, MaxRaw)])
        {
            _ = b switch
            {
                0 => text.Append(@"\0"),
                (byte)'\r' => text.Append(@"\r"),
                (byte)'\n' => text.Append(@"\n"),
                (byte)'\t' => text.Append(@"\t"),
                (byte)'\\' => text.Append(@"\\"),
                < (byte)' ' or > (byte)'~' => text.Append(CultureInfo.InvariantCulture, $@"\x{b:x2}"),
                _ => text.Append((char)b),
            };
        }
        return bytes.Length <= MaxRaw ? text.ToString() : text.Append("...").ToString();
    }
}
