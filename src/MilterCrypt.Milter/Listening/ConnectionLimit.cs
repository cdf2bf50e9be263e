using Microsoft.Extensions.Logging;

namespace MilterCrypt.Milter.Listening;

/// <summary>How many connections of one listener are served at a time. Owned by its listener.</summary>
internal sealed class ConnectionLimit(int limit, string listener, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan Quiet = TimeSpan.FromMinutes(1);

    private readonly Lock gate = new();
    private int open;
    private long? lastSaid;

    /// <summary>Takes a place, or tells that there is none; the log hears of it once a minute at most.</summary>
    public bool TryEnter()
    {
        lock (gate)
        {
            if (open < limit)
            {
                open++;
                return true;
            }

            if (lastSaid is not { } said || time.GetElapsedTime(said) >= Quiet)
            {
                lastSaid = time.GetTimestamp();
                MilterLog.TooManyConnections(logger, listener, limit);
            }

            return false;
        }
    }

    /// <summary>Gives the place back.</summary>
    public void Leave()
    {
        lock (gate)
            open--;
    }
}
