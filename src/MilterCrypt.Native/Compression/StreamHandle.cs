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

    // Set once the library has made a state that it must free.
    private bool isBegun;

    /// <summary>Has the library make its state.</summary>
    /// <param name="begin">The call, which returns zero where it did.</param>
    /// <param name="failed">What to throw where it did not.</param>
    /// <returns>False, and the handle is disposed, where the library is not installed.</returns>
    internal bool TryBegin(Func<int> begin, Func<int, Exception> failed)
    {
        try
        {
            int result = begin();
            isBegun = result == 0 ? true : throw failed(result);
        }
        catch (DllNotFoundException)
        {
            // For the caller to say.
        }
        finally
        {
            if (!isBegun)
                Dispose();
        }

        return isBegun;
    }

    /// <summary>Has the library free its state.</summary>
    protected abstract void End(nint structure);

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        if (isBegun)
            End(handle);
        NativeMemory.Free((void*)handle);
        return true;
    }
}
