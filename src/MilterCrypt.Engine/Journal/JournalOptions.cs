namespace MilterCrypt.Engine.Journal;

/// <summary>How much a journal remembers, and how long.</summary>
public sealed record JournalOptions
{
    /// <summary>How long a copy is remembered after its last change, in time that the journal was open. Clients try for five days
    /// at most as a rule (RFC 5321 §4.5.4.1).</summary>
    public TimeSpan Lifetime { get; init; } = TimeSpan.FromDays(6);

    /// <summary>How many copies are remembered; about 300 octets of memory and 100 of disk each. Where there are more, those
    /// are forgotten first whose clients have been answered, the oldest first.</summary>
    public int MaxRows { get; init; } = 100_000;
}
