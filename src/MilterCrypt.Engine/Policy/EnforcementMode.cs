namespace MilterCrypt.Engine.Policy;

/// <summary>Whether what is decided is done: <c>mode:</c> in the configuration.</summary>
public enum EnforcementMode
{
    /// <summary>It is done.</summary>
    Enforce,

    /// <summary>It is said, in the log, the metrics and a header field, and nothing else is changed: for phasing in.</summary>
    Report,
}
