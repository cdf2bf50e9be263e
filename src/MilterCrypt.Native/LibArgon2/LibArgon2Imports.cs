using System.Runtime.InteropServices;

namespace MilterCrypt.Native.LibArgon2;

/// <summary>What is used of libargon2, under its own names.</summary>
internal static partial class LibArgon2Imports
{
    /// <summary>Takes lanes and threads apart, which argon2id_hash_raw does not: it starts a thread per lane.</summary>
    [LibraryImport(NativeLibraries.LibArgon2)]
    internal static partial int argon2id_ctx(ref Argon2Context context);

    [LibraryImport(NativeLibraries.LibArgon2)]
    internal static partial nint argon2_error_message(int code);
}
