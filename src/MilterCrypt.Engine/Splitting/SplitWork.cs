using System.IO.Pipelines;
using MilterCrypt.Engine.Bodies;
using MilterCrypt.Engine.Deciding;
using MilterCrypt.Engine.Holding;
using MilterCrypt.Engine.Journal;
using MilterCrypt.Engine.Mail;

namespace MilterCrypt.Engine.Splitting;

/// <summary>Makes all forms of a message in one pass over its body, and hands each to the MTA as a message of its own. A message
/// with one form comes here where an earlier try of it may have been split.</summary>
internal sealed class SplitWork(
    Envelope envelope, DateTimeOffset at, IReadOnlyList<HeaderField> header, IReadOnlyList<SplitPart> parts, MessageMeans means, SplitMeans split) : IBodyWork
{
    /// <summary>What came of each form so far, where the rest of the body can't change it.</summary>
    private readonly MessageOutcome?[] ended = new MessageOutcome?[parts.Count];
    private SealedSpool? original;
    private Handover? handover;
    private bool isForGood;

    private HandoverClient Client => new(envelope.Trace?.ClientAddress, envelope.AuthenticatedUser);

    /// <inheritdoc/>
    public bool MayBeEncryptedAlready => parts.Any(static part => part.Form is { MayBeEncryptedAlready: true });

    /// <summary>Whether some of it may leave as it came: it must be there, then.</summary>
    private bool MayNeedOriginal => parts.Any(static part => part.Form is null or BodyDecryption or { MayBeEncryptedAlready: true });

    /// <inheritdoc/>
    public int PerhapsTwice { get; private set; }

    /// <summary>Whether an earlier try of a message from there may have been split.</summary>
    internal static bool MayHaveBeen(SplitMeans split, Envelope envelope) =>
        split.Journal.MayKnow(split.Journal.Keys.HintOf(new HandoverClient(envelope.Trace?.ClientAddress, envelope.AuthenticatedUser), envelope.GivenSender));

    /// <inheritdoc/>
    public async ValueTask<MessageOutcome> ReadAsync(PipeReader body, string messageId, CancellationToken cancellationToken)
    {
        if (await StepAsync(form => form.BeginAsync(messageId, cancellationToken)).ConfigureAwait(false) is { } settled)
            return settled;
        if (MayNeedOriginal && !SealedSpool.TryOpen(means.Spool, means.Budget, means.Encryption.Buffers, means.Encryption.Random, out original))
            return MessageOutcome.Refused.NoRoom("no room in memory");

        using var fingerprint = ContentFingerprint.Begin(header, messageId, ContentFingerprint.FieldsOfOtherFilters);
        await foreach (var piece in BodyPieces.ReadAsync(body, cancellationToken).ConfigureAwait(false))
        {
            fingerprint.Write(piece.Span);
            original?.Write(piece.Span);
            if (original is not null && !await original.FlushAsync(cancellationToken).ConfigureAwait(false))
                return MessageOutcome.Refused.NoRoom("no room in the spool");
            if (await StepAsync(form => form.WriteAsync(piece, cancellationToken)).ConfigureAwait(false) is { } refused)
                return refused;
        }
        if (original is not null && !await original.CompleteAsync(cancellationToken).ConfigureAwait(false))
            return MessageOutcome.Refused.NoRoom("no room in the spool");

        var outcomes = new List<MessageOutcome>();
        foreach (var (part, early) in parts.Zip(ended))
        {
            var outcome = early ?? (part.Form is null
                ? new MessageOutcome.Unchanged("as it came")
                : await part.Form.CompleteAsync(cancellationToken).ConfigureAwait(false));
            if (outcome is MessageOutcome.Refused)
                return outcome;
            outcomes.Add(outcome);
        }
        return means.IsRehearsal ? Rehearse(outcomes) : await HandOverAsync(outcomes, fingerprint.Finish(), messageId, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask AnsweredAsync()
    {
        if (isForGood && handover is not null)
            await handover.SettleAsync(CancellationToken.None).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        handover?.Dispose();
        foreach (var part in parts)
        {
            if (part.Form is not null)
                await part.Form.DisposeAsync().ConfigureAwait(false);
        }
        if (original is not null)
            await original.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Has each form whose outcome is open take one step.</summary>
    /// <returns>A refusal, which is the whole message's. What one form ended with otherwise leaves open who has it already.</returns>
    private async ValueTask<MessageOutcome.Refused?> StepAsync(Func<IBodyForm, ValueTask<MessageOutcome?>> take)
    {
        for (int i = 0; i < parts.Count; i++)
        {
            if (parts[i].Form is { } form && ended[i] is null)
                ended[i] = await take(form).ConfigureAwait(false);
            if (ended[i] is MessageOutcome.Refused refused)
                return refused;
        }
        return null;
    }

    /// <summary>What would come of it if the mail server took each form.</summary>
    private MessageOutcome Rehearse(List<MessageOutcome> outcomes)
    {
        return IsOneForm(outcomes) ? outcomes[0] : new MessageOutcome.HandedOver([.. parts.Zip(outcomes, static (part, outcome) => new HandedPart(
            part.Group.Recipients, Reinjection.FormOf(part, outcome), (outcome as MessageOutcome.Rewritten)?.Facts, null))]);
    }

    private bool IsOneForm(List<MessageOutcome> outcomes) =>
        MayGoAsItself && (parts.Count == 1 || outcomes.All(static outcome => outcome is MessageOutcome.Unchanged));

    /// <summary>Whether the message itself may go on to the MTA: nobody waits for one that is released, and none must see one that is held.</summary>
    private bool MayGoAsItself => !split.IsRelease && parts.All(static part => part.Group.Form != MessageForm.Held);

    private MessageOutcome GoAsItself(MessageOutcome outcome)
    {
        isForGood = true;
        PerhapsTwice = handover!.PerhapsBefore.Count + handover.HandedOverBefore.Count;
        return outcome;
    }

    /// <summary>Of what was to be held nobody need wonder whether it was: it is there, or it is not.</summary>
    private async ValueTask<MessageOutcome?> FindHeldAsync(CancellationToken cancellationToken)
    {
        if (split.Held is null || split.IsRelease || handover!.PerhapsBefore.Count == 0)
            return null;
        try
        {
            await handover.FoundAsync(split.Held.CopiesAmong(handover.PerhapsBefore), cancellationToken).ConfigureAwait(false);
            return null;
        }
        catch (Exception e) when (e is HoldingException or JournalException)
        {
            return new MessageOutcome.Refused(RefusalWording.NotHandedOver(), e.Message);
        }
    }

    private async ValueTask<MessageOutcome> HandOverAsync(
        List<MessageOutcome> outcomes, MessageContent content, string messageId, CancellationToken cancellationToken)
    {
        var keys = new MessageCopies(split.Journal.Keys, Client, envelope.GivenSender, content);
        var copies = parts.SelectMany(static part => part.Group.Recipients).Select(keys.Of).ToHashSet();
        handover = split.Journal.TryClaim(new HandedMessage(keys.Hint, content.IsNamed, messageId, copies));
        if (handover is null)
            return new MessageOutcome.Refused(RefusalWording.BeingHandedOver(), "the same message is being handed over already");
        if (await FindHeldAsync(cancellationToken).ConfigureAwait(false) is { } failure)
            return failure;
        // One form, and nothing of it has gone another way: the message itself is rewritten, or left as it is.
        if (handover.HandedOverBefore.Count == 0 && IsOneForm(outcomes))
            return GoAsItself(outcomes[0]);
        // Some of it was held, the rest is not to be, and nobody can hand it over without them: twice is better than never.
        if (MayGoAsItself && split.Injector is null && !handover.HandedOverBefore.IsSupersetOf(copies))
            return GoAsItself(outcomes[0]);

        var reinjection = new Reinjection(envelope, split, handover, keys, new PartAssembly(header, envelope, at, messageId, means.Encryption.Random, () => original!.OpenRead()));
        var outcome = await reinjection.HandOverAsync(parts, outcomes, cancellationToken).ConfigureAwait(false);
        isForGood = outcome is MessageOutcome.HandedOver or MessageOutcome.Refused { Refusal.IsTemporary: false };
        return outcome;
    }
}
