namespace MilterCrypt.Milter.Client;

/// <summary>What became of a message.</summary>
/// <param name="Recipients">The answer to each RCPT TO.</param>
/// <param name="Final">The answer that settled the message: at end of message, or the first that let it go no further.</param>
/// <param name="Header">The header that the MTA would deliver, with what it adds itself.</param>
/// <param name="Body">The body that it would deliver.</param>
/// <param name="BodySent">Whether the filter was shown the body.</param>
/// <param name="QuarantineReason">Why the message is kept on hold, or null.</param>
/// <param name="ProgressCount">How often the filter said that it is still at work.</param>
public sealed record ClientResult(
    IReadOnlyList<MilterAnswer> Recipients, MilterAnswer Final, IReadOnlyList<HeaderField> Header,
    ReadOnlyMemory<byte> Body, bool BodySent, string? QuarantineReason, int ProgressCount);
