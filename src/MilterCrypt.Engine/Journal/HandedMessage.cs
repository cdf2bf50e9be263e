namespace MilterCrypt.Engine.Journal;

/// <summary>A message that is to be split, or of which parts may have been handed over before.</summary>
/// <param name="Hint">Its client and sender.</param>
/// <param name="IsNamed">Whether an equal message is the same one (<see cref="MessageContent.IsNamed"/>).</param>
/// <param name="QueueId">What the MTA calls it, or null.</param>
/// <param name="Recipients">Each recipient's copy.</param>
public sealed record HandedMessage(HandoverHint Hint, bool IsNamed, string? QueueId, IReadOnlyCollection<HandoverKey> Recipients);
