using System.Globalization;
using MilterCrypt.Telemetry;

namespace MilterCrypt.Commands.Reporting;

/// <summary>The time that a report is about.</summary>
/// <param name="Since">What was before is left out; null for nothing.</param>
/// <param name="Until">What was then or later is left out; null for nothing.</param>
internal sealed record ReportSpan(DateTimeOffset? Since, DateTimeOffset? Until)
{
    /// <summary>Reads both ends.</summary>
    /// <exception cref="CommandException">One is no time.</exception>
    public static ReportSpan Read(string? since, string? until, DateTimeOffset now) =>
        new(since is null ? null : Bound("--since", since, now), until is null ? null : Bound("--until", until, now));

    /// <summary>Whether a line of that time counts.</summary>
    /// <exception cref="CommandException">Nobody knows: it has none.</exception>
    public bool Includes(DateTimeOffset? time, string place)
    {
        if (Since is null && Until is null)
            return true;
        if (time is not { } known)
        {
            throw new CommandException(
                ExitCode.Data,
                $"{PrintableText.Of(place)} has lines without a time, so --since and --until can't be kept to: where journald has the log, "
                + "leave --log out, or export it with `journalctl -u miltercrypt -o short-iso`");
        }
        return (Since is null || known >= Since) && (Until is null || known < Until);
    }

    private static DateTimeOffset Bound(string option, string text, DateTimeOffset now)
    {
        if (text.Length > 1 && int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            && number <= 100_000 && text[^1] is 'd' or 'h' or 'm')
        {
            return now - (text[^1] switch { 'd' => TimeSpan.FromDays(number), 'h' => TimeSpan.FromHours(number), _ => TimeSpan.FromMinutes(number) });
        }
        return text.Length >= "2026-01-01".Length && char.IsAsciiDigit(text[0])
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : throw new CommandException(ExitCode.Usage, $"{option}: '{PrintableText.Of(text)}' is no time: 7d, 12h, 30m, 2026-11-23, or 2026-11-23T08:00Z");
    }
}
