using System.Runtime.InteropServices;

namespace MilterCrypt.Native.LibArgon2;

/// <summary>libargon2's argon2_context (argon2.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct Argon2Context
{
    internal byte* Output;
    internal uint OutputLength;
    internal byte* Password;
    internal uint PasswordLength;
    internal byte* Salt;
    internal uint SaltLength;
    internal byte* Secret;
    internal uint SecretLength;
    internal byte* AssociatedData;
    internal uint AssociatedDataLength;
    internal uint Passes;
    internal uint MemoryKibibytes;
    internal uint Lanes;
    internal uint Threads;
    internal uint Version;
    internal nint Allocate;
    internal nint Free;
    internal uint Flags;
}
