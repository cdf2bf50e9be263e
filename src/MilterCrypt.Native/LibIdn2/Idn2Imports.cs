using System.Runtime.InteropServices;

namespace MilterCrypt.Native.LibIdn2;

/// <summary>What is used of libidn2, under its own names.</summary>
internal static partial class Idn2Imports
{
    [LibraryImport(NativeLibraries.LibIdn2, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int idn2_lookup_u8(string source, out nint name, int flags);

    [LibraryImport(NativeLibraries.LibIdn2)]
    internal static partial void idn2_free(nint name);
}
