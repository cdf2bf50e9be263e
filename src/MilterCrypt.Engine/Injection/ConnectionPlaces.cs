namespace MilterCrypt.Engine.Injection;

/// <summary>Places that are taken several at once or not at all, and in the order in which they were asked for.</summary>
/// <param name="count">How many there are.</param>
internal sealed class ConnectionPlaces(int count)
{
    private readonly Lock gate = new();
    private readonly LinkedList<Waiter> waiting = new();
    private int free = count;

    /// <summary>How many places nobody has.</summary>
    internal int Free
    {
        get
        {
            lock (gate)
                return free;
        }
    }

    /// <summary>Takes <paramref name="wanted"/> places, which must not be more than there are, as soon as those who asked before have
    /// theirs and that many are free.</summary>
    internal async ValueTask TakeAsync(int wanted, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        LinkedListNode<Waiter> node;
        lock (gate)
        {
            if (waiting.Count == 0 && wanted <= free)
            {
                free -= wanted;
                return;
            }

            node = waiting.AddLast(new Waiter(wanted, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)));
        }

        await using var giving = cancellationToken.UnsafeRegister(_ => GiveUp(node, cancellationToken), null);
        await node.Value.Served.Task;
    }

    /// <summary>Gives places back, and serves who waits.</summary>
    internal void GiveBack(int places)
    {
        lock (gate)
        {
            free += places;
            Serve();
        }
    }

    private void GiveUp(LinkedListNode<Waiter> node, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            // Served in the meantime: the places are theirs, and theirs to give back.
            if (node.List is null)
                return;
            waiting.Remove(node);
            node.Value.Served.SetCanceled(cancellationToken);
            // Who stood behind one that wanted many may find room.
            Serve();
        }
    }

    private void Serve()
    {
        while (waiting.First is { } first && first.Value.Wanted <= free)
        {
            waiting.RemoveFirst();
            free -= first.Value.Wanted;
            first.Value.Served.SetResult();
        }
    }

    private sealed record Waiter(int Wanted, TaskCompletionSource Served);
}
