using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace MilterCrypt.Engine.Mail;

/// <summary>Holds what must wait for a message's end: ciphertext, in memory up to a limit, then in a temporary file that
/// has no name, so that not even SIGKILL leaves it behind. Owned by one message; written, flushed after each piece,
/// then read. It never gets plaintext: its memory comes from a shared pool, its file is not encrypted.
/// (<see cref="SealedSpool"/> is for that.)</summary>
public sealed class Spool : IBufferWriter<byte>, IAsyncDisposable
{
    // What a message takes of the budget at least, and each time that it grows on the disk.
    internal const int BlockSize = 64 * 1024;
    internal const long DiskStep = 1024 * 1024;

    private readonly SpoolOptions options;
    private readonly SpoolBudget budget;
    private readonly List<SpoolBlock> blocks = [];
    private SpoolFile? file;
    private long memoryTaken = BlockSize;
    private long diskTaken;

    private Spool(SpoolOptions options, SpoolBudget budget)
    {
        this.options = options;
        this.budget = budget;
    }

    /// <summary>The bytes written so far.</summary>
    public long Length => (file?.Length ?? 0) + Waiting;

    /// <summary>Whether it has taken a temporary file.</summary>
    public bool IsOnDisk => file is not null;

    /// <summary>Opens a spool, or returns false where the process holds all that it may already.</summary>
    public static bool TryOpen(SpoolOptions options, SpoolBudget budget, [NotNullWhen(true)] out Spool? spool)
    {
        spool = budget.TryTakeMemory(BlockSize) ? new Spool(options, budget) : null;
        return spool is not null;
    }

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        var block = blocks.Count > 0 ? blocks[^1] : null;
        if (block is null || block.Free.Length < Math.Max(sizeHint, 1))
        {
            block = new SpoolBlock(ArrayPool<byte>.Shared.Rent(Math.Max(sizeHint, BlockSize)));
            blocks.Add(block);
        }
        return block.Free;
    }

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    /// <inheritdoc/>
    public void Advance(int count) => blocks[^1].Advance(count);

    /// <summary>Brings what was written since the last call within the limits, on to the disk where there is too much of
    /// it for memory. To be called after each piece: until then memory grows.</summary>
    /// <returns>False where the process holds all that it may: the message is to be refused for now.</returns>
    /// <exception cref="SpoolException">The disk failed.</exception>
    public async ValueTask<bool> FlushAsync(CancellationToken cancellationToken)
    {
        if (file is null && TryStayInMemory())
            return true;
        if (Waiting == 0)
            return true;
        if (!TryTakeDisk())
            return false;

        foreach (var block in blocks)
            await file!.AppendAsync(block.Written, cancellationToken).ConfigureAwait(false);
        LeaveMemory();
        return true;
    }

    /// <summary>The same for who can't wait, being called amid a computation: one that makes much out of little.</summary>
    /// <exception cref="SpoolException">The disk failed.</exception>
    internal bool Flush()
    {
        if (file is null && TryStayInMemory())
            return true;
        if (Waiting == 0)
            return true;
        if (!TryTakeDisk())
            return false;

        foreach (var block in blocks)
            file!.Append(block.Written.Span);
        LeaveMemory();
        return true;
    }

    /// <summary>Reads everything from the start; nothing may be written any more. The stream is valid until the spool
    /// is disposed.</summary>
    public Stream OpenRead() => new SpoolReader(file, blocks);

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        ReleaseBlocks();
        file?.Dispose();
        budget.ReturnDisk(diskTaken);
        budget.ReturnMemory(memoryTaken);
        diskTaken = memoryTaken = 0;
        return ValueTask.CompletedTask;
    }

    private long Waiting => blocks.Sum(block => (long)block.Used);

    private bool TryStayInMemory()
    {
        long rented = blocks.Sum(block => (long)block.Size);
        if (rented > Math.Max(options.MemoryPerMessage, BlockSize))
            return false;
        if (rented > memoryTaken)
        {
            if (!budget.TryTakeMemory(rented - memoryTaken))
                return false;
            memoryTaken = rented;
        }
        return true;
    }

    /// <summary>Has a file with room for what is in memory.</summary>
    private bool TryTakeDisk()
    {
        long steps = ((file?.Length ?? 0) + Waiting - diskTaken + DiskStep - 1) / DiskStep;
        if (steps > 0)
        {
            if (!budget.TryTakeDisk(steps * DiskStep))
                return false;
            diskTaken += steps * DiskStep;
        }

        file ??= SpoolFile.Create(options.Directory);
        return true;
    }

    private void LeaveMemory()
    {
        ReleaseBlocks();
        budget.ReturnMemory(memoryTaken - BlockSize);
        memoryTaken = BlockSize;
    }

    private void ReleaseBlocks()
    {
        foreach (var block in blocks)
            block.Release();
        blocks.Clear();
    }
}
