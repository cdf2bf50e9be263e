namespace MilterCrypt.Engine.Mail;

/// <summary>Reads a finished spool from its start: its file, then what is in memory. It holds nothing of its own.</summary>
internal sealed class SpoolReader(SpoolFile? file, IReadOnlyList<SpoolBlock> blocks) : Stream
{
    private long position;
    private int block;
    private int blockOffset;

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => (file?.Length ?? 0) + blocks.Sum(piece => (long)piece.Used);

    /// <inheritdoc/>
    public override long Position
    {
        get => position;
        set => throw new NotSupportedException("A spool is read once, from its start.");
    }

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        int read = IsInFile ? file!.Read(buffer, position) : CopyFromMemory(buffer);
        return Passed(read, buffer.Length);
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int read = IsInFile
            ? await file!.ReadAsync(buffer, position, cancellationToken).ConfigureAwait(false)
            : CopyFromMemory(buffer.Span);
        return Passed(read, buffer.Length);
    }

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override void Flush() { }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException("A spool is read once, from its start.");

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException("A spool's reader doesn't write.");

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("A spool's reader doesn't write.");

    private bool IsInFile => file is not null && position < file.Length;

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

    /// <summary>A file that ends early (a failing disk) must not look like a shorter message.</summary>
    private int Passed(int read, int wanted)
    {
        if (read == 0 && wanted > 0 && position < Length)
            throw new SpoolException("A temporary file ends before its end.");
        position += read;
        return read;
    }
}
