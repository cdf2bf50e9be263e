namespace MilterCrypt.Engine.Mail;

/// <summary>Reads a finished spool from its start: its file, then what is in memory. It holds nothing of its own.</summary>
internal sealed class SpoolReader(SpoolFile? file, IReadOnlyList<SpoolBlock> blocks)
    : ReadOnceStream((file?.Length ?? 0) + blocks.Sum(piece => (long)piece.Used))
{
    private int block;
    private int blockOffset;

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        int read = IsInFile ? file!.Read(buffer, Position) : CopyFromMemory(buffer);
        return Passed(read, buffer.Length);
    }

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int read = IsInFile
            ? await file!.ReadAsync(buffer, Position, cancellationToken).ConfigureAwait(false)
            : CopyFromMemory(buffer.Span);
        return Passed(read, buffer.Length);
    }

    private bool IsInFile => file is not null && Position < file.Length;

    private int CopyFromMemory(Span<byte> buffer)
    {
        while (block < blocks.Count && blockOffset == blocks[block].Used)
        {
            block++;
            blockOffset = 0;
        }
        if (block == blocks.Count)
            return 0;
        var source = blocks[block].Written.Span[blockOffset..];
        int count = Math.Min(source.Length, buffer.Length);
        source[..count].CopyTo(buffer);
        blockOffset += count;
        return count;
    }
}
