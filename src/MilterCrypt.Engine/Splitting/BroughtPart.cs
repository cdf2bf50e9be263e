using MilterCrypt.Engine.Bodies;
using MilterCrypt.Engine.Deciding;
using MilterCrypt.Engine.Injection;
using MilterCrypt.Engine.Journal;
using MilterCrypt.Engine.Mail;

namespace MilterCrypt.Engine.Splitting;

/// <summary>One form of a message, ready to be brought to the MTA.</summary>
/// <param name="Recipients">Who gets it and has not got it before.</param>
/// <param name="Handover">The same, as the journal knows them.</param>
/// <param name="Form">Its form.</param>
/// <param name="Facts">What was done; null where it is the message as it came.</param>
/// <param name="Header">Its header.</param>
/// <param name="OpenBody">Its body, once.</param>
internal sealed record BroughtPart(
    IReadOnlyList<RecipientOutcome.Accepted> Recipients,
    HandoverGroup Handover,
    MessageForm Form,
    ProtectionFacts? Facts,
    IReadOnlyList<HeaderField> Header,
    Func<Stream> OpenBody)
{
    /// <summary>How it is handed over.</summary>
    internal required Func<InjectionLease?, IPartWay> Way { get; init; }

    /// <summary>The envelope with which it goes back.</summary>
    internal InjectionEnvelope EnvelopeFor(Envelope original) => new(
        original.GivenSender,
        original.SenderArguments,
        [.. Recipients.SelectMany(static recipient => recipient.FinalRecipients).Select(static recipient => new InjectionRecipient(recipient.Given, recipient.Arguments))]);
}
