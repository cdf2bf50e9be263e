namespace MilterCrypt.Engine.Mail;

/// <summary>What all spools of the process may hold together: one per process, whatever becomes of its configuration.
/// Safe for use by several threads.</summary>
/// <param name="memory">Bytes of memory.</param>
/// <param name="disk">Bytes in temporary files.</param>
public sealed class SpoolBudget(long memory, long disk)
{
    private long memoryLeft = memory;
    private long diskLeft = disk;

    /// <summary>Bytes of memory that all may hold.</summary>
    public long Memory { get; } = memory;

    /// <summary>Bytes in temporary files that all may hold.</summary>
    public long Disk { get; } = disk;

    /// <summary>Bytes of memory that nobody holds.</summary>
    public long MemoryLeft => Interlocked.Read(ref memoryLeft);

    /// <summary>Bytes in temporary files that nobody holds.</summary>
    public long DiskLeft => Interlocked.Read(ref diskLeft);

    /// <summary>Whether there is no room for another message.</summary>
    public bool IsMemorySpent => MemoryLeft < Spool.BlockSize;

    /// <summary>Whether there is no room for another message that is too large for memory.</summary>
    public bool IsDiskSpent => DiskLeft < Spool.DiskStep;

    internal bool TryTakeMemory(long bytes) => TryTake(ref memoryLeft, bytes);

    internal bool TryTakeDisk(long bytes) => TryTake(ref diskLeft, bytes);

    internal void ReturnMemory(long bytes) => Interlocked.Add(ref memoryLeft, bytes);

    internal void ReturnDisk(long bytes) => Interlocked.Add(ref diskLeft, bytes);

    private static bool TryTake(ref long left, long bytes)
    {
        if (Interlocked.Add(ref left, -bytes) >= 0)
            return true;
        Interlocked.Add(ref left, bytes);
        return false;
    }
}
