namespace MilterCrypt.Engine.Journal;

/// <summary>What became of those of a message's copies that went together.</summary>
/// <param name="QueueId">What the MTA called the message that came in, or null where it didn't say.</param>
/// <param name="Form">The form that they were sent in.</param>
/// <param name="Recipients">How many they are. Who they are is not in the journal; the MTA's log has it, under
/// <paramref name="InjectedQueueId"/>.</param>
/// <param name="State">How far they have come.</param>
/// <param name="InjectedQueueId">What the MTA calls the message that it took for them, or null.</param>
/// <param name="Began">When their dot was about to be sent.</param>
/// <param name="HandedOver">When the MTA took it, or null.</param>
/// <param name="Settled">When the client was answered for good, or null.</param>
public sealed record HandoverTrace(
    string? QueueId,
    string Form,
    int Recipients,
    HandoverState State,
    string? InjectedQueueId,
    DateTimeOffset Began,
    DateTimeOffset? HandedOver,
    DateTimeOffset? Settled)
{
    internal static IReadOnlyList<HandoverTrace> Of(IEnumerable<HandoverChange> rows) =>
        [.. rows.Select(change => change.Row!).GroupBy(row => row with { Hint = default, Age = default }).Select(group => Of(group.Key, group.Count()))];

    private static HandoverTrace Of(HandoverRow row, int recipients) =>
        new(row.QueueId, row.Form, recipients, row.State, row.InjectedQueueId, row.Began, row.HandedOver, row.Settled);
}
