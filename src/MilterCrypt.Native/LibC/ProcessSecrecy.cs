using System.Runtime.InteropServices;

namespace MilterCrypt.Native.LibC;

/// <summary>Keeps what this process has in memory to itself.</summary>
public static partial class ProcessSecrecy
{
    private const int SetDumpable = 4; // PR_SET_DUMPABLE
    private const int CoreSize = 4; // RLIMIT_CORE
    private const int LockedMemory = 8; // RLIMIT_MEMLOCK
    private const int Current = 1, Future = 2, OnFault = 4; // MCL_CURRENT, MCL_FUTURE, MCL_ONFAULT

    /// <summary>Has the kernel write no core file, and let no other process of the same user read or change this one's memory
    /// (prctl(2), PR_SET_DUMPABLE; ptrace(2)). Root still may.</summary>
    /// <returns>What went wrong, or null.</returns>
    public static string? Hide()
    {
        var none = default(ResourceLimit);
        if (SetLimit(CoreSize, in none) != 0)
            return $"core files can't be switched off: {Marshal.GetLastPInvokeErrorMessage()}";
        return Control(SetDumpable, 0, 0, 0, 0) == 0
            ? null
            : $"other processes can't be kept from this one's memory: {Marshal.GetLastPInvokeErrorMessage()}";
    }

    /// <summary>Keeps all memory, also what is yet to come, out of swap space, each page once it is used (mlockall(2)). It is all
    /// or nothing: under a limit an allocation would fail some day.</summary>
    /// <returns>Why it isn't so, or null.</returns>
    public static string? LockMemory()
    {
        if (FileIdentity.CurrentUser != 0 && GetLimit(LockedMemory, out var limit) == 0 && limit.Now != nuint.MaxValue)
            return $"no more than {limit.Now} octets may be locked (RLIMIT_MEMLOCK)";
        return LockAll(Current | Future | OnFault) == 0 ? null : Marshal.GetLastPInvokeErrorMessage();
    }

    [LibraryImport("libc", EntryPoint = "mlockall", SetLastError = true)]
    private static partial int LockAll(int flags);

    // Variadic in C; with plain numbers alone, Linux's calling conventions make no difference.
    [LibraryImport("libc", EntryPoint = "prctl", SetLastError = true)]
    private static partial int Control(int option, nuint argument, nuint second, nuint third, nuint fourth);

    [LibraryImport("libc", EntryPoint = "setrlimit", SetLastError = true)]
    private static partial int SetLimit(int resource, in ResourceLimit limit);

    [LibraryImport("libc", EntryPoint = "getrlimit")]
    private static partial int GetLimit(int resource, out ResourceLimit limit);

    // struct rlimit of <sys/resource.h>
    [StructLayout(LayoutKind.Sequential)]
    private struct ResourceLimit
    {
        public nuint Now;
        public nuint Most;
    }
}
