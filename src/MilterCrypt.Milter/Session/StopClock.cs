namespace MilterCrypt.Milter.Session;

/// <summary>How the stop of a server goes on, for all its sessions alike: at first messages in flight are finished, then
/// they are refused as soon as the MTA can be told, then connections are closed. Owned by the server's connection
/// handler.</summary>
internal sealed class StopClock : IDisposable
{
    private readonly MilterOptions options;
    private readonly CancellationTokenSource expired;
    private readonly CancellationTokenSource over;
    private int begun;

    public StopClock(MilterOptions options, TimeProvider time)
    {
        this.options = options;
        expired = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        over = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        // A session whose filter hangs can outlive the server, and may still look.
        (Expired, Over) = (expired.Token, over.Token);
    }

    /// <summary>No message may take longer.</summary>
    public CancellationToken Expired { get; }

    /// <summary>No connection may be kept any longer that waits for its MTA.</summary>
    public CancellationToken Over { get; }

    /// <summary>The stop begins; only the first call counts.</summary>
    public void Begin()
    {
        if (Interlocked.Exchange(ref begun, 1) != 0)
            return;
        expired.CancelAfter(options.StopTimeout);
        over.CancelAfter(options.StopTimeout + options.LastWordTimeout);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        expired.Dispose();
        over.Dispose();
    }
}
