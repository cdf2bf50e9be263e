using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace MilterCrypt.Native.LibC;

/// <summary>What it takes to write a file for somebody else, so that it outlives a loss of power: what .NET does not have.</summary>
public static partial class DurableFiles
{
    private const int ReadOnlyDirectory = 0x10000 | 0x80000; // O_RDONLY | O_DIRECTORY | O_CLOEXEC

    /// <summary>Gives an open file to a user and a group (fchown(2)).</summary>
    /// <exception cref="IOException">The system does not let it.</exception>
    public static void Give(SafeFileHandle file, uint user, uint group) => Check(ChangeOwner(file, user, group));

    /// <summary>Sees to it that names that were given or taken in a folder stay so (fsync(2) of the folder).</summary>
    /// <exception cref="IOException">The folder can't be opened, or its disk fails.</exception>
    public static void FlushFolder(string path)
    {
        int descriptor = Open(path, ReadOnlyDirectory);
        Check(descriptor);
        using var folder = new SafeFileHandle(descriptor, ownsHandle: true);
        Check(Synchronize(folder));
    }

    private static void Check(int result)
    {
        if (result < 0)
            throw new IOException(new Win32Exception(Marshal.GetLastPInvokeError()).Message);
    }

    [LibraryImport("libc", EntryPoint = "fchown", SetLastError = true)]
    private static partial int ChangeOwner(SafeFileHandle file, uint user, uint group);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Synchronize(SafeFileHandle file);
}
