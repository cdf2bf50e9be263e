using System.Buffers;

namespace MilterCrypt.Engine.Mail;

/// <summary>A piece of a spool's memory, rented from the shared pool. Owned by its spool.</summary>
internal sealed class SpoolBlock(byte[] array)
{
    internal int Size => array.Length;

    internal int Used { get; private set; }

    internal Memory<byte> Free => array.AsMemory(Used);

    internal ReadOnlyMemory<byte> Written => array.AsMemory(0, Used);

    internal void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, array.Length - Used);
        Used += count;
    }

    internal void Release()
    {
        ArrayPool<byte>.Shared.Return(array);
        array = [];
        Used = 0;
    }
}
