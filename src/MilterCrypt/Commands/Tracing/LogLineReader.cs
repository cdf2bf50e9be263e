using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace MilterCrypt.Commands.Tracing;

/// <summary>Reads lines of a log, in whatever of its forms they were kept: text, JSON, and what journalctl and syslog write before
/// either. Lines of other programs, among which ours may stand, are none.</summary>
internal static partial class LogLineReader
{
    /// <summary>Reads one.</summary>
    /// <param name="line">Its bytes, without the line end.</param>
    /// <param name="message">What it says; null where it says nothing of a message's fate.</param>
    public static bool TryRead(ReadOnlySpan<byte> line, [NotNullWhen(true)] out MessageLine? message)
    {
        message = null;
        // Most lines of a mail server's log are of others: they cost no more than this.
        if (line.IndexOf("from=<"u8) < 0)
            return false;
        string text = Encoding.UTF8.GetString(line).TrimEnd('\r');
        DateTimeOffset? time = null;
        // Ours first: its level and a queue id could be taken for a host and a program.
        if (!TryTakeStamp(ref text, ref time) && !TryTakeSyslog(ref text, ref time))
            return false;
        if (text.StartsWith('{') && !TryTakeJson(ref text, ref time))
            return false;
        TryTakeStamp(ref text, ref time);
        if (!MessageLineReader.TryRead(text, out message))
            return false;
        message = message with { Time = time };
        return true;
    }

    /// <summary>What journalctl and syslog write before a message; false where they say that it is another program's.</summary>
    private static bool TryTakeSyslog(ref string text, ref DateTimeOffset? time)
    {
        if (Syslog().Match(text) is not { Success: true } match)
            return true;
        time = TimeOf(match.Groups["time"].Value);
        text = text[match.Length..];
        return match.Groups["program"].Value.StartsWith("miltercrypt", StringComparison.Ordinal);
    }

    private static bool TryTakeJson(ref string text, ref DateTimeOffset? time)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            if (!document.RootElement.TryGetProperty("message", out var message) || message.ValueKind != JsonValueKind.String)
                return false;
            if (document.RootElement.TryGetProperty("time", out var told) && told.ValueKind == JsonValueKind.String)
                time = TimeOf(told.GetString()!) ?? time;
            text = message.GetString()!;
            return true;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Half a line, or one that is not UTF-8: another program's, or the end of a full disk.
            return false;
        }
    }

    private static bool TryTakeStamp(ref string text, ref DateTimeOffset? time)
    {
        if (Stamp().Match(text) is not { Success: true } match)
            return false;
        if (match.Groups["time"].Success)
            time = TimeOf(match.Groups["time"].Value) ?? time;
        text = text[match.Length..];
        return true;
    }

    // That of traditional syslog has no year: none.
    private static DateTimeOffset? TimeOf(string text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) && char.IsAsciiDigit(text[0]) ? time : null;

    [GeneratedRegex(@"^(?<time>[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{8,20}(?:Z|[+-][0-9]{2}:?[0-9]{2})|[A-Z][a-z]{2} [ 0-9][0-9] [0-9:]{8}) \S+ (?<program>[^\s\[:]+)(?:\[[0-9]+\])?: ")]
    private static partial Regex Syslog();

    [GeneratedRegex(@"^(?:<[0-7]>|(?<time>[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{8,20}Z) (?:debug|information|warning|error): )")]
    private static partial Regex Stamp();
}
