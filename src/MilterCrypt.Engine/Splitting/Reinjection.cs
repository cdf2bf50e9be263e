using MilterCrypt.Engine.Bodies;
using MilterCrypt.Engine.Deciding;
using MilterCrypt.Engine.Holding;
using MilterCrypt.Engine.Injection;
using MilterCrypt.Engine.Journal;
using MilterCrypt.Engine.Mail;

namespace MilterCrypt.Engine.Splitting;

/// <summary>Hands the forms of one message to the MTA: brings each to just before its end, so that what may be refused has been, and
/// then ends one after the other (docs/exactly-once.md). Whatever fails, the message's client is told the truth of it, or comes again
/// and gets the rest.</summary>
internal sealed class Reinjection(Envelope envelope, SplitMeans split, Handover handover, MessageCopies copies, PartAssembly assembly)
{
    private readonly List<HandedPart> done = [];

    /// <summary>Hands over what was not before.</summary>
    /// <param name="parts">All forms.</param>
    /// <param name="outcomes">What came of each.</param>
    /// <param name="cancellationToken">Cancelled when the message is aborted or its deadline has passed.</param>
    /// <exception cref="OperationCanceledException">It was cancelled. What was handed over is written down.</exception>
    internal async ValueTask<MessageOutcome> HandOverAsync(
        IReadOnlyList<SplitPart> parts, IReadOnlyList<MessageOutcome> outcomes, CancellationToken cancellationToken)
    {
        var outcome = await HandOverLeftAsync(Left(parts, outcomes), cancellationToken).ConfigureAwait(false);
        return outcome is MessageOutcome.Refused refused ? refused with { Parts = done } : outcome;
    }

    private async ValueTask<MessageOutcome> HandOverLeftAsync(List<BroughtPart> left, CancellationToken cancellationToken)
    {
        if (left.Count == 0)
            return new MessageOutcome.HandedOver(done);
        int injected = left.Count(static part => part.Form != MessageForm.Held);
        using var lease = injected == 0 ? null : await split.Injector!.ReserveAsync(injected, cancellationToken).ConfigureAwait(false);
        if (injected > 0 && lease is null)
            throw new InvalidOperationException($"{injected} forms were planned where {split.MaxForms} are the most.");

        var ways = new List<IPartWay>();
        try
        {
            foreach (var part in left)
            {
                var way = part.Way(lease);
                ways.Add(way);
                if (await way.BringAsync(part, cancellationToken).ConfigureAwait(false) is { } refused)
                    return Failure(refused, part);
            }
            // One that hung up meanwhile would leave the others alone.
            if (!ways.TrueForAll(static way => way.AwaitsItsEnd))
                return new MessageOutcome.Refused(RefusalWording.NotHandedOver(), "not handed over: the mail server hung up before the message's end");
            await handover.BeginAsync([.. left.Select(static part => part.Handover)], cancellationToken).ConfigureAwait(false);
            return await EndAllAsync(left, ways, cancellationToken).ConfigureAwait(false) ?? new MessageOutcome.HandedOver(done);
        }
        catch (JournalException e)
        {
            return new MessageOutcome.Refused(RefusalWording.NotHandedOver(), e.Message);
        }
        finally
        {
            await DisposeAsync(ways).ConfigureAwait(false);
        }
    }

    /// <summary>Each of them, whatever becomes of those before it: it may have a connection.</summary>
    private static async ValueTask DisposeAsync(IEnumerable<IPartWay> ways)
    {
        if (ways.FirstOrDefault() is not { } way)
            return;
        try
        {
            await way.DisposeAsync().ConfigureAwait(false);
        }
        finally
        {
            await DisposeAsync(ways.Skip(1)).ConfigureAwait(false);
        }
    }

    /// <summary>The form that came of it: what was encrypted already is left as it came.</summary>
    internal static MessageForm FormOf(SplitPart part, MessageOutcome outcome) => outcome is MessageOutcome.Unchanged ? MessageForm.Clear : part.Group.Form;

    /// <summary>The forms, each for those of its recipients to whom it was not handed over before.</summary>
    private List<BroughtPart> Left(IReadOnlyList<SplitPart> parts, IReadOnlyList<MessageOutcome> outcomes)
    {
        var left = new List<BroughtPart>();
        foreach (var (part, outcome) in parts.Zip(outcomes))
        {
            var byState = part.Group.Recipients.ToLookup(recipient => handover.HandedOverBefore.Contains(copies.Of(recipient)));
            if (byState[true].ToList() is { Count: > 0 } before)
                done.Add(new HandedPart(before, part.Group.Form, null, null) { WasBefore = true });
            if (byState[false].ToList() is not { Count: > 0 } missing)
                continue;
            var (header, open) = assembly.Assemble(part, outcome);
            var form = FormOf(part, outcome);
            var group = new HandoverGroup(FormWords.Of(form), [.. missing.Select(copies.Of)]);
            left.Add(new BroughtPart(missing, group, form, (outcome as MessageOutcome.Rewritten)?.Facts, header, open)
            {
                Way = lease => part.Form is BodyHolding holding ? new HeldWay(split.Held!, holding, StateOf(part)) : new InjectedWay(envelope, lease!.Begin()),
            });
        }
        // What is held is so before anything is sent: where that fails nobody has got anything.
        return [.. left.OrderBy(static part => part.Form != MessageForm.Held)];
    }

    /// <summary>The record was made before it was known who has it: it names them, too.</summary>
    private HeldState StateOf(SplitPart part) => HeldState.New([.. part.Group.Recipients.Select(copies.Of)], handover.HandedOverBefore);

    /// <summary>Ends one after the other. The first that fails ends it all: what is left comes with the client's next try, and
    /// nothing of it was ended.</summary>
    private async ValueTask<MessageOutcome?> EndAllAsync(
        List<BroughtPart> left, List<IPartWay> ways, CancellationToken cancellationToken)
    {
        int settled = 0;
        try
        {
            while (settled < left.Count)
            {
                var part = left[settled];
                var result = await ways[settled].FinishAsync(cancellationToken).ConfigureAwait(false);
                // Of an end that was sent and not answered nobody knows: that stays written as it is.
                settled += result is InjectionResult.Accepted or InjectionResult.Unknown ? 1 : 0;
                if (result is not InjectionResult.Accepted accepted)
                    return Failure(result, part);
                done.Add(new HandedPart(part.Recipients, part.Form, part.Facts, accepted.QueueId)
                {
                    PerhapsTwice = part.Handover.Recipients.Count(handover.PerhapsBefore.Contains),
                });
                // No step may be left out because time is up: it has happened.
                await handover.HandedOverAsync(part.Handover, accepted.QueueId, CancellationToken.None).ConfigureAwait(false);
            }
            return null;
        }
        finally
        {
            foreach (var unsent in left.Skip(settled))
                await WithdrawAsync(unsent).ConfigureAwait(false);
        }
    }

    private async ValueTask WithdrawAsync(BroughtPart unsent)
    {
        try
        {
            await handover.WithdrawAsync(unsent.Handover, CancellationToken.None).ConfigureAwait(false);
        }
        catch (JournalException)
        {
            // The process knows it, and it is written with what is written next.
        }
    }

    private MessageOutcome.Refused Failure(InjectionResult result, BroughtPart part)
    {
        switch (result)
        {
            case InjectionResult.Refused refused when part.Form == MessageForm.Held:
                return new MessageOutcome.Refused(new SmtpRefusal(refused.Code, refused.EnhancedStatus, refused.Text), "no room to hold it") { IsForSpace = true };
            case InjectionResult.Refused refused:
                var refusal = RefusalWording.RefusedByServer(
                    refused.Code, refused.EnhancedStatus, refused.Recipient ?? part.Recipients[0].Address.ToString(), refused.Text,
                    [.. done.SelectMany(static handed => handed.Recipients).Select(static recipient => recipient.Address)]);
                return new MessageOutcome.Refused(
                    envelope.HasNullSender ? RefusalWording.ForNow(refusal) : refusal, $"the mail server refused a form of it: {refused.Code} {refused.EnhancedStatus}");
            case InjectionResult.Unreachable unreachable:
                return new MessageOutcome.Refused(RefusalWording.NotHandedOver(), $"not handed over: {unreachable.Reason}");
            case InjectionResult.Unknown unknown:
                return new MessageOutcome.Refused(RefusalWording.NotHandedOver(), $"not known whether it was handed over: {unknown.Reason}");
            default:
                throw new InvalidOperationException($"No failure is {result}.");
        }
    }
}
