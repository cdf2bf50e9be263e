using System.Buffers;
using System.IO.Pipelines;

namespace MilterCrypt.Milter;

/// <summary>Carries a body from the session to the handler that reads it, and the handler's verdict back. The handler
/// starts with the first flush: a small body is whole by then, and is worked through without a change of threads. Owned
/// by its message.</summary>
internal sealed class BodyFeed
{
    private readonly IMessageHandler _handler;
    private readonly CancellationToken _cancellationToken;
    private readonly Pipe _pipe;
    private bool _closed;

    public BodyFeed(IMessageHandler handler, SessionServices services, CancellationToken cancellationToken)
    {
        _handler = handler;
        _cancellationToken = cancellationToken;
        int limit = services.Options.BodyBuffer;
        _pipe = new Pipe(new PipeOptions(
            services.Pool, pauseWriterThreshold: limit, resumeWriterThreshold: limit / 2,
            minimumSegmentSize: ClearingPool.BlockSize, useSynchronizationContext: false));
    }

    /// <summary>The handler's answer, or null as long as it has not been asked; completes whenever the handler is
    /// done, even before the body is.</summary>
    public Task<MailVerdict>? Verdict { get; private set; }

    /// <summary>Hands on a piece; <see cref="FlushAsync"/> makes the handler see it.</summary>
    public void Write(ReadOnlySequence<byte> piece)
    {
        if (_closed || Verdict is { IsCompleted: true })
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

        Verdict ??= RunAsync();
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

    /// <summary>The body is whole: returns the verdict that it gets.</summary>
    public Task<MailVerdict> Complete()
    {
        if (!_closed)
            _pipe.Writer.Complete();
        _closed = true;
        return Verdict ??= RunAsync();
    }

    /// <summary>The body stays half: its reader gets the reason as an exception.</summary>
    public void Abort(Exception reason)
    {
        if (_closed)
            return;
        _closed = true;
        _pipe.Writer.CancelPendingFlush();
        _pipe.Writer.Complete(reason);
        if (Verdict is null)
            _pipe.Reader.Complete();
    }

    private async Task<MailVerdict> RunAsync()
    {
        try
        {
            return await _handler.BodyAsync(_pipe.Reader, _cancellationToken);
        }
        finally
        {
            // A handler that answers early leaves the rest unread: nothing waits for it, and its memory is wiped now.
            await _pipe.Reader.CompleteAsync();
        }
    }
}
