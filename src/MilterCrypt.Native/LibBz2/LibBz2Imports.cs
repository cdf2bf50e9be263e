using System.Runtime.InteropServices;

namespace MilterCrypt.Native.LibBz2;

/// <summary>What is used of libbz2, under its own names.</summary>
internal static partial class LibBz2Imports
{
    [LibraryImport(NativeLibraries.LibBz2)]
    internal static partial int BZ2_bzDecompressInit(BzStreamHandle stream, int verbosity, int small);

    [LibraryImport(NativeLibraries.LibBz2)]
    internal static partial int BZ2_bzDecompress(BzStreamHandle stream);

    [LibraryImport(NativeLibraries.LibBz2)]
    internal static partial int BZ2_bzDecompressEnd(nint stream);
}
