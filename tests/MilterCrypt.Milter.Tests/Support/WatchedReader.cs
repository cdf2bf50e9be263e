using System.IO.Pipelines;
using System.Threading.Channels;

namespace MilterCrypt.Milter.Tests.Support;

/// <summary>A reader that tells when whoever reads has nothing to read and waits.</summary>
internal sealed class WatchedReader(PipeReader reader) : PipeReader
{
    private readonly Channel<bool> waits = Channel.CreateUnbounded<bool>();

    /// <summary>Returns once for each time that the reader has to wait.</summary>
    public async Task WhenWaitingAsync(CancellationToken cancellationToken) => await waits.Reader.ReadAsync(cancellationToken);

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        var read = reader.ReadAsync(cancellationToken);
        if (!read.IsCompleted)
            waits.Writer.TryWrite(true);
        return read;
    }

    public override bool TryRead(out ReadResult result) => reader.TryRead(out result);

    public override void AdvanceTo(SequencePosition consumed) => reader.AdvanceTo(consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => reader.AdvanceTo(consumed, examined);

    public override void CancelPendingRead() => reader.CancelPendingRead();

    public override void Complete(Exception? exception = null) => reader.Complete(exception);
}
