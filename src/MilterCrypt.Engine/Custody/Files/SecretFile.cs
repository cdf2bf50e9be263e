using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;
using MilterCrypt.Native.LibC;

namespace MilterCrypt.Engine.Custody.Files;

/// <summary>Files whose content is secret: read only where nobody else can read or change them.</summary>
public static class SecretFile
{
    private const UnixFileMode Forbidden = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>Where systemd puts a unit's credentials; null where it has none.</summary>
    public static string? CredentialsFolder => Environment.GetEnvironmentVariable("CREDENTIALS_DIRECTORY") is { Length: > 0 } folder ? folder : null;

    /// <summary>Reads a whole file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="maxLength">Its octets at most.</param>
    /// <param name="content">Pinned octets: the caller clears them.</param>
    /// <param name="reason">Why it is not read, in an administrator's words, without the path.</param>
    public static bool TryRead(
        string path, int maxLength, [NotNullWhen(true)] out byte[]? content, [NotNullWhen(false)] out string? reason)
    {
        content = null;
        try
        {
            // Opened first, so that what is looked at is what is read.
            using var file = File.OpenHandle(path);
            reason = Complaint(path, file);
            if (reason is not null)
                return false;
            long length = RandomAccess.GetLength(file);
            if (length > maxLength)
            {
                reason = $"it has more than {maxLength} octets";
                return false;
            }

            content = GC.AllocateArray<byte>((int)length, pinned: true);
            int read = 0;
            while (read < content.Length && RandomAccess.Read(file, content.AsSpan(read), read) is > 0 and var more)
                read += more;
            if (read == content.Length)
                return true;
            reason = "it became shorter while it was read";
            CryptographicOperations.ZeroMemory(content);
            content = null;
            return false;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            reason = failure.Message;
            return false;
        }
    }

    /// <summary>What is wrong with a folder of such files: who may write into it could put others there; null where nothing is.</summary>
    public static string? ComplaintOfFolder(string path) => ComplaintOfFolder(path, FileIdentity.CurrentUser);

    /// <summary>The same, asked for somebody.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="user">Whose it is to be, if it isn't root's.</param>
    public static string? ComplaintOfFolder(string path, uint user)
    {
        const UnixFileMode forbidden = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;
        if (FileRights.Of(path) is not { } rights)
            return $"there is no folder {path}, or it can't be looked at";
        return (rights.Mode & forbidden) == 0 && IsOf(rights.Owner, user) ? null : $"others can write into {path}: {Remedy(path, rights.Owner, user, "go-w")}";
    }

    private static string? Complaint(string path, SafeFileHandle file)
    {
        if (FileIdentity.Of(file) is not { Owner: var owner })
            return "whose it is can't be told";
        // systemd lets the unit's user read by an access list, whose mask stands where the group's rights do.
        var forbidden = Path.GetDirectoryName(path) == CredentialsFolder ? Forbidden & ~UnixFileMode.GroupRead : Forbidden;
        return (File.GetUnixFileMode(file) & forbidden) == 0 && IsOf(owner, FileIdentity.CurrentUser) ? null : $"others can read or change it: {Remedy(path, owner, FileIdentity.CurrentUser, "go=")}";
    }

    private static bool IsOf(uint owner, uint user) => owner == 0 || owner == user;

    private static string Remedy(string path, uint owner, uint user, string change) => IsOf(owner, user)
        ? $"chmod {change} {path}"
        : $"it belongs to {FileIdentity.UserName(owner)}: chown {FileIdentity.UserName(user)} {path}";
}
