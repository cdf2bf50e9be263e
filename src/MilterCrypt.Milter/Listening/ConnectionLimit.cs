using Microsoft.Extensions.Logging;

namespace MilterCrypt.Milter.Listening;

/// <summary>How many connections of one listener are served at a time; as many again may wait. An MTA whose connection is
/// closed does what its administrator set for a filter that fails, which may be to let mail pass; one that is answered
/// 451 does not. Owned by its listener.</summary>
internal sealed class ConnectionLimit(
    int limit, DescriptorBudget descriptors, MilterListener listener, ListenerTally tally, TimeProvider time, ILogger logger)
{
    private readonly Lock gate = new();
    private readonly OnceAMinute full = new(time);
    private readonly OnceAMinute fewDescriptors = new(time);
    private readonly OnceAMinute closing = new(time);
    private int served;
    private int waiting;

    /// <summary>Whose limit it is.</summary>
    public MilterListener Listener => listener;

    /// <summary>What is counted of its connections.</summary>
    public ListenerTally Tally => tally;

    /// <summary>Takes a place for a new connection, or returns null: it is to be closed.</summary>
    public ConnectionPlace? TryEnter()
    {
        lock (gate)
        {
            if (served < limit && descriptors.TryServe())
            {
                served++;
                return new ConnectionPlace(this, isServed: true);
            }

            SayWhy();
            if (waiting < limit && descriptors.TryWait())
            {
                waiting++;
                tally.Waits();
                return new ConnectionPlace(this, isServed: false);
            }

            tally.Refused();
            if (closing.IsDue())
                MilterLog.ConnectionsClosed(logger, listener.Name);
            return null;
        }
    }

    /// <summary>A place among those that are served for one that waits.</summary>
    public bool TryServeWaiting()
    {
        lock (gate)
        {
            if (served >= limit || !descriptors.TryServeWaiting())
                return false;
            waiting--;
            served++;
            return true;
        }
    }

    /// <summary>Gives a place back.</summary>
    public void Leave(bool wasServed)
    {
        lock (gate)
        {
            descriptors.Return(wasServed);
            if (wasServed)
                served--;
            else
                waiting--;
        }
    }

    private void SayWhy()
    {
        if (served >= limit)
        {
            if (full.IsDue())
                MilterLog.TooManyConnections(logger, listener.Name, limit);
        }
        else if (fewDescriptors.IsDue())
        {
            MilterLog.TooFewDescriptors(logger, listener.Name, descriptors.Limit);
        }
    }
}
