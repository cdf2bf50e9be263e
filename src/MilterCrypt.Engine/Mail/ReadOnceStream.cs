namespace MilterCrypt.Engine.Mail;

/// <summary>A stream that is read once, from its start, and of which it is known how long it is.</summary>
/// <param name="length">In bytes.</param>
internal abstract class ReadOnceStream(long length) : Stream
{
    private long position;

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => length;

    /// <inheritdoc/>
    public override long Position
    {
        get => position;
        set => throw new NotSupportedException("A spool is read once, from its start.");
    }

    /// <inheritdoc/>
    public abstract override int Read(Span<byte> buffer);

    /// <inheritdoc/>
    public abstract override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default);

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

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

    /// <summary>A file that ends early (a failing disk) must not look like a shorter message.</summary>
    /// <returns>What was read.</returns>
    protected int Passed(int read, int wanted)
    {
        if (read == 0 && wanted > 0 && position < length)
            throw new SpoolException("A temporary file ends before its end.");
        position += read;
        return read;
    }
}
