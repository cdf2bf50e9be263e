namespace MilterCrypt.Engine.Policy;

/// <summary>One entry of <c>rules:</c> in the configuration.</summary>
/// <param name="Name">What logs and messages to the administrator call it: its own name, else its place ("rule 2").</param>
/// <param name="Line">The line of the configuration file on which it begins, from 1; 0 where there is no file.</param>
/// <param name="Match">Which mail it is for.</param>
/// <param name="Choices">What it asks for.</param>
public sealed record Rule(string Name, int Line, RuleMatch Match, PolicyChoices Choices)
{
    /// <summary>Whether what it matched in the header is taken out where it decides.</summary>
    public bool RemovesTriggers { get; init; }
}
