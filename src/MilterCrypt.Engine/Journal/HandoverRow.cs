namespace MilterCrypt.Engine.Journal;

/// <summary>What is known of one copy, or of several that went together.</summary>
/// <param name="Hint">Whose message it is of.</param>
/// <param name="State">How far it has come.</param>
/// <param name="Form">The form that it was sent in, such as "openpgp".</param>
/// <param name="QueueId">What the MTA called the message that came in, or null.</param>
/// <param name="Began">When its dot was about to be sent.</param>
/// <param name="Age">How old the journal was (<see cref="JournalClock"/>) when this row last changed.</param>
internal sealed record HandoverRow(
    HandoverHint Hint, HandoverState State, string Form, string? QueueId, DateTimeOffset Began, TimeSpan Age)
{
    /// <summary>What the MTA calls the copy that it took, or null.</summary>
    public string? InjectedQueueId { get; init; }

    /// <summary>When the MTA took it, or null.</summary>
    public DateTimeOffset? HandedOver { get; init; }

    /// <summary>When the client was answered for good, or null.</summary>
    public DateTimeOffset? Settled { get; init; }
}
