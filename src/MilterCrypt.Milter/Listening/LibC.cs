using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace MilterCrypt.Milter.Listening;

/// <summary>What .NET does not offer of socket files and file descriptors.</summary>
internal static partial class LibC
{
    private const int CurrentDirectory = -100; // AT_FDCWD
    private const int NoFollow = 0x100; // AT_SYMLINK_NOFOLLOW
    private const uint TypeOnly = 1; // STATX_TYPE
    private const int ModeOffset = 28; // stx_mode: struct statx is the same on every architecture
    private const int TypeMask = 0xF000; // S_IFMT
    private const int SocketType = 0xC000; // S_IFSOCK
    private const int NoSuchFile = 2; // ENOENT
    private const uint Unchanged = uint.MaxValue;
    private const int OpenFiles = 7; // RLIMIT_NOFILE
    private const int SetDescriptorFlags = 2; // F_SETFD
    private const int CloseOnExec = 1; // FD_CLOEXEC

    public static FileKind FileKindOf(string path)
    {
        Span<byte> status = stackalloc byte[256];
        if (StatX(CurrentDirectory, path, NoFollow, TypeOnly, status) != 0)
        {
            return Marshal.GetLastPInvokeError() == NoSuchFile
                ? FileKind.Missing
                : throw new MilterListenException($"Can't look at {path}: {Marshal.GetLastPInvokeErrorMessage()}.", null);
        }

        ushort mode = BitConverter.IsLittleEndian
            ? BinaryPrimitives.ReadUInt16LittleEndian(status[ModeOffset..])
            : BinaryPrimitives.ReadUInt16BigEndian(status[ModeOffset..]);
        return (mode & TypeMask) == SocketType ? FileKind.Socket : FileKind.Other;
    }

    /// <summary>A group's number, or null when there is no such group.</summary>
    public static unsafe uint? GroupId(string name)
    {
        // A group with many members needs room for all their names.
        byte[] room = new byte[1024 * 1024];
        Group entry;
        Group* found;
        fixed (byte* buffer = room)
            return GetGroup(name, &entry, buffer, (nuint)room.Length, &found) == 0 && found is not null ? entry.Id : null;
    }

    /// <summary>Gives a file to a group; returns what went wrong, or null.</summary>
    public static string? ChangeGroup(string path, uint group) =>
        ChangeOwner(path, Unchanged, group) == 0 ? null : Marshal.GetLastPInvokeErrorMessage();

    /// <summary>How many file descriptors this process may have open; a very large number where that can't be told.</summary>
    public static long DescriptorLimit() =>
        OperatingSystem.IsLinux() && GetLimit(OpenFiles, out var limit) == 0 && limit.Now <= int.MaxValue ? (long)limit.Now : int.MaxValue;

    /// <summary>Keeps a file descriptor from the programs that this one may start.</summary>
    public static void KeepFromChildren(int descriptor) => _ = Control(descriptor, SetDescriptorFlags, CloseOnExec);

    [LibraryImport("libc", EntryPoint = "getrlimit")]
    private static partial int GetLimit(int resource, out ResourceLimit limit);

    // Variadic in C; with one plain number behind it, Linux's calling conventions make no difference.
    [LibraryImport("libc", EntryPoint = "fcntl")]
    private static partial int Control(int descriptor, int command, int argument);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatX(int directory, string path, int flags, uint mask, Span<byte> status);

    [LibraryImport("libc", EntryPoint = "getgrnam_r", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int GetGroup(string name, Group* entry, byte* buffer, nuint length, Group** found);

    [LibraryImport("libc", EntryPoint = "lchown", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ChangeOwner(string path, uint owner, uint group);

    // struct group of <grp.h>
    [StructLayout(LayoutKind.Sequential)]
    private unsafe struct Group
    {
        public byte* Name;
        public byte* Password;
        public uint Id;
        public byte** Members;
    }

    // struct rlimit of <sys/resource.h>
    [StructLayout(LayoutKind.Sequential)]
    private struct ResourceLimit
    {
        public nuint Now;
        public nuint Most;
    }
}
