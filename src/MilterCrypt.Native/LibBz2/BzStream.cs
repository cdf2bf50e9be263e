using System.Runtime.InteropServices;

namespace MilterCrypt.Native.LibBz2;

/// <summary>libbz2's bz_stream (bzlib.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct BzStream
{
    internal byte* NextIn;
    internal uint AvailableIn;
    internal uint TotalInLow;
    internal uint TotalInHigh;
    internal byte* NextOut;
    internal uint AvailableOut;
    internal uint TotalOutLow;
    internal uint TotalOutHigh;
    internal nint State;
    internal nint Allocate;
    internal nint Free;
    internal nint Opaque;
}
