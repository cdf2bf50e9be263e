using MilterCrypt.Configuration;

namespace MilterCrypt.Daemon;

/// <summary>Tries at the start what would else fail with the first large message.</summary>
internal static class SpoolCheck
{
    /// <summary>What is wrong with the spool's directory, or null.</summary>
    public static string? Complaint(SpoolSettings spool) => Complaint("spool.directory", spool.Directory);

    /// <summary>What is wrong with the spool's directory, or with that where messages are held; or null.</summary>
    public static string? ComplaintOfBoth(Settings settings) =>
        Complaint(settings.Spool) ?? (settings.Held is { } held ? Complaint("held.directory", held.Directory) : null);

    /// <summary>What is wrong with a folder in which there are to be files of ours; or null.</summary>
    /// <param name="setting">What names it.</param>
    /// <param name="directory">The folder.</param>
    public static string? Complaint(string setting, string directory)
    {
        if (!Directory.Exists(directory))
            return $"{setting}: there is no directory {directory}";
        try
        {
            using var file = new FileStream(
                Path.Combine(directory, $".miltercrypt-check-{Guid.NewGuid():N}"),
                new FileStreamOptions
                {
                    Mode = FileMode.CreateNew,
                    Access = FileAccess.Write,
                    Options = FileOptions.DeleteOnClose,
                    UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
                });
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"{setting}: no file can be made in {directory}: {e.Message}";
        }
    }
}
