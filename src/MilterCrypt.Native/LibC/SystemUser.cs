using System.Runtime.InteropServices;

namespace MilterCrypt.Native.LibC;

/// <summary>A user of this machine, with the groups that a process of theirs gets (getgrouplist(3)).</summary>
/// <param name="Name">The name.</param>
/// <param name="Id">The number.</param>
/// <param name="Groups">The numbers of the groups, the user's own among them.</param>
public sealed partial record SystemUser(string Name, uint Id, IReadOnlyList<uint> Groups)
{
    /// <summary>What the kernel says for a user that this user namespace doesn't know (user_namespaces(7)); Debian's nobody.</summary>
    public const uint Overflow = 65534;

    private const int MostGroups = 65536; // NGROUPS_MAX

    /// <summary>The user of that name; null where there is none.</summary>
    public static unsafe SystemUser? Find(string name)
    {
        byte[] room = new byte[64 * 1024];
        PasswordEntry entry;
        PasswordEntry* found;
        fixed (byte* buffer = room)
        {
            if (GetUser(name, &entry, buffer, (nuint)room.Length, &found) != 0 || found is null)
                return null;
        }
        uint[] groups = new uint[MostGroups];
        int count = groups.Length;
        return GetGroups(name, entry.Group, groups, ref count) < 0
            ? new SystemUser(name, entry.User, [entry.Group])
            : new SystemUser(name, entry.User, groups[..count]);
    }

    [LibraryImport("libc", EntryPoint = "getpwnam_r", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int GetUser(string name, PasswordEntry* entry, byte* buffer, nuint length, PasswordEntry** found);

    [LibraryImport("libc", EntryPoint = "getgrouplist", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int GetGroups(string name, uint group, Span<uint> groups, ref int count);
}
