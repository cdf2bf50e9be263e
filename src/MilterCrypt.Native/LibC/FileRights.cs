using System.Runtime.InteropServices;

namespace MilterCrypt.Native.LibC;

/// <summary>Who may do what with a file, as far as its owner, group and mode tell (statx(2)).</summary>
/// <param name="Owner">The number of the user to whom it belongs.</param>
/// <param name="Group">The number of its group.</param>
/// <param name="Mode">Its permissions.</param>
/// <param name="HasAccessList">Whether an access list (acl(5)) says more than the mode does.</param>
public sealed partial record FileRights(uint Owner, uint Group, UnixFileMode Mode, bool HasAccessList)
{
    private const int CurrentDirectory = -100; // AT_FDCWD
    private const uint Wanted = 0x0002 | 0x0008 | 0x0010; // STATX_MODE | STATX_UID | STATX_GID
    private const int OwnerOffset = 20, GroupOffset = 24, ModeOffset = 28;
    private const int PermissionMask = 0xFFF;

    /// <summary>The rights of what a path leads to, symbolic links followed; null where nothing can be looked at.</summary>
    public static FileRights? Of(string path)
    {
        Span<byte> status = stackalloc byte[256];
        return StatX(CurrentDirectory, path, 0, Wanted, status) != 0 ? null : new FileRights(
            MemoryMarshal.Read<uint>(status[OwnerOffset..]),
            MemoryMarshal.Read<uint>(status[GroupOffset..]),
            (UnixFileMode)(MemoryMarshal.Read<ushort>(status[ModeOffset..]) & PermissionMask),
            GetAttribute(path, "system.posix_acl_access", [], 0) > 0);
    }

    /// <summary>Whether a user may search a directory.</summary>
    public bool LetsSearch(SystemUser user) =>
        Lets(user, UnixFileMode.UserExecute, UnixFileMode.GroupExecute, UnixFileMode.OtherExecute);

    /// <summary>Whether a user may write, which is what connecting to a socket needs.</summary>
    public bool LetsWrite(SystemUser user) =>
        Lets(user, UnixFileMode.UserWrite, UnixFileMode.GroupWrite, UnixFileMode.OtherWrite);

    /// <summary>Gives a file to a group.</summary>
    /// <returns>Why it can't be given, or null.</returns>
    public static string? GiveToGroup(string path, uint group) =>
        ChangeOwner(path, uint.MaxValue, group) == 0 ? null : Marshal.GetLastPInvokeErrorMessage();

    // The first class that a user is of decides, as in path_resolution(7).
    private bool Lets(SystemUser user, UnixFileMode owner, UnixFileMode group, UnixFileMode others) =>
        user.Id == 0 || Mode.HasFlag(user.Id == Owner ? owner : user.Groups.Contains(Group) ? group : others);

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatX(int directory, string path, int flags, uint mask, Span<byte> status);

    [LibraryImport("libc", EntryPoint = "lchown", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ChangeOwner(string path, uint owner, uint group);

    [LibraryImport("libc", EntryPoint = "getxattr", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint GetAttribute(string path, string name, Span<byte> value, nuint size);
}
