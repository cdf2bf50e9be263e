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
    ReadOnlyMemory<byte> Body, bool BodySent, string? QuarantineReason, int ProgressCount)
{
    /// <summary>What the sender and the recipients notice.</summary>
    public ClientOutcome Outcome { get; init; }

    /// <summary>What this MTA would say to its SMTP client where the message was refused, such as
    /// <c>550 5.7.1 Command rejected</c>; else null.</summary>
    public string? Reply { get; init; }

    /// <summary>The header before the filter's edits, with what the MTA adds itself.</summary>
    public IReadOnlyList<HeaderField> OriginalHeader { get; init; } = [];

    /// <summary>The sender that the MTA would deliver with, with ESMTP arguments behind it, as in
    /// <see cref="ClientMessage.Sender"/>.</summary>
    public string EnvelopeSender { get; init; } = "";

    /// <summary>The recipients that it would deliver to, in the same manner.</summary>
    public IReadOnlyList<string> EnvelopeRecipients { get; init; } = [];
}
