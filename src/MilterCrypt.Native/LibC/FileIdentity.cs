using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace MilterCrypt.Native.LibC;

/// <summary>Which file a path leads to, and whose it is (statx(2)): what .NET does not tell.</summary>
/// <param name="Device">The file system's number.</param>
/// <param name="Inode">The file's number in it: another one once another file was put in its place.</param>
/// <param name="Owner">The number of the user to whom it belongs.</param>
public sealed partial record FileIdentity(ulong Device, ulong Inode, uint Owner)
{
    private const int CurrentDirectory = -100; // AT_FDCWD
    private const int EmptyPath = 0x1000; // AT_EMPTY_PATH
    private const uint Wanted = 0x0008 | 0x0100; // STATX_UID | STATX_INO

    // struct statx is the same on every architecture, but for the order of octets.
    private const uint TypeWanted = 0x0001; // STATX_TYPE
    private const int TypeMask = 0xF000, RegularType = 0x8000; // S_IFMT, S_IFREG
    private const int ModeOffset = 28, OwnerOffset = 20, InodeOffset = 32, DeviceOffset = 136;

    /// <summary>The user as whom this process acts.</summary>
    public static uint CurrentUser => GetEffectiveUserId();

    /// <summary>The group as which this process acts.</summary>
    public static uint CurrentGroup => GetEffectiveGroupId();

    /// <summary>What a path leads to, symbolic links followed; null where that is nothing that can be looked at.</summary>
    public static FileIdentity? Of(string path)
    {
        Span<byte> status = stackalloc byte[256];
        return StatX(CurrentDirectory, path, 0, Wanted, status) != 0 ? null : Read(status);
    }

    /// <summary>What an open file is, whatever lies at its path by now; null where that can't be told.</summary>
    public static FileIdentity? Of(SafeFileHandle file)
    {
        Span<byte> status = stackalloc byte[256];
        return StatX(file, "", EmptyPath, Wanted, status) != 0 ? null : Read(status);
    }

    /// <summary>Whether a path leads to a file with content of its own: no device, socket or pipe, upon which a reader could wait for
    /// ever, and no folder.</summary>
    public static bool IsRegularFile(string path)
    {
        Span<byte> status = stackalloc byte[256];
        return StatX(CurrentDirectory, path, 0, TypeWanted, status) == 0
            && (MemoryMarshal.Read<ushort>(status[ModeOffset..]) & TypeMask) == RegularType;
    }

    /// <summary>A user's name, or the number where it has none.</summary>
    public static unsafe string UserName(uint user)
    {
        byte[] room = new byte[64 * 1024];
        PasswordEntry entry;
        PasswordEntry* found;
        fixed (byte* buffer = room)
        {
            return GetUser(user, &entry, buffer, (nuint)room.Length, &found) == 0 && found is not null
                ? Marshal.PtrToStringUTF8((nint)entry.Name) ?? ""
                : user.ToString(System.Globalization.CultureInfo.InvariantCulture);
        }
    }

    private static FileIdentity Read(ReadOnlySpan<byte> status) => new(
        MemoryMarshal.Read<ulong>(status[DeviceOffset..]),
        MemoryMarshal.Read<ulong>(status[InodeOffset..]),
        MemoryMarshal.Read<uint>(status[OwnerOffset..]));

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatX(int directory, string path, int flags, uint mask, Span<byte> status);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatX(SafeFileHandle file, string path, int flags, uint mask, Span<byte> status);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint GetEffectiveUserId();

    [LibraryImport("libc", EntryPoint = "getegid")]
    private static partial uint GetEffectiveGroupId();

    [LibraryImport("libc", EntryPoint = "getpwuid_r")]
    private static unsafe partial int GetUser(uint user, PasswordEntry* entry, byte* buffer, nuint length, PasswordEntry** found);
}
