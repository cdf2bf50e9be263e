using MilterCrypt.Engine;
using MilterCrypt.Engine.Bodies;
using MilterCrypt.Engine.Deciding;
using MilterCrypt.Engine.Mail;

namespace MilterCrypt.Commands.Explaining;

/// <summary>Says of a message as a whole what the engine made of it.</summary>
internal static class MessageNotes
{
    public static MessageExplanation Of(FilteredMessage message, ExplainedEnd end)
    {
        var made = Made(message, end);
        return message.FalseOrigin is { } reason
            ? made with { Notes = [.. made.Notes, $"What seems to be the first hop's word of it does not count ({reason}), so that the strictest rule that may be its sender's decides"] }
            : made;
    }

    private static MessageExplanation Made(FilteredMessage message, ExplainedEnd end)
    {
        if (end.AtHeader is null)
            return new MessageExplanation("refused") { Reason = "all of its recipients are refused" };
        if (end.AtHeader is HeaderOutcome.Refused atHeader)
            return Refused(atHeader.Refusal, atHeader.Reason, "end of header");
        if (end.AtHeader is HeaderOutcome.Unchanged unchanged)
            return new MessageExplanation("unchanged") { Reason = unchanged.Reason };
        if (message.Planned is null)
            return new MessageExplanation("undecided") { Reason = "some of its recipients are" };
        if (end.AtEnd is MessageOutcome.Refused atEnd && end.SecretsOutOfReach is null)
            return Refused(atEnd.Refusal, atEnd.Reason, "end of message");

        var planned = message.Planned switch
        {
            // What turned out to be encrypted already is known only with the body.
            PlannedWork.Rewrite or PlannedWork.Split when end.AtEnd is MessageOutcome.Unchanged left => new MessageExplanation("unchanged") { Reason = left.Reason },
            PlannedWork.Split held when held.Forms.All(static form => form.Form == MessageForm.Held) =>
                new MessageExplanation("held") { Forms = [.. held.Forms.Select(Form)] },
            PlannedWork.Split when end.AtEnd is MessageOutcome.HandedOver handed => new MessageExplanation("split") { Forms = Forms(message, handed) },
            PlannedWork.Split split => new MessageExplanation("split") { Forms = [.. split.Forms.Select(Form)] },
            PlannedWork.Rewrite rewrite => new MessageExplanation("rewritten") { Forms = [Form(rewrite.Form)] },
            PlannedWork.Open open => new MessageExplanation("opened") { Reason = $"for {open.Reader}, where it is encrypted to him by somebody" },
            PlannedWork.LeaveToNextHop => new MessageExplanation("left-to-next-hop"),
            _ => new MessageExplanation("unchanged") { Reason = (end.AtEnd as MessageOutcome.Unchanged)?.Reason },
        };
        return planned.Outcome is "rewritten" or "split"
            ? planned with { Signing = Signing(end), Notes = Notes(end) }
            : planned;
    }

    private static MessageExplanation Refused(SmtpRefusal refusal, string reason, string when) =>
        new("refused") { Reason = reason, Reply = new ReplyNote(refusal, when) };

    private static FormNote Form(PlannedForm form) => new(FormWords.Of(form.Form), Names(form.Recipients), form.NamelessKeys);

    /// <summary>As the plan says; but one that was encrypted already goes as it came.</summary>
    private static IReadOnlyList<FormNote> Forms(FilteredMessage message, MessageOutcome.HandedOver handed) =>
        message.Planned is PlannedWork.Split split
            ? [.. split.Forms.Zip(handed.Parts, static (form, part) => new FormNote(FormWords.Of(part.Form), Names(form.Recipients), part.Facts is null ? 0 : form.NamelessKeys))]
            : [];

    private static IReadOnlyList<string> Names(IEnumerable<RecipientOutcome.Accepted> recipients) =>
        [.. recipients.Select(static recipient => recipient.Address.ToString())];

    private static SigningNote? Signing(ExplainedEnd end) => (end.Signing, end.SecretsOutOfReach) switch
    {
        (SigningChoice.Author author, _) => new SigningNote(author.Key.Fingerprint.ToString(), author.UserId.Text, null),
        (SigningChoice.Impossible impossible, _) => new SigningNote(null, null, impossible.Reason),
        (SigningChoice.Nobody nobody, _) => new SigningNote(null, null, nobody.Reason),
        (_, { } failure) => new SigningNote(null, null, $"not known: who holds the keys can't be asked from here ({failure}); run this as the daemon's user"),
        _ => null,
    };

    private static IReadOnlyList<string> Notes(ExplainedEnd end) =>
        end.HasMessage ? [] : ["If it is encrypted to all of them already, it goes on as it came: --message FILE would show that"];
}
