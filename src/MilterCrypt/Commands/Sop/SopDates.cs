using System.CommandLine;
using System.Globalization;
using MilterCrypt.Telemetry;

namespace MilterCrypt.Commands.Sop;

/// <summary>The time in which signatures have to be made to count.</summary>
/// <param name="NotBefore">The first moment.</param>
/// <param name="NotAfter">The last moment.</param>
internal sealed record SopDates(DateTimeOffset NotBefore, DateTimeOffset NotAfter)
{
    /// <summary>An option for either end.</summary>
    public static Option<string?> Option(string name, string description) => new(name) { Description = description, HelpName = "DATE" };

    /// <summary>Reads the options: ISO 8601 in UTC, `now`, or - for no bound. Without them, all signatures up to now.</summary>
    /// <exception cref="CommandException">One is something else.</exception>
    public static SopDates Read(string? notBefore, string? notAfter, DateTimeOffset now) =>
        new(Parse(notBefore ?? "-", now) ?? DateTimeOffset.MinValue, Parse(notAfter ?? "now", now) ?? DateTimeOffset.MaxValue);

    /// <summary>Reads one: null for -.</summary>
    /// <exception cref="CommandException">It is no date.</exception>
    public static DateTimeOffset? Parse(string text, DateTimeOffset now)
    {
        string[] formats = ["yyyy-MM-dd", "yyyyMMdd", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd'T'HH:mmK", "yyyyMMdd'T'HHmmssK"];
        return text switch
        {
            "-" => null,
            "now" => now,
            _ when DateTimeOffset.TryParseExact(text, formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date) => date,
            _ => throw new CommandException(SopExitCode.UnsupportedOption, $"'{PrintableText.Of(text)}' is no date such as 2026-11-23T10:00:00Z"),
        };
    }
}
