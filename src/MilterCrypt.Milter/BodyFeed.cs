using System.Buffers;
using System.IO.Pipelines;

namespace MilterCrypt.Milter;

/// <summary>Carries a body from the session to the handler that reads it, and the handler's verdict back. Owned by
/// its message.</summary>
internal sealed class BodyFeed
{
    private readonly Pipe _pipe;
    private readonly Task<MailVerdict> _verdict;
    private bool _closed;

    private BodyFeed(IMessageHandler handler, SessionServices services, CancellationToken cancellationToken)
    {
        int limit = services.Options.BodyBuffer;
        _pipe = new Pipe(new PipeOptions(
            services.Pool, pauseWriterThreshold: limit, resumeWriterThreshold: limit / 2,
            minimumSegmentSize: ClearingPool.BlockSize, useSynchronizationContext: false));
        _verdict = RunAsync(handler, _pipe.Reader, cancellationToken);
    }

    /// <summary>The handler's answer; completes whenever the handler is done, even before the body is.</summary>
    public Task<MailVerdict> Verdict => _verdict;

    public static BodyFeed Start(IMessageHandler handler, SessionServices services, CancellationToken cancellationToken) =>
        new(handler, services, cancellationToken);

    /// <summary>Hands on a piece; <see cref="FlushAsync"/> makes the handler see it.</summary>
    public void Write(ReadOnlySequence<byte> piece)
    {
        if (_closed || _verdict.IsCompleted)
            return;
        foreach (ReadOnlyMemory<byte> segment in piece)
            _pipe.Writer.Write(segment.Span);
    }

    /// <summary>Shows the handler what was written and waits while it is behind.</summary>
    /// <returns>Whether it kept up within the limit.</returns>
    public async ValueTask<bool> FlushAsync(TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        if (_closed)
            return true;

        ValueTask<FlushResult> flush = _pipe.Writer.FlushAsync(CancellationToken.None);
        if (flush.IsCompleted)
        {
            _ = await flush;
            return true;
        }

        Task waiting = flush.AsTask();
        await waiting.WaitAsync(limit, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return waiting.IsCompleted || cancellationToken.IsCancellationRequested;
    }

    /// <summary>The body is whole.</summary>
    public void Complete()
    {
        if (!_closed)
            _pipe.Writer.Complete();
        _closed = true;
    }

    /// <summary>The body stays half: its reader gets the reason as an exception.</summary>
    public void Abort(Exception reason)
    {
        if (_closed)
            return;
        _closed = true;
        _pipe.Writer.CancelPendingFlush();
        _pipe.Writer.Complete(reason);
    }

    private static async Task<MailVerdict> RunAsync(IMessageHandler handler, PipeReader reader, CancellationToken cancellationToken)
    {
        try
        {
            return await handler.BodyAsync(reader, cancellationToken);
        }
        finally
        {
            // A handler that answers early leaves the rest unread: nothing waits for it, and its memory is wiped now.
            await reader.CompleteAsync();
        }
    }
}
