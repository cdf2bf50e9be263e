using System.Globalization;
using System.Net;
using MilterCrypt.Engine.Mail;
using MilterCrypt.Native.LibC;

namespace MilterCrypt.Configuration;

/// <summary>The kinds of value that settings have. Each method returns null after a complaint.</summary>
internal static class SettingValues
{
    /// <summary>One of some words.</summary>
    public static T? Word<T>(this SettingCursor setting, params ReadOnlySpan<(string Word, T Value)> words)
        where T : struct
    {
        if (setting.Text() is not { } text)
            return null;
        var all = new List<string>();
        foreach (var (word, value) in words)
        {
            if (text == word)
                return value;
            all.Add(word);
        }
        string complaint = $"'{text}' is not one of {string.Join(", ", all)}";
        setting.Complain(NearestWord.Find(text, all) is { } meant ? $"{complaint}; did you mean '{meant}'?" : complaint);
        return null;
    }

    /// <summary>True or false.</summary>
    public static bool? YesOrNo(this SettingCursor setting) => setting.Word(("true", true), ("false", false));

    /// <summary>A whole number.</summary>
    public static int? Number(this SettingCursor setting, int least, int most)
    {
        if (setting.Text() is not { } text)
            return null;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= least && number <= most)
            return number;
        setting.Complain(string.Create(CultureInfo.InvariantCulture, $"'{text}' is not a whole number from {least} to {most}"));
        return null;
    }

    /// <summary>A number of bytes, with or without a unit.</summary>
    public static long? Size(this SettingCursor setting, long least, long most)
    {
        if (setting.Text() is not { } text)
            return null;
        if (TryUnit(text, SizeUnits, out long bytes) && bytes >= least && bytes <= most)
            return bytes;
        setting.Complain(string.Create(
            CultureInfo.InvariantCulture, $"'{text}' is not a size from {least} to {most} bytes, such as 256KiB, 64MiB or 4GiB"));
        return null;
    }

    /// <summary>A time, with its unit.</summary>
    public static TimeSpan? Time(this SettingCursor setting, TimeSpan least, TimeSpan most)
    {
        if (setting.Text() is not { } text)
            return null;
        if (TryUnit(text, TimeUnits, out long seconds) && seconds >= least.TotalSeconds && seconds <= most.TotalSeconds)
            return TimeSpan.FromSeconds(seconds);
        setting.Complain(string.Create(
            CultureInfo.InvariantCulture, $"'{text}' is not a time from {least.TotalSeconds}s to {most.TotalSeconds}s, such as 30s, 4m, 2h or 6d"));
        return null;
    }

    /// <summary>Permissions in octal digits, as chmod has them.</summary>
    public static UnixFileMode? Mode(this SettingCursor setting)
    {
        if (setting.Text() is not { } text)
            return null;
        string digits = text.StartsWith("0o", StringComparison.Ordinal) ? text[2..] : text;
        if (digits.Length == 4 && digits[0] == '0')
            digits = digits[1..];
        if (digits.Length == 3 && digits.All(c => c is >= '0' and <= '7'))
            return (UnixFileMode)Convert.ToInt32(digits, 8);
        setting.Complain($"'{text}' is not three octal digits, such as 660");
        return null;
    }

    /// <summary>A path from the root.</summary>
    public static string? AbsolutePath(this SettingCursor setting)
    {
        if (setting.Text() is not { } text)
            return null;
        if (text.StartsWith('/') && !text.Contains('\0', StringComparison.Ordinal))
            return text;
        setting.Complain($"'{text}' is not a path that begins with /");
        return null;
    }

    /// <summary>A mail address, with its domain.</summary>
    public static MailAddress? Address(this SettingCursor setting)
    {
        if (setting.Text() is not { } text)
            return null;
        if (!MailAddress.TryParse(text, out var address, out string? reason))
            setting.Complain($"'{text}' is not a mail address: {reason}");
        else if (address.Domain.Length == 0)
            setting.Complain($"'{text}' is not a mail address: it has no domain");
        else
            return address;
        return null;
    }

    /// <summary>Users of this machine, by name or by number.</summary>
    public static IReadOnlyList<uint> Users(this SettingCursor setting) =>
        [.. setting.List().Select(static entry => entry.User()).OfType<uint>()];

    private static uint? User(this SettingCursor setting)
    {
        if (setting.Text() is not { } text)
            return null;
        uint? user = uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out uint number) ? number : SystemUser.Find(text)?.Id;
        if (user == SystemUser.Overflow)
            setting.Complain($"'{text}' is the number by which the kernel calls users that it can't name: it says of nobody who he is");
        else if (user is null)
            setting.Complain($"there is no user '{text}' on this machine");
        return user;
    }

    /// <summary>An IP address and a port. No name: what it stands for could change, and with it who can connect.</summary>
    public static IPEndPoint? Endpoint(this SettingCursor setting)
    {
        if (setting.Text() is not { } text)
            return null;
        int colon = text.LastIndexOf(':');
        string host = colon < 0 ? "" : text[..colon];
        bool isWhole = host.Contains('.', StringComparison.Ordinal) || (host.StartsWith('[') && host.EndsWith(']'));
        if (isWhole && IPAddress.TryParse(host, out var address) && ushort.TryParse(text[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out ushort port))
            return new IPEndPoint(address, port);
        setting.Complain($"'{text}' is not an IP address and a port, such as 127.0.0.1:8892 or [::1]:8892");
        return null;
    }

    private static readonly (string Unit, long Factor)[] SizeUnits =
    [
        ("KiB", 1L << 10), ("MiB", 1L << 20), ("GiB", 1L << 30),
        ("kB", 1000), ("KB", 1000), ("MB", 1_000_000), ("GB", 1_000_000_000),
        ("K", 1L << 10), ("M", 1L << 20), ("G", 1L << 30), ("B", 1), ("", 1),
    ];

    private static readonly (string Unit, long Factor)[] TimeUnits = [("s", 1), ("m", 60), ("h", 3600), ("d", 86400)];

    private static bool TryUnit(string text, (string Unit, long Factor)[] units, out long value)
    {
        value = 0;
        int digits = text.TakeWhile(char.IsAsciiDigit).Count();
        string unit = text[digits..].TrimStart(' ');
        var known = Array.FindIndex(units, candidate => candidate.Unit == unit);
        // Twelve digits times the largest factor still fit.
        if (known < 0 || digits is 0 or > 9 + 3 || !long.TryParse(text.AsSpan(0, digits), NumberStyles.None, CultureInfo.InvariantCulture, out long number))
            return false;
        if (number > long.MaxValue / units[known].Factor)
            return false;
        value = number * units[known].Factor;
        return true;
    }
}
