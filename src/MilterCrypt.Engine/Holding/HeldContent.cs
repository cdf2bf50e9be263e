using System.IO.Pipelines;
using MilterCrypt.Engine.Mail;
using MilterCrypt.Native.Memory;

namespace MilterCrypt.Engine.Holding;

/// <summary>A held message, opened: as it was when it was held. Its text is kept sealed. Owned by who opened it.</summary>
public sealed class HeldContent : IAsyncDisposable
{
    private readonly SealedSpool spool;
    private readonly int bodyOffset;
    private readonly ClearedBufferPool buffers;

    internal HeldContent(SealedSpool spool, IReadOnlyList<HeaderField> header, int bodyOffset, ClearedBufferPool buffers)
    {
        this.spool = spool;
        this.buffers = buffers;
        this.bodyOffset = bodyOffset;
        Header = header;
    }

    /// <summary>Its header's fields.</summary>
    public IReadOnlyList<HeaderField> Header { get; }

    /// <summary>Its body, from the start; one stream at a time.</summary>
    public async ValueTask<Stream> OpenBodyAsync(CancellationToken cancellationToken)
    {
        var text = spool.OpenRead();
        byte[] passed = new byte[4096];
        for (int left = bodyOffset; left > 0;)
            left -= await text.ReadAsync(passed.AsMemory(0, Math.Min(left, passed.Length)), cancellationToken).ConfigureAwait(false);
        Array.Clear(passed);
        return text;
    }

    /// <summary>The same, piece by piece, in memory that is cleared.</summary>
    internal async ValueTask<PipeReader> ReadBodyAsync(CancellationToken cancellationToken) => PipeReader.Create(
        await OpenBodyAsync(cancellationToken).ConfigureAwait(false), new StreamPipeReaderOptions(buffers, BodyPieces.MaxLength));

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => spool.DisposeAsync();
}
