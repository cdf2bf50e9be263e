namespace MilterCrypt.OpenPgp.Tests.Interop;

/// <summary>What came of one case between MilterCrypt and a peer.</summary>
public abstract record Outcome
{
    private Outcome() { }

    /// <summary>The one wrote it, the other read it, and it was the same.</summary>
    public sealed record Works : Outcome;

    /// <summary>The peer has nothing of the sort.</summary>
    public sealed record Lacks(string Reason) : Outcome;

    /// <summary>MilterCrypt doesn't do it, on purpose.</summary>
    public sealed record Refused(string Reason) : Outcome;

    /// <summary>It was tried and went wrong.</summary>
    public sealed record Fails(string Reason) : Outcome;

    /// <summary>It couldn't be tried here: the key for it is made by a peer that is missing.</summary>
    public sealed record Untried(string Reason) : Outcome;
}
