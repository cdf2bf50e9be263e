namespace MilterCrypt.Engine.Injection;

/// <summary>How messages are brought back to the MTA.</summary>
/// <param name="Target">The MTA's listener.</param>
/// <param name="MaxConnections">The most connections to it at a time; at least one.</param>
/// <param name="HeloName">What this filter calls itself there: a host's name or an address literal.</param>
/// <param name="Time">The clock of all limits.</param>
public sealed record InjectionOptions(InjectionTarget Target, int MaxConnections, string HeloName, TimeProvider Time)
{
    /// <summary>How long each step may take.</summary>
    public InjectionLimits Limits { get; init; } = new();
}
