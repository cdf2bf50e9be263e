using System.Buffers;
using System.IO.Pipelines;

namespace MilterCrypt.Milter.Session;

/// <summary>Carries a body from the session to the handler that reads it, and the handler's verdict back. The handler
/// starts with the first flush, on a thread of its own from the pool: however long it computes at a stretch, the session
/// keeps the time. Owned by its message.</summary>
internal sealed class BodyFeed
{
    private readonly IMessageHandler handler;
    private readonly CancellationToken stopped;
    private readonly Pipe pipe;
    private bool closed;

    public BodyFeed(IMessageHandler handler, SessionServices services, CancellationToken stopped)
    {
        this.handler = handler;
        this.stopped = stopped;
        int limit = services.Options.BodyBuffer;
        pipe = new Pipe(new PipeOptions(
            services.Pool, pauseWriterThreshold: limit, resumeWriterThreshold: limit / 2,
            minimumSegmentSize: ClearingPool.BlockSize, useSynchronizationContext: false));
    }

    /// <summary>The handler's answer, or null as long as it has not been asked; completes whenever the handler is
    /// done, even before the body is.</summary>
    public Task<MailVerdict>? Verdict { get; private set; }

    /// <summary>Hands on a piece; <see cref="FlushAsync"/> makes the handler see it.</summary>
    public void Write(ReadOnlySequence<byte> piece)
    {
        if (closed || Verdict is { IsCompleted: true })
            return;
        foreach (var segment in piece)
            pipe.Writer.Write(segment.Span);
    }

    /// <summary>Shows the handler what was written and waits while it is behind.</summary>
    /// <returns>Whether it kept up, within the limit and before the wait was interrupted. Else the flush is still pending:
    /// nothing but <see cref="Abort"/> may follow.</returns>
    public async ValueTask<bool> FlushAsync(TimeSpan limit, TimeProvider time, CancellationToken interrupted)
    {
        if (closed)
            return true;

        Verdict ??= Start();
        var flush = pipe.Writer.FlushAsync(CancellationToken.None);
        if (flush.IsCompleted)
        {
            _ = await flush;
            return true;
        }

        Task waiting = flush.AsTask();
        await waiting.WaitAsync(limit, time, interrupted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return waiting.IsCompleted;
    }

    /// <summary>The body is whole: returns the verdict that it gets.</summary>
    public Task<MailVerdict> Complete()
    {
        if (!closed)
            pipe.Writer.Complete();
        closed = true;
        return Verdict ??= Start();
    }

    /// <summary>The body stays half: its reader gets the reason as an exception.</summary>
    public void Abort(Exception reason)
    {
        if (closed)
            return;
        closed = true;
        pipe.Writer.CancelPendingFlush();
        pipe.Writer.Complete(reason);
        if (Verdict is null)
            pipe.Reader.Complete();
    }

    // Not here: before its first wait a handler may compute for as long as it takes to wrap a session key for each of a
    // thousand recipients, and neither PROGRESS nor the deadline would hold meanwhile.
    private Task<MailVerdict> Start() => Task.Run(RunAsync, CancellationToken.None);

    private async Task<MailVerdict> RunAsync()
    {
        try
        {
            return await handler.BodyAsync(pipe.Reader, stopped);
        }
        finally
        {
            // A handler that answers early leaves the rest unread: nothing waits for it, and its memory is wiped now.
            await pipe.Reader.CompleteAsync();
        }
    }
}
