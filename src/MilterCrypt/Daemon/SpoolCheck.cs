using MilterCrypt.Configuration;
using MilterCrypt.Engine.Custody.Files;
using MilterCrypt.Native.LibC;

namespace MilterCrypt.Daemon;

/// <summary>Tries at the start what would else fail with the first large message.</summary>
internal static class SpoolCheck
{
    /// <summary>What is wrong with the spool's directory, or null.</summary>
    public static string? Complaint(SpoolSettings spool) => Complaint("spool.directory", spool.Directory);

    /// <summary>What is wrong with the spool's directory, or with that where messages are held; or null.</summary>
    public static string? ComplaintOfBoth(Settings settings) => ComplaintOfBoth(settings, FileIdentity.CurrentUser);

    /// <summary>The same, asked for somebody.</summary>
    /// <param name="settings">They name both.</param>
    /// <param name="user">As whom `serve` runs.</param>
    public static string? ComplaintOfBoth(Settings settings, uint user) =>
        Complaint(settings.Spool) ?? (settings.Held is { } held ? Complaint("held.directory", held.Directory) ?? ComplaintOfHeld(held.Directory, user) : null);

    /// <summary>Whether others can write where messages are held: what they put there would be released, and signed, in whose name they
    /// like.</summary>
    public static string? ComplaintOfHeld(string directory, uint user) =>
        SecretFile.ComplaintOfFolder(directory, user) is { } complaint ? $"held.directory: {complaint}" : null;

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
