using MilterCrypt.Engine.Bodies;
using MilterCrypt.Engine.Deciding;
using MilterCrypt.Engine.Hops;
using MilterCrypt.Engine.Mail;
using MilterCrypt.Engine.Policy;
using MilterCrypt.Engine.Splitting;

namespace MilterCrypt.Engine;

/// <summary>Plans what is made of one message for all of its recipients together: a milter gives one body to all. Owned by its
/// message.</summary>
internal sealed class MessagePlanner(RecipientDecider decider, MessageMeans means, SplitMeans? split, HopKeys? hops)
{
    /// <summary>What is worked with.</summary>
    internal MessageMeans Means => means;

    /// <summary>The keys of the two hops; null where there is one.</summary>
    internal HopKeys? Hops => hops;

    private Envelope Envelope => decider.Envelope;

    private OpeningDecider Openings => new(Envelope, decider.At, means.OwnKeys);

    /// <summary>Whether the hop behind the queue makes the forms: here it is only said who hands the message in.</summary>
    private bool LeavesFormsToNextHop => hops is not null && !Envelope.IsEgress;

    /// <summary>Why one more recipient can't have a message together with those before, where that is so.</summary>
    /// <param name="candidate">That recipient.</param>
    /// <param name="before">Those.</param>
    /// <param name="needs">What those need.</param>
    /// <param name="keys">What it is encrypted to for them.</param>
    internal RecipientOutcome.Refused? Against(
        RecipientOutcome.Accepted candidate, IReadOnlyList<RecipientOutcome.Accepted> before, IReadOnlySet<FormNeeds> needs, MessageKeys keys)
    {
        if (!keys.HasRoomFor(candidate.AllKeys))
        {
            return RecipientOutcome.Refused.Of(
                candidate, RefusalWording.TooManyKeys(candidate.Address), $"the message has {MessageKeys.Max} keys already");
        }
        return Envelope.CanRefuseRecipients && !LeavesFormsToNextHop && !needs.IsSubsetOf([candidate.Needs]) && !(CanSplit(before) && CanSplit([candidate]))
            ? RecipientOutcome.Refused.Of(
                candidate, RefusalWording.AnotherForm(candidate.Address, candidate.Form, Envelope.ComesFromAQueue), "needs another form")
            : null;
    }

    /// <summary>What is foreseen of recipients, now that the header is known.</summary>
    internal IReadOnlyList<RecipientOutcome.Accepted> Foresee(IReadOnlyList<RecipientOutcome.Accepted> accepted, IReadOnlyList<HeaderField> header) =>
        Openings.Foresee(accepted, header);

    /// <summary>What to do, now that the header is known.</summary>
    internal MessagePlan Plan(
        IReadOnlyList<RecipientOutcome.Accepted> accepted, IReadOnlyList<RecipientOutcome.Refused> refused, IReadOnlyList<HeaderField> header)
    {
        // Nobody waits for the answer to one that is released: whoever can't have it stays where he is.
        if (split is not { IsRelease: true } && WholeRefusal.Of(Envelope, accepted, refused) is { } refusal)
            return MessagePlan.Refuse(refusal);

        // It was made here, by all that follows.
        if (Envelope.IsHandedOver)
            return MessagePlan.LeaveAlone(WhyClear(accepted), []);

        // Whoever is told that his mail was opened must be told so by us, wherever aliases may lead.
        IReadOnlyList<HeaderChange> ofAll =
        [
            .. decider.OpensMail ? ResultField.Strip(header) : [],
            .. hops is not null ? OriginField.StripChanges(header) : [],
            .. ForecastField.Changes(header, accepted),
        ];
        // The hop behind the queue looks for triggers itself, and takes them out.
        if (LeavesFormsToNextHop)
            return PlanForNextHop(accepted, header, ofAll);
        var changes = ChangesFor(accepted, header, ofAll);

        // Who is named twice is one recipient; the mail server would see to that itself, were it one message.
        accepted = [.. accepted.DistinctBy(static recipient => recipient.Envelope.Given)];
        if (split is { IsRelease: true })
            accepted = [.. accepted.Where(static recipient => recipient.Form != MessageForm.Held)];
        bool holds = accepted.Any(static recipient => recipient.Form == MessageForm.Held);
        if (holds && split?.Held is null)
            return MessagePlan.Refuse(new HeaderOutcome.Refused(RefusalWording.NowhereToHold(), "there is nowhere to hold it"));
        if (holds && HoldableEnvelope.Obstacle(Envelope, accepted.Where(static recipient => recipient.Form == MessageForm.Held)) is { } obstacle)
            return MessagePlan.Refuse(new HeaderOutcome.Refused(obstacle, "held, it could never be released"));

        bool canSplit = CanSplit(accepted);
        var groups = MessageGroup.Of(accepted, header, canSplit ? split!.BccCopiesAtMost : 0);
        if (groups.Count > 1 && !canSplit)
            return MessagePlan.Refuse(WholeRefusal.ForForms(Envelope, accepted));
        int injected = groups.Count(static group => group.Form != MessageForm.Held);
        if (groups.Count > 1 && injected > split!.MaxForms)
            return MessagePlan.Refuse(new HeaderOutcome.Refused(RefusalWording.TooManyForms(injected, split.MaxForms), $"{injected} forms"));

        var signing = new SignerDecider(Envelope, [.. accepted.Where(static one => one.Form == MessageForm.OpenPgp)], header, decider.At, means.OwnKeys);
        if (groups.Count > 1 || holds || (split is not null && (split.IsRelease || SplitWork.MayHaveBeen(split, Envelope))))
        {
            // What all get as it came may be opened for them, though another message of this sender was split.
            var opening = groups is [{ Form: MessageForm.Clear }] && !split!.IsRelease ? Openings.Decide(accepted, header) : null;
            IReadOnlyList<SplitPart> parts =
                [.. groups.Select(group => new SplitPart(group, Form(group, header, signing) ?? Decryption(opening, header), ChangesFor(group.Recipients, header, ofAll)))];
            return MessagePlan.Read(new SplitWork(Envelope, decider.At, header, parts, means, split!), changes) with
            {
                Planned = opening is Opening.For reader ? new PlannedWork.Open(reader.Reader) : new PlannedWork.Split([.. groups.Select(PlannedForm.Of)]),
                Signing = signing,
            };
        }
        if (Form(groups[0], header, signing) is { } form)
        {
            return MessagePlan.Read(new SoleForm(form), changes) with
            {
                Planned = new PlannedWork.Rewrite(PlannedForm.Of(groups[0])),
                Signing = signing,
            };
        }
        return Open(accepted, header, changes, out string? reason) ?? MessagePlan.LeaveAlone(reason ?? WhyClear(accepted), changes);
    }

    private static IReadOnlyList<HeaderChange> ChangesFor(
        IReadOnlyList<RecipientOutcome.Accepted> recipients, IReadOnlyList<HeaderField> header, IReadOnlyList<HeaderChange> ofAll) =>
        [.. ofAll, .. TriggerRemoval.Of(header, [.. recipients.SelectMany(static recipient => recipient.Decision.InForce.TriggersToRemove).Distinct()])];

    private MessagePlan PlanForNextHop(
        IReadOnlyList<RecipientOutcome.Accepted> accepted, IReadOnlyList<HeaderField> header, IReadOnlyList<HeaderChange> changes)
    {
        if (accepted.All(static recipient => recipient.Form == MessageForm.Clear) && Open(accepted, header, changes, out _) is { } opened)
            return opened;
        var sealer = OriginSealer.Begin(hops!, changes.Apply(header), Envelope.GivenSender, Identity.Tell(Envelope, decider.IsOurs), means.Encryption.Time);
        return MessagePlan.Read(new SoleForm(new BodyStamp(sealer)), changes) with { Planned = new PlannedWork.LeaveToNextHop() };
    }

    private MessagePlan? Open(
        IReadOnlyList<RecipientOutcome.Accepted> accepted, IReadOnlyList<HeaderField> header, IReadOnlyList<HeaderChange> changes, out string? reason)
    {
        var opening = Openings.Decide(accepted, header);
        reason = (opening as Opening.Not)?.Reason;
        return opening is Opening.For reader
            ? MessagePlan.Read(new SoleForm(Decryption(reader, header)!), changes) with { Planned = new PlannedWork.Open(reader.Reader) }
            : null;
    }

    /// <returns>Null where it is not to be opened.</returns>
    private BodyDecryption? Decryption(Opening? opening, IReadOnlyList<HeaderField> header) =>
        opening is Opening.For reader ? new BodyDecryption(header, reader, decider.At, means.OwnKeys!, means) : null;

    private bool CanSplit(IReadOnlyList<RecipientOutcome.Accepted> recipients) =>
        split is { Injector: not null }
            ? recipients.All(static recipient => recipient.Decision.InForce.Mixed == MixedMode.Split)
            : split is { Held: not null } && recipients.All(static recipient => recipient.Form == MessageForm.Held);

    /// <returns>Null where the group gets the message as it came.</returns>
    private IBodyForm? Form(MessageGroup group, IReadOnlyList<HeaderField> header, SignerDecider signing) => group.Form switch
    {
        MessageForm.OpenPgp => new BodyEncryption(header, group, signing, means),
        // The word of the first hop is taken out: it was proven by now, and is in the record.
        MessageForm.Held => new BodyHolding(hops is null ? header : OriginField.StripChanges(header).Apply(header), group, Envelope, decider.At, means),
        MessageForm.HeadersOnly => new BodyReduction(header, Envelope.Trace?.Host ?? "this host"),
        _ => null,
    };

    private static string WhyClear(IReadOnlyList<RecipientOutcome.Accepted> accepted) =>
        string.Join(", ", accepted.Select(static recipient => recipient.Reason ?? recipient.Decision.RuleName).Distinct().Take(3));
}
