namespace MilterCrypt.Configuration;

/// <summary>Reads <c>held:</c>.</summary>
internal static class HeldReader
{
    /// <summary>What it says, or null after a complaint.</summary>
    public static HeldSettings? Read(SettingCursor setting)
    {
        var map = setting.Map();
        string? path = map.TryGetValue("directory", out var directory) ? directory.AbsolutePath() : null;
        if (directory is null)
            setting.Complain("it has no directory, such as `directory: /var/lib/miltercrypt/held`");
        long? disk = map.TryGetValue("disk", out var size) ? size.Size(1 << 16, 1L << 50) : null;
        var keep = map.TryGetValue("keep", out var time) ? time.Time(TimeSpan.FromHours(1), TimeSpan.FromDays(1000)) : null;
        if (path is null)
            return null;
        var held = new HeldSettings(path);
        return held with { Disk = disk ?? held.Disk, Keep = keep ?? held.Keep };
    }
}
