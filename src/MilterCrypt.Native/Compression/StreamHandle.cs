using System.Runtime.InteropServices;

namespace MilterCrypt.Native.Compression;

/// <summary>A library's stream structure in memory that does not move, since the library's own state points back to it;
/// belongs to one thread.</summary>
internal abstract unsafe class StreamHandle : SafeHandle
{
    /// <param name="size">Octets of the structure, which begins as zeros.</param>
    protected StreamHandle(int size) : base(0, ownsHandle: true) => SetHandle((nint)NativeMemory.AllocZeroed((nuint)size));

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <summary>The structure, for as long as the caller keeps the handle alive.</summary>
    internal void* Structure => (void*)handle;

    /// <summary>Set once the library has made a state that it must free.</summary>
    internal bool IsBegun { get; set; }

    /// <summary>Has the library free its state.</summary>
    protected abstract void End(nint structure);

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        if (IsBegun)
            End(handle);
        NativeMemory.Free((void*)handle);
        return true;
    }
}
