using MilterCrypt.TestSupport.Mta;

namespace MilterCrypt.Cases.Mta;

/// <summary>What became of a case's mail.</summary>
/// <param name="Delivered">What went on at once, reports of failure included.</param>
/// <param name="Held">What the server kept on hold, as it went on once it was released.</param>
/// <param name="Reasons">What the server says of why it was held; null where it says nothing.</param>
public sealed record Aftermath(IReadOnlyList<SinkMessage> Delivered, IReadOnlyList<SinkMessage> Held, string? Reasons)
{
    /// <summary>How many messages the filter handed back to the server.</summary>
    public int HandedBack { get; init; }
}
