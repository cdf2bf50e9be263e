using System.CommandLine;
using System.Globalization;
using MilterCrypt.Telemetry;

namespace MilterCrypt.Commands.SecretKeys;

/// <summary>When a key is to end, as people write it: 90d, 18m, 2y, 2028-01-01, never.</summary>
internal static class KeyEnd
{
    private const string Forms = "such as 90d, 18m, 2y, 2028-01-01 or never";

    /// <summary>The option.</summary>
    public static Option<string> Option() => new("--expires")
    {
        Description = $"When it ends: {Forms}",
        HelpName = "TIME",
        DefaultValueFactory = _ => "2y",
    };

    /// <summary>The time, in whole seconds; null for never.</summary>
    /// <exception cref="CommandException">It is no such time, or not to come.</exception>
    public static DateTimeOffset? Parse(string text, DateTimeOffset now)
    {
        if (text == "never")
            return null;
        var end = Find(text, DateTimeOffset.FromUnixTimeSeconds(now.ToUnixTimeSeconds()))
            ?? throw new CommandException(ExitCode.Usage, $"--expires '{PrintableText.Of(text)}' is no time, {Forms}");
        return end > now && end < now.AddYears(100) ? end : throw new CommandException(ExitCode.Usage, $"--expires '{PrintableText.Of(text)}' is not within a hundred years to come");
    }

    private static DateTimeOffset? Find(string text, DateTimeOffset now)
    {
        if (DateTimeOffset.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var day))
            return day;
        if (text.Length is < 2 or > 6 || !int.TryParse(text.AsSpan(..^1), NumberStyles.None, CultureInfo.InvariantCulture, out int number) || number > 36_525)
            return null;
        return text[^1] switch
        {
            'd' => now.AddDays(number),
            'm' when number <= 1200 => now.AddMonths(number),
            'y' when number <= 100 => now.AddYears(number),
            _ => null,
        };
    }
}
