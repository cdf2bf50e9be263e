using MilterCrypt.Engine.Deciding;
using MilterCrypt.Engine.Mail;

namespace MilterCrypt.Engine.Bodies;

/// <summary>One form of a message that was split: what the log says of it.</summary>
/// <param name="Recipients">Who got it.</param>
/// <param name="Form">The form.</param>
/// <param name="Facts">What was done; null where it is the message as it came, and where an earlier try handed it over.</param>
/// <param name="QueueId">What the MTA calls it; null where it doesn't say, and where an earlier try handed it over.</param>
public sealed record HandedPart(IReadOnlyList<RecipientOutcome.Accepted> Recipients, MessageForm Form, ProtectionFacts? Facts, string? QueueId)
{
    /// <summary>Whether an earlier try of the same message handed it over.</summary>
    public bool WasBefore { get; init; }

    /// <summary>How many of its recipients may have got it from an earlier try, too: whether the MTA took it then could not be
    /// known (RFC 1047).</summary>
    public int PerhapsTwice { get; init; }
}
