using System.Runtime.InteropServices;
using MilterCrypt.Native.Memory;

namespace MilterCrypt.OpenPgp.Tests.Randomness;

/// <summary>A pool whose buffers the test can look into, while they are rented and after they came back: it hands out those
/// that were in it first.</summary>
internal sealed class WatchedBuffers : IDisposable
{
    private const int OfEachSize = 6;

    private readonly List<byte[]> arrays = [];

    public WatchedBuffers()
    {
        for (int size = 4096; size <= Pool.MaxBufferSize; size *= 2)
        {
            var leases = Enumerable.Range(0, OfEachSize).Select(_ => Pool.Rent(size)).ToList();
            foreach (var lease in leases)
            {
                Assert.True(MemoryMarshal.TryGetArray<byte>(lease.Memory, out var segment));
                arrays.Add(segment.Array!);
            }

            leases.ForEach(static lease => lease.Dispose());
        }
    }

    public ClearedBufferPool Pool { get; } = new();

    /// <summary>Whether one of them holds some octets now.</summary>
    public bool Hold(ReadOnlySpan<byte> octets)
    {
        foreach (byte[] array in arrays)
        {
            if (array.AsSpan().IndexOf(octets) >= 0)
                return true;
        }

        return false;
    }

    /// <summary>Holds that all came back, and are zeros.</summary>
    public void AreCleared() => Assert.All(arrays, static array => Assert.Equal(-1, array.AsSpan().IndexOfAnyExcept((byte)0)));

    public void Dispose() => Pool.Dispose();
}
