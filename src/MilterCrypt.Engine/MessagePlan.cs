using MilterCrypt.Engine.Bodies;
using MilterCrypt.Engine.Deciding;
using MilterCrypt.Engine.Mail;

namespace MilterCrypt.Engine;

/// <summary>What is to be done with a message, once its header is known.</summary>
/// <param name="Outcome">What is answered now.</param>
/// <param name="Work">What is made of its body; null where that is left alone.</param>
/// <param name="Changes">What is changed of its header whatever becomes of the body.</param>
internal sealed record MessagePlan(HeaderOutcome Outcome, IBodyWork? Work, IReadOnlyList<HeaderChange> Changes)
{
    /// <summary>The same in public words.</summary>
    internal PlannedWork Planned { get; init; } = new PlannedWork.LeaveAlone();

    /// <summary>Who signs what is encrypted of it; null where nothing may be.</summary>
    internal SignerDecider? Signing { get; init; }

    internal static MessagePlan Refuse(HeaderOutcome.Refused refusal) => new(refusal, null, []) { Planned = new PlannedWork.Refuse() };

    internal static MessagePlan LeaveAlone(string reason, IReadOnlyList<HeaderChange> changes) =>
        new(new HeaderOutcome.Unchanged(reason) { Header = changes }, null, changes);

    internal static MessagePlan Read(IBodyWork work, IReadOnlyList<HeaderChange> changes) => new(new HeaderOutcome.BodyWanted(), work, changes);
}
