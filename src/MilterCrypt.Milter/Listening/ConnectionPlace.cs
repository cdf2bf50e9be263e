namespace MilterCrypt.Milter.Listening;

/// <summary>A connection's place at its listener: among those that are served, or among those that wait. Owned by the
/// connection, and used by its session alone.</summary>
internal sealed class ConnectionPlace(ConnectionLimit limit, bool isServed)
{
    private bool isServed = isServed;

    /// <summary>Where the connection came in.</summary>
    public MilterListener Listener => limit.Listener;

    /// <summary>What is counted there.</summary>
    public ListenerTally Tally => limit.Tally;

    /// <summary>Whether the connection is served: one that waits is from now on, if there is a place.</summary>
    public bool IsServed() => isServed = isServed || limit.TryServeWaiting();

    /// <summary>Gives the place back.</summary>
    public void Leave() => limit.Leave(isServed);
}
