namespace MilterCrypt.Engine.Injection;

/// <summary>The right to a number of connections at a time, for one message. Owned by who reserved it; disposing of it gives back
/// what no transaction uses, and each transaction that is still open then gives its own back when it ends.</summary>
public sealed class InjectionLease : IDisposable
{
    private readonly Lock gate = new();
    private readonly InjectionOptions options;
    private readonly ConnectionPlaces places;
    private int open;
    private bool isDisposed;

    internal InjectionLease(InjectionOptions options, ConnectionPlaces places, int count)
    {
        this.options = options;
        this.places = places;
        Count = count;
    }

    /// <summary>How many transactions may be open at a time.</summary>
    public int Count { get; }

    /// <summary>A transaction, not connected yet. Its caller disposes of it.</summary>
    /// <exception cref="InvalidOperationException">As many as were reserved are open.</exception>
    public InjectionTransaction Begin()
    {
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(isDisposed, this);
            if (open == Count)
                throw new InvalidOperationException($"All {Count} reserved connections are in use.");
            open++;
        }

        return new InjectionTransaction(options, EndOne);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        int unused;
        lock (gate)
        {
            if (isDisposed)
                return;
            isDisposed = true;
            unused = Count - open;
        }

        places.GiveBack(unused);
    }

    private void EndOne()
    {
        bool isLate;
        lock (gate)
        {
            open--;
            isLate = isDisposed;
        }

        if (isLate)
            places.GiveBack(1);
    }
}
