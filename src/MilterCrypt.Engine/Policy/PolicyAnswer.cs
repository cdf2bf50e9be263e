namespace MilterCrypt.Engine.Policy;

/// <summary>What policy says of one recipient, as far as the message is known.</summary>
public abstract record PolicyAnswer
{
    private PolicyAnswer() { }

    /// <summary>This is wanted, whatever else the message turns out to be.</summary>
    public sealed record Decided(PolicyDecision Decision) : PolicyAnswer;

    /// <summary>One of these is wanted; which, hangs on what is not known yet.</summary>
    /// <param name="Possible">Two or more, in the order of their rules.</param>
    public sealed record Open(IReadOnlyList<PolicyDecision> Possible) : PolicyAnswer;

    /// <summary>It hangs on the sender's address, which can't be read.</summary>
    public sealed record UnreadableSender : PolicyAnswer;
}
