namespace MilterCrypt.Milter.Listening;

/// <summary>What is one listener's own.</summary>
public sealed record MilterListenerOptions
{
    /// <summary>The most connections that it serves at a time; null for <see cref="MilterOptions.MaxConnections"/>.</summary>
    public int? MaxConnections { get; init; }

    /// <summary>The program's own word for it, which its messages carry (<see cref="MilterListener.Tag"/>).</summary>
    public string Tag { get; init; } = "";
}
