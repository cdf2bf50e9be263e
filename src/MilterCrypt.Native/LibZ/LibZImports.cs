using System.Runtime.InteropServices;

namespace MilterCrypt.Native.LibZ;

/// <summary>What is used of zlib, under its own names.</summary>
internal static partial class LibZImports
{
    [LibraryImport(NativeLibraries.LibZ, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int inflateInit2_(ZStreamHandle stream, int windowBits, string version, int streamSize);

    [LibraryImport(NativeLibraries.LibZ)]
    internal static partial int inflate(ZStreamHandle stream, int flush);

    [LibraryImport(NativeLibraries.LibZ)]
    internal static partial int inflateEnd(nint stream);
}
