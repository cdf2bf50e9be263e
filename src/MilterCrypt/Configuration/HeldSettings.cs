namespace MilterCrypt.Configuration;

/// <summary>Where messages are held, and how long before somebody is told.</summary>
/// <param name="Directory"><c>held.directory</c></param>
internal sealed record HeldSettings(string Directory)
{
    /// <summary><c>held.disk</c></summary>
    public long Disk { get; init; } = 4L * 1024 * 1024 * 1024;

    /// <summary><c>held.keep</c></summary>
    public TimeSpan Keep { get; init; } = TimeSpan.FromDays(7);
}
