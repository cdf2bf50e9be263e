using MilterCrypt.Engine;
using MilterCrypt.Engine.Deciding;
using MilterCrypt.Engine.Mail;

namespace MilterCrypt.Commands.Explaining;

/// <summary>Says of recipients what the engine decided about each.</summary>
internal sealed class RecipientNotes(FilteredMessage message, KeyNotes keys, ExplainedEnd end)
{
    /// <param name="recipient">Whom, as he was told of.</param>
    /// <param name="atOnce">What was decided then; for some it is decided later.</param>
    public RecipientExplanation Of(EnvelopeRecipient recipient, RecipientOutcome atOnce)
    {
        string address = recipient.Address;
        // Several may have the same address; each was told of by himself.
        RecipientOutcome last = (RecipientOutcome?)message.Recipients.FirstOrDefault(one => ReferenceEquals(one.Envelope, recipient))
            ?? message.RefusedRecipients.FirstOrDefault(one => ReferenceEquals(one.Envelope, recipient))
            ?? atOnce;
        return last switch
        {
            RecipientOutcome.Accepted accepted => Of(address, accepted),
            RecipientOutcome.Refused refused => Of(address, refused, atOnce is RecipientOutcome.Refused ? "RCPT" : null),
            RecipientOutcome.Pending pending => new RecipientExplanation(address, "undecided")
            {
                Direction = DirectionOf([.. pending.Possible.Select(static one => RuleNotes.Word(one.Direction))]),
                Rules = [.. pending.Possible.Select(RuleNotes.Of)],
                Reason = end.HasMessage ? "it hangs on what is not known" : "it hangs on the message's length, or on what it is: --message FILE says that",
            },
            var unknown => throw new InvalidOperationException($"Nothing to say of {unknown}."),
        };
    }

    private RecipientExplanation Of(string address, RecipientOutcome.Accepted accepted) =>
        message.Planned is PlannedWork.LeaveToNextHop
            ? Describe(address, accepted, "left-to-next-hop") with { SoFar = FormWords.Of(accepted.Form) }
            : Describe(address, accepted, FormWords.Of(accepted.Form));

    private RecipientExplanation Describe(string address, RecipientOutcome.Accepted accepted, string outcome) => new(address, outcome)
    {
        Direction = RuleNotes.Word(accepted.Decision.Direction),
        Rules = [RuleNotes.Of(accepted.Decision)],
        Keys = keys.Of(accepted.Found),
        Escrow = keys.Of(accepted.FoundEscrow),
        Reason = accepted.Reason,
        WouldBe = accepted.WouldBe,
        Readdressed = [.. accepted.Readdressed.Select(static reader => reader.ToString())],
    };

    private RecipientExplanation Of(string address, RecipientOutcome.Refused refused, string? when) => new(address, "refused")
    {
        Direction = RuleNotes.Word(refused.Decision?.Direction),
        Rules = refused.Decision is { } decision ? [RuleNotes.Of(decision)] : [],
        Keys = keys.Of(refused.Found),
        Escrow = keys.Of(refused.FoundEscrow),
        Reason = refused.Reason,
        Reply = when is null ? null : new ReplyNote(refused.Refusal, when),
    };

    private static string? DirectionOf(IReadOnlyList<string?> words) => words.Distinct().Count() == 1 ? words[0] : null;
}
