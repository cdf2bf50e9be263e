using System.Collections.Concurrent;

namespace MilterCrypt.Engine.Custody.GpgAgent;

/// <summary>Which keys an agent has, as it said lately. Any thread.</summary>
internal sealed class KeyHoldings(TimeProvider clock)
{
    // As long as a key that was just put into the agent, or taken from it, may go unnoticed.
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(10);

    // What is asked for are one's own people's keys; others must not fill the memory.
    private const int MaxKnown = 4096;

    private readonly ConcurrentDictionary<string, (bool IsHeld, DateTimeOffset Until)> known = new();

    /// <summary>Whether it has a key; null where that is not known.</summary>
    internal bool? Knows(string grip) => known.TryGetValue(grip, out var said) && clock.GetUtcNow() < said.Until ? said.IsHeld : null;

    /// <summary>Notes what it said.</summary>
    internal void Note(string grip, bool isHeld)
    {
        if (known.Count >= MaxKnown)
            known.Clear();
        known[grip] = (isHeld, clock.GetUtcNow() + Lifetime);
    }

    /// <summary>Forgets a key that it has no more.</summary>
    internal void Forget(string grip) => known.TryRemove(grip, out _);
}
