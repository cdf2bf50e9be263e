namespace MilterCrypt.Engine.Keys;

/// <summary>An answer, and for how long it is the answer.</summary>
/// <param name="Answer">What was found.</param>
/// <param name="From">The time for which it was judged.</param>
/// <param name="Until">The first moment at which it may be another: a key expires, begins, is revoked.</param>
public sealed record DatedAnswer(KeyAnswer Answer, DateTimeOffset From, DateTimeOffset Until)
{
    /// <summary>Whether it is the answer at that time. Clocks go back, too.</summary>
    public bool HoldsAt(DateTimeOffset at) => at >= From && at < Until;
}
