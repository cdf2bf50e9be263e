using MilterCrypt.Milter.Wire;

namespace MilterCrypt.Milter.Session;

/// <summary>All that must be sent to bring a message's changes about, but for the new body; made and checked as a whole
/// before any of it is sent.</summary>
internal sealed record ChangePlan(
    IReadOnlyList<EnvelopeOperation> Envelope, IReadOnlyList<HeaderOperation> Header, string? QuarantineReason)
{
    /// <exception cref="ArgumentException">A change makes no sense, or the MTA doesn't allow it.</exception>
    public static ChangePlan Make(MessageChanges changes, MailTransaction mail, Negotiation agreed)
    {
        var plan = new ChangePlan(
            EnvelopePlan.Make(mail, changes, agreed.Actions),
            HeaderEditPlan.Make(mail.Header, changes.Header, mail.Session.Mta, agreed.Protocol.HasFlag(MilterProtocol.LeadingSpace)),
            changes.QuarantineReason is null ? null : OneLine(changes.QuarantineReason));
        MilterActions needed = changes.Body is null ? MilterActions.None : MilterActions.ChangeBody;
        foreach (EnvelopeOperation operation in plan.Envelope)
            needed |= EnvelopePlan.ActionOf(operation);
        foreach (HeaderOperation operation in plan.Header)
            needed |= operation.Code == MilterReply.ChangeHeader ? MilterActions.ChangeHeaders : MilterActions.AddHeaders;
        if (plan.QuarantineReason is not null)
            needed |= MilterActions.Quarantine;

        MilterActions missing = needed & ~agreed.Actions;
        return missing == MilterActions.None
            ? plan
            : throw new ArgumentException($"The MTA does not allow {missing}.", nameof(agreed));
    }

    // SMFIR_QUARANTINE's reason is one line without control characters; libmilter takes no empty one.
    private static string OneLine(string reason)
    {
        if (reason.Length == 0)
            throw new ArgumentException("A quarantine has no reason.", nameof(reason));
        return string.Create(reason.Length, reason, static (line, source) =>
        {
            for (int i = 0; i < line.Length; i++)
                line[i] = char.IsControl(source[i]) ? ' ' : source[i];
        });
    }
}
