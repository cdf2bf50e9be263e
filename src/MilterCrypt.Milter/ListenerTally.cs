namespace MilterCrypt.Milter;

/// <summary>What is counted of the connections of one listener. Owned by the listener.</summary>
internal sealed class ListenerTally
{
    private const string Ended = "ended", Breach = "protocol_breach", Silent = "timeout", Lost = "lost", Failed = "failed";

    private readonly MilterMetrics metrics;
    private readonly KeyValuePair<string, object?> listener;

    public ListenerTally(MilterMetrics metrics, string name)
    {
        this.metrics = metrics;
        listener = MilterMetrics.Tag("listener", name);
        metrics.Open.Add(0, listener);
        metrics.Accepted.Add(0, listener);
        metrics.Waited.Add(0, listener);
        metrics.Refused.Add(0, listener);
        foreach (string reason in (string[])[Ended, Breach, Silent, Lost, Failed])
            Close(0, reason);
    }

    /// <summary>A connection is taken, to be served or to wait.</summary>
    public void Opened()
    {
        metrics.Accepted.Add(1, listener);
        metrics.Open.Add(1, listener);
        metrics.IdleChanged(1);
    }

    /// <summary>A connection has no place yet.</summary>
    public void Waits() => metrics.Waited.Add(1, listener);

    /// <summary>A connection is one too many, and closed.</summary>
    public void Refused() => metrics.Refused.Add(1, listener);

    /// <summary>A connection has ended.</summary>
    /// <param name="session">Its session, which has ended too, in whatever way.</param>
    public void Closed(Task session)
    {
        metrics.Open.Add(-1, listener);
        metrics.IdleChanged(-1);
        Close(1, session.IsCompletedSuccessfully ? Ended : session.Exception?.InnerException switch
        {
            MilterProtocolException => Breach,
            TimeoutException => Silent,
            null or IOException or OperationCanceledException => Lost,
            _ => Failed,
        });
    }

    private void Close(int count, string reason) => metrics.Closed.Add(count, listener, MilterMetrics.Tag("reason", reason));
}
