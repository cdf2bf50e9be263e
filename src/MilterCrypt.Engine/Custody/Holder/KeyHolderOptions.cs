namespace MilterCrypt.Engine.Custody.Holder;

/// <summary>Whom a key holder answers, and how much it takes upon itself.</summary>
public sealed record KeyHolderOptions
{
    /// <summary>The numbers of the users that may ask; everybody else is turned away.</summary>
    public required IReadOnlyList<uint> Peers { get; init; }

    /// <summary>How many connections there may be; a daemon has one.</summary>
    public int MaxConnections { get; init; } = 64;

    /// <summary>How many questions are worked on at a time.</summary>
    public int Workers { get; init; } = Environment.ProcessorCount;

    /// <summary>How long a peer may leave answers unread.</summary>
    public TimeSpan ReadTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long what is under way may take when it is told to stop.</summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(10);
}
