namespace MilterCrypt.Engine.Journal;

/// <summary>One try of handing over one message's copies; from <see cref="HandoverJournal.TryClaim"/>. While it lives no other
/// session gets the same copies. It belongs to the session, which disposes it once the MTA has been answered; not safe for use
/// by several threads, but that several groups' steps may wait at once.</summary>
/// <remarks>A step that was cancelled, or that failed, has been taken all the same: it stands in line to be written, or will be
/// written with the next one. Only <see cref="BeginAsync"/> has done nothing then.</remarks>
public sealed class Handover : IDisposable
{
    private readonly HandoverJournal journal;
    private readonly HandedMessage message;
    private readonly HashSet<HandoverKey> begun = [];
    private bool isReleased;

    internal Handover(
        HandoverJournal journal, HandedMessage message, IReadOnlySet<HandoverKey> handedOverBefore, IReadOnlySet<HandoverKey> perhapsBefore)
    {
        this.journal = journal;
        this.message = message;
        HandedOverBefore = handedOverBefore;
        PerhapsBefore = perhapsBefore;
    }

    /// <summary>The copies that an earlier try handed over: they are not to be sent again.</summary>
    public IReadOnlySet<HandoverKey> HandedOverBefore { get; private set; }

    /// <summary>The copies whose final dot an earlier try may have sent without hearing of it (RFC 1047): to be sent again, since a
    /// message had better come twice than never, and to be counted.</summary>
    public IReadOnlySet<HandoverKey> PerhapsBefore { get; private set; }

    /// <summary>Writes down of copies that may have been handed over that they were: they have been found.</summary>
    /// <param name="copies">Some of <see cref="PerhapsBefore"/>.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="JournalException">It can't be written. The process knows it.</exception>
    public async ValueTask FoundAsync(IReadOnlySet<HandoverKey> copies, CancellationToken cancellationToken)
    {
        if (copies.Count == 0)
            return;
        if (isReleased || !copies.IsSubsetOf(PerhapsBefore))
            throw new InvalidOperationException("Nothing was known of these copies.");
        HandedOverBefore = HandedOverBefore.Union(copies).ToHashSet();
        PerhapsBefore = PerhapsBefore.Except(copies).ToHashSet();
        await journal.HandedOverAsync(copies, null, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Writes down that dots are about to be sent. Not one may be sent before this has returned.</summary>
    /// <param name="groups">All that is going to be sent for this message.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="JournalException">It can't be written: nothing may be sent.</exception>
    public async ValueTask BeginAsync(IReadOnlyCollection<HandoverGroup> groups, CancellationToken cancellationToken)
    {
        var keys = groups.SelectMany(group => group.Recipients).ToHashSet();
        if (isReleased || !keys.IsSubsetOf(message.Recipients) || keys.Overlaps(HandedOverBefore) || keys.Overlaps(begun))
            throw new InvalidOperationException("These copies are not to be sent.");
        await journal.BeginAsync(message, groups, cancellationToken).ConfigureAwait(false);
        begun.UnionWith(keys);
    }

    /// <summary>Writes down that the MTA took a group: 250 was its answer to the dot.</summary>
    /// <param name="group">One of those that were begun.</param>
    /// <param name="injectedQueueId">What the MTA calls it now, or null where its answer doesn't tell.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="JournalException">It can't be written. The process knows it, and a later try is told; but a crash now would
    /// make these copies <see cref="PerhapsBefore"/>.</exception>
    public async ValueTask HandedOverAsync(HandoverGroup group, string? injectedQueueId, CancellationToken cancellationToken)
    {
        Check(group);
        await journal.HandedOverAsync(group.Recipients, injectedQueueId, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Writes down that the MTA has not taken a group, and will not: its dot was not sent, or was answered with a
    /// refusal.</summary>
    /// <param name="group">One of those that were begun.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="JournalException">It can't be written. After a crash these copies may be <see cref="PerhapsBefore"/>.</exception>
    public async ValueTask WithdrawAsync(HandoverGroup group, CancellationToken cancellationToken)
    {
        Check(group);
        await journal.WithdrawAsync(group.Recipients, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Writes down that the client knows what became of the message: it was answered for good, with 250 or 5xx. Not to be
    /// called where it was told to come again, nor where it may not have heard the answer.</summary>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="JournalException">It can't be written. After a crash the next equal message may be taken for
    /// this one.</exception>
    public async ValueTask SettleAsync(CancellationToken cancellationToken) =>
        await journal.SettleAsync(message, cancellationToken).ConfigureAwait(false);

    /// <summary>Lets other sessions have these copies. What was written stays.</summary>
    public void Dispose()
    {
        if (isReleased)
            return;
        isReleased = true;
        journal.Release(message);
    }

    private void Check(HandoverGroup group)
    {
        if (isReleased || !begun.IsSupersetOf(group.Recipients))
            throw new InvalidOperationException("This group was not begun.");
    }
}
