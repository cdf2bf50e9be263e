using System.Runtime.InteropServices;

namespace MilterCrypt.Native.LibZ;

/// <summary>zlib's z_stream (zlib.h), whose uLong is as long as a pointer on Linux.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct ZStream
{
    internal byte* NextIn;
    internal uint AvailableIn;
    internal nuint TotalIn;
    internal byte* NextOut;
    internal uint AvailableOut;
    internal nuint TotalOut;
    internal nint Message;
    internal nint State;
    internal nint Allocate;
    internal nint Free;
    internal nint Opaque;
    internal int DataType;
    internal nuint Adler;
    internal nuint Reserved;
}
