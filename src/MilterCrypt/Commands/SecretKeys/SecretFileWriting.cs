using MilterCrypt.Native.LibC;
using MilterCrypt.Telemetry;

namespace MilterCrypt.Commands.SecretKeys;

/// <summary>Writes files with secrets: whole or not at all, and for their folder's owner alone.</summary>
internal static class SecretFileWriting
{
    /// <summary>Writes a file that must not be there yet.</summary>
    /// <exception cref="CommandException">It is, or can't be written.</exception>
    public static void Create(string path, ReadOnlySpan<byte> octets) => Write(path, octets, overwrite: false);

    /// <summary>Puts a file in the place of one.</summary>
    /// <exception cref="CommandException">It can't be written.</exception>
    public static void Replace(string path, ReadOnlySpan<byte> octets) => Write(path, octets, overwrite: true);

    private static void Write(string path, ReadOnlySpan<byte> octets, bool overwrite)
    {
        string folder = Path.GetDirectoryName(path)!;
        if (!Directory.Exists(folder))
            throw new CommandException(ExitCode.CantCreate, $"there is no folder {PrintableText.Of(folder)}");
        // Nobody takes a file of this name for a key.
        string draft = Path.Combine(folder, $".{Path.GetFileName(path)}.{Path.GetRandomFileName()}");
        try
        {
            using (var file = new FileStream(draft, New))
            {
                // Root writes for whom the folder belongs to, who could not read it otherwise.
                if (FileIdentity.CurrentUser == 0 && FileRights.Of(folder) is { } owner)
                    DurableFiles.Give(file.SafeFileHandle, owner.Owner, owner.Group);
                file.Write(octets);
                file.Flush(flushToDisk: true);
            }

            // Without overwriting this is a link, which fails where there is a file meanwhile.
            File.Move(draft, path, overwrite);
            DurableFiles.FlushFolder(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCode.CantCreate, $"{PrintableText.Of(path)} can't be written: {e.Message}");
        }
        finally
        {
            File.Delete(draft);
        }
    }

    private static FileStreamOptions New => new()
    {
        Mode = FileMode.CreateNew,
        Access = FileAccess.Write,
        BufferSize = 0,
        UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
    };
}
