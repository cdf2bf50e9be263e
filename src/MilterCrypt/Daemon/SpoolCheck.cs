using MilterCrypt.Configuration;

namespace MilterCrypt.Daemon;

/// <summary>Tries at the start what would else fail with the first large message.</summary>
internal static class SpoolCheck
{
    /// <summary>What is wrong with the spool's directory, or null.</summary>
    public static string? Complaint(SpoolSettings spool)
    {
        if (!Directory.Exists(spool.Directory))
            return $"spool.directory: there is no directory {spool.Directory}";
        try
        {
            using var file = new FileStream(
                Path.Combine(spool.Directory, $".miltercrypt-check-{Guid.NewGuid():N}"),
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
            return $"spool.directory: no file can be made in {spool.Directory}: {e.Message}";
        }
    }
}
