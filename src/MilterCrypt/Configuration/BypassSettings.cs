using System.Globalization;
using MilterCrypt.Engine.Policy;
using YamlDotNet.RepresentationModel;

namespace MilterCrypt.Configuration;

/// <summary>The time in which all mail goes as it came.</summary>
/// <param name="Bypass"><c>emergency-bypass.until</c>, <c>emergency-bypass.reason</c></param>
/// <param name="IsOver">Whether it had ended when it was read: then it is as if it weren't there.</param>
internal sealed record BypassSettings(EmergencyBypass Bypass, bool IsOver)
{
    private const int MaxDays = 7, MaxReason = 200;

    /// <summary>What is said of it, loudly: a bypass that is forgotten is mail that everybody can read.</summary>
    public string Warning
    {
        get
        {
            string until = Bypass.Until.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
            return IsOver
                ? $"emergency-bypass: it ended at {until} and is ignored; take it out of the file"
                : $"EMERGENCY BYPASS until {until}: all mail goes as it came, nothing is encrypted, signed, opened or refused. The reason given: {Bypass.Reason}";
        }
    }

    /// <summary>Reads it; null after a complaint.</summary>
    /// <param name="setting">The setting.</param>
    /// <param name="now">The time of reading.</param>
    public static BypassSettings? Read(SettingCursor setting, DateTimeOffset now)
    {
        var map = setting.Map();
        foreach (string key in (string[])["until", "reason"])
        {
            if (!map.ContainsKey(key) && setting.Node is YamlMappingNode)
                setting.Complain($"it has no {key}, such as `emergency-bypass: {{until: {now.AddHours(4):yyyy-MM-dd'T'HH:mm'Z'}, reason: \"the key server is down\"}}`");
        }
        var until = map.TryGetValue("until", out var time) ? Time(time) : null;
        if (until > now.AddDays(MaxDays))
        {
            time!.Complain($"it is more than {MaxDays} days ahead: a bypass is for an emergency");
            return null;
        }
        string? reason = map.TryGetValue("reason", out var why) ? why.Text() : null;
        if (reason is not null && (reason.Length > MaxReason || reason.Any(char.IsControl)))
            why!.Complain($"it is longer than {MaxReason} characters, or more than one line");
        return until is { } end && reason is not null ? new BypassSettings(new EmergencyBypass(end, reason), end <= now) : null;
    }

    private static DateTimeOffset? Time(SettingCursor setting)
    {
        if (setting.Text() is not { } text)
            return null;
        // With its zone: whose clock is meant must not be guessed.
        string[] forms = ["yyyy-MM-dd'T'HH:mm:ss'Z'", "yyyy-MM-dd'T'HH:mm'Z'", "yyyy-MM-dd'T'HH:mm:sszzz", "yyyy-MM-dd'T'HH:mmzzz"];
        if (DateTimeOffset.TryParseExact(text, forms, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time))
            return time;
        setting.Complain($"'{text}' is not a time with its zone, such as 2026-11-27T18:00:00Z or 2026-11-27T19:00+01:00");
        return null;
    }
}
