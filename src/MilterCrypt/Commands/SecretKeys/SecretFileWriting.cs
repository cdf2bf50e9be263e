using Microsoft.Win32.SafeHandles;
using MilterCrypt.Native.LibC;
using MilterCrypt.Telemetry;

namespace MilterCrypt.Commands.SecretKeys;

/// <summary>Writes files with secrets, whole or not at all: new ones for their folder's owner alone, others for whom they were.</summary>
internal static class SecretFileWriting
{
    private const UnixFileMode User = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode Group = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute;

    /// <summary>Writes a file that must not be there yet.</summary>
    /// <exception cref="CommandException">It is, or can't be written.</exception>
    public static void Create(string path, ReadOnlySpan<byte> octets) => Write(path, octets, overwrite: false);

    /// <summary>Puts a file in the place of one, whose owner, group and mode it has but for what others might.</summary>
    /// <exception cref="CommandException">It can't be written, or not given to them.</exception>
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
                if (overwrite && FileRights.Of(path) is { } replaced)
                    Follow(replaced, file.SafeFileHandle, draft);
                else if (FileIdentity.CurrentUser == 0 && FileRights.Of(folder) is { } owner)
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

    private static void Follow(FileRights replaced, SafeFileHandle file, string draft)
    {
        if (FileRights.Of(draft) is not { } own || (own.Owner, own.Group) != (replaced.Owner, replaced.Group))
            DurableFiles.Give(file, replaced.Owner, replaced.Group);
        // With an access list, which is not kept, the group's bits are those of all whom it names.
        File.SetUnixFileMode(file, replaced.Mode & (replaced.HasAccessList ? User : User | Group));
    }

    private static FileStreamOptions New => new()
    {
        Mode = FileMode.CreateNew,
        Access = FileAccess.Write,
        BufferSize = 0,
        UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
    };
}
