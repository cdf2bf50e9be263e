namespace MilterCrypt.Engine.Policy;

/// <summary>What may be wanted for one recipient, collected rule by rule. Owned by one question.</summary>
/// <param name="isOpen">Whether who sends the message is still to be found out.</param>
/// <param name="isEnforced">Whether all is enforced, also what is only to be told.</param>
internal sealed class PossibleDecisions(bool isOpen, bool isEnforced)
{
    private readonly List<PolicyDecision> possible = [];
    private PolicyDecision settled = PolicyDecision.NoRule;
    private bool isOpen = isOpen;

    /// <summary>Adds one.</summary>
    /// <param name="decision">The decision.</param>
    /// <param name="matching">Whether it is the one: of those that certainly are, one for each way that the message may go, the last is for
    /// a message of which nothing is known.</param>
    public void Add(PolicyDecision decision, Matching matching)
    {
        isOpen |= matching == Matching.Open;
        if (isEnforced)
            decision = decision with { Mode = EnforcementMode.Enforce };
        if (matching == Matching.Yes)
            settled = decision;
        // Of two directions most rules say the same.
        int same = possible.FindIndex(known => known.Entries.SequenceEqual(decision.Entries));
        if (same < 0)
            possible.Add(decision);
        else if (possible[same].Direction != decision.Direction)
            possible[same] = possible[same] with { Direction = null };
    }

    /// <summary>What follows. Where it hangs on who sends the message, and nobody will ever know that, the strictest of what may be
    /// wanted is: mail must not get around a rule for its sender by being changed on its way.</summary>
    public PolicyAnswer Answer() =>
        possible is [var sole] ? new PolicyAnswer.Decided(sole)
        : isOpen ? new PolicyAnswer.Open(possible)
        : new PolicyAnswer.Decided(possible.Aggregate(settled, static (strictest, one) => one.Demand > strictest.Demand ? one : strictest));
}
