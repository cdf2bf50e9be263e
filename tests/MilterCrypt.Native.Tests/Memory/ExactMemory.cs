using System.Runtime.InteropServices;

namespace MilterCrypt.Native.Tests.Memory;

/// <summary>Hands out memory of exactly the length asked for, from malloc: there valgrind sees the octet before and the octet
/// behind, which in .NET's own heap are somebody else's and nothing to complain of.</summary>
internal sealed unsafe class ExactMemory : IDisposable
{
    private readonly List<nint> blocks = [];

    /// <summary>Memory that nothing was written to yet.</summary>
    public Span<byte> Take(int length)
    {
        void* block = NativeMemory.Alloc((nuint)length);
        blocks.Add((nint)block);
        return new Span<byte>(block, length);
    }

    /// <summary>A copy of what is there.</summary>
    public Span<byte> Copy(ReadOnlySpan<byte> octets)
    {
        Span<byte> copy = Take(octets.Length);
        octets.CopyTo(copy);
        return copy;
    }

    public void Dispose()
    {
        foreach (nint block in blocks)
            NativeMemory.Free((void*)block);
        blocks.Clear();
    }
}
