namespace MilterCrypt.Milter;

/// <summary>What is counted of one message: just one outcome, whatever happened on the way. Owned by the message.</summary>
internal sealed class MessageTally(MilterMetrics metrics, TimeProvider time)
{
    /// <summary>What becomes of a message that is answered without a handler.</summary>
    public const string TurnedAway = "turned_away";

    private const string Aborted = "aborted", Slow = "too_slow", Broken = "failed", Unchanged = "unchanged", Changed = "changed",
        Discarded = "discarded", Quarantined = "quarantined";

    private readonly long begun = time.GetTimestamp();
    private long? whole;
    private string outcome = Aborted;

    /// <summary>All words for what becomes of a message.</summary>
    public static IReadOnlyList<string> Outcomes { get; } =
        [Unchanged, Changed, "refused_temporarily", "refused_permanently", Discarded, Quarantined, Aborted, TurnedAway, Broken, Slow];

    /// <summary>The body is whole; the MTA waits for the verdict.</summary>
    public void EndOfMessage() => whole = time.GetTimestamp();

    /// <summary>The handler threw something.</summary>
    public void Failed() => outcome = Broken;

    /// <summary>The handler took too long.</summary>
    public void TooSlow() => outcome = Slow;

    /// <summary>The MTA has this answer, to its last byte.</summary>
    public void Answered(MailVerdict verdict)
    {
        if (whole is { } since)
            metrics.VerdictSent(time.GetElapsedTime(since));
        // That the filter failed is the reason of the refusal that followed.
        if (outcome == Aborted)
            outcome = OutcomeOf(verdict);
    }

    /// <summary>The message and its handler are over.</summary>
    public void Ended() => metrics.MessageEnded(outcome, time.GetElapsedTime(begun));

    private static string OutcomeOf(MailVerdict verdict) => verdict switch
    {
        // Changes that could not be sent.
        MailVerdict.Refused { Reply: var reply } when ReferenceEquals(reply, SmtpReply.FilterFailure) => Broken,
        MailVerdict.Refused { Reply: var reply } => MilterMetrics.Refusal(reply),
        MailVerdict.Changed => Changed,
        MailVerdict.Discarded => Discarded,
        MailVerdict.Quarantined => Quarantined,
        _ => Unchanged,
    };
}
