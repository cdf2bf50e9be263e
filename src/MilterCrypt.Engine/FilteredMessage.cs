using System.IO.Pipelines;
using System.Security.Cryptography;
using MilterCrypt.Engine.Bodies;
using MilterCrypt.Engine.Custody;
using MilterCrypt.Engine.Deciding;
using MilterCrypt.Engine.Hops;
using MilterCrypt.Engine.Journal;
using MilterCrypt.Engine.Mail;
using MilterCrypt.Engine.Policy;

namespace MilterCrypt.Engine;

/// <summary>One message on its way through the filter: told its recipients one by one, then its header, then its body, in this
/// order. Owned by whoever began it; not safe for use by several threads.</summary>
public sealed class FilteredMessage : IAsyncDisposable
{
    private readonly RecipientDecider decider;
    private readonly MessagePlanner planner;
    private readonly List<RecipientOutcome.Accepted> accepted = [];
    private readonly List<RecipientOutcome.Pending> pending = [];
    private readonly List<RecipientOutcome.Refused> refused = [];
    private readonly HashSet<FormNeeds> needs = [];
    private readonly MessageKeys keys = new();
    private IBodyWork? work;
    private SignerDecider? signing;
    private WaitingBody? waiting;
    private OriginOpener? origin;
    private IReadOnlyList<HeaderField> header = [];
    private IReadOnlyList<HeaderChange> changes = [];

    internal FilteredMessage(RecipientDecider decider, MessagePlanner planner)
    {
        this.decider = decider;
        this.planner = planner;
    }

    /// <summary>The recipients that were accepted, in their order.</summary>
    public IReadOnlyList<RecipientOutcome.Accepted> Recipients => accepted;

    /// <summary>Whoever gets the message in the place of one of them, once <see cref="ReadHeader"/> was told of it.</summary>
    public IReadOnlyList<(EnvelopeRecipient Recipient, IReadOnlyList<EnvelopeRecipient> Readers)> Readdressed =>
        [.. accepted.Where(static one => one.Readdressed.Count > 0).Select(static one => (one.Envelope, one.FinalRecipients))];

    /// <summary>The recipients with whom the message as a whole will be refused, since they can't be by themselves.</summary>
    public IReadOnlyList<RecipientOutcome.Refused> RefusedRecipients => refused;

    /// <summary>How many recipients of a message that goes on as one may have got it from an earlier try, too (RFC 1047).</summary>
    public int PerhapsTwice => work?.PerhapsTwice ?? 0;

    /// <summary>Those about whom nothing could be decided yet.</summary>
    public IReadOnlyList<RecipientOutcome.Pending> Undecided => pending;

    /// <summary>What is planned for the message as a whole; null before that is known.</summary>
    public PlannedWork? Planned { get; private set; }

    /// <summary>Why what the hop before the queue seems to say of it does not count; null where it counts, or nothing is said.</summary>
    public string? FalseOrigin { get; private set; }

    /// <summary>Whether what <see cref="ReadBodyAsync"/> has seen so far may be a message that is encrypted already: then it
    /// may leave as it came, and every whole line of it so far is ciphertext or structure. To be asked only while that
    /// waits for more, or has ended.</summary>
    public bool MayBeEncryptedAlready => work?.MayBeEncryptedAlready ?? false;

    /// <summary>The body as it came, where it had to wait for what is made of it: kept here, sealed, for whoever does not keep it
    /// himself. Null where nothing had to wait. To be opened once, when <see cref="ReadBodyAsync"/> has ended without a refusal.</summary>
    public Stream? OpenBodyThatWaited() => waiting?.OpenRead();

    /// <summary>Asked at RCPT TO.</summary>
    /// <param name="address">The address without angle brackets, UTF-8 decoded.</param>
    public RecipientOutcome AddRecipient(string address) => AddRecipient(new EnvelopeRecipient(address));

    /// <summary>Asked at RCPT TO.</summary>
    public RecipientOutcome AddRecipient(EnvelopeRecipient recipient)
    {
        var outcome = decider.Decide(recipient, new MailFacts(decider.Envelope));
        if (outcome is RecipientOutcome.Accepted candidate && planner.Against(candidate, accepted, needs, keys) is { } obstacle)
            outcome = decider.Possible(obstacle);
        Keep(outcome);
        return outcome;
    }

    /// <summary>Asked once, when the header is complete.</summary>
    /// <param name="fields">All fields, in their order.</param>
    public HeaderOutcome ReadHeader(IReadOnlyList<HeaderField> fields)
    {
        header = fields;
        if (planner.Hops is { } keys && decider.Envelope.IdentityIsOpen)
        {
            origin = OriginOpener.Begin(keys, fields, decider.Envelope.GivenSender, planner.Means.Encryption.Time);
            // Proven is it only with the body: until then nothing may be decided by it.
            if (origin.Provisional is not null)
                return new HeaderOutcome.BodyWanted();
            Learn(origin.Finish());
        }
        DecidePending(new MailFacts(decider.Envelope) { Header = fields });
        return pending.Count == 0 ? Plan() : new HeaderOutcome.BodyWanted();
    }

    /// <summary>Reads the body to its end and makes the new one meanwhile; called only after <see cref="ReadHeader"/> asked for
    /// it. The reader is left to the caller to complete.</summary>
    /// <param name="body">The body's bytes. Its end means that the message is complete: whoever writes it must make it
    /// throw where the message breaks off.</param>
    /// <param name="messageId">What logs call the message, for the audit of secret keys.</param>
    /// <param name="cancellationToken">Cancelled when the message is aborted or its deadline has passed.</param>
    /// <exception cref="SpoolException">The disk failed; a temporary failure.</exception>
    /// <exception cref="CryptographicException">The system's cryptography failed.</exception>
    public async ValueTask<MessageOutcome> ReadBodyAsync(PipeReader body, string messageId, CancellationToken cancellationToken)
    {
        bool mustWait = pending.Count > 0 || origin?.Provisional is not null;
        if (work is null && !mustWait)
            throw new InvalidOperationException("No body is wanted.");
        try
        {
            return mustWait
                ? await ReadWaitingAsync(body, messageId, cancellationToken).ConfigureAwait(false)
                : await WorkAsync(body, messageId, cancellationToken).ConfigureAwait(false);
        }
        catch (SecretKeyException e)
        {
            return new MessageOutcome.Refused(RefusalWording.KeysOutOfReach(), e.Message);
        }
    }

    /// <summary>Who signs what is encrypted of the message; null where nothing is, or that is not known yet.</summary>
    /// <exception cref="SecretKeyException">It can't be found out now which keys are held.</exception>
    public async ValueTask<SigningChoice?> WhoSignsAsync(CancellationToken cancellationToken) =>
        signing is not null && Encrypts ? await signing.DecideAsync(cancellationToken).ConfigureAwait(false) : null;

    /// <summary>The MTA has been answered with the outcome, so that the client knows it.</summary>
    /// <exception cref="JournalException">That can't be written down.</exception>
    public ValueTask AnsweredAsync() => work?.AnsweredAsync() ?? ValueTask.CompletedTask;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (work is not null)
            await work.DisposeAsync().ConfigureAwait(false);
        if (waiting is not null)
            await waiting.DisposeAsync().ConfigureAwait(false);
        origin?.Dispose();
    }

    private bool Encrypts => accepted.Any(static recipient => recipient.Form == MessageForm.OpenPgp);

    private void Learn(OriginFinding finding)
    {
        decider.Learn(Identity.Learn(decider.Envelope, finding));
        FalseOrigin = (finding as OriginFinding.Forged)?.Reason;
    }

    /// <summary>Decides once all is known, and only then does what is to be done: until then the body waits, sealed.</summary>
    private async ValueTask<MessageOutcome> ReadWaitingAsync(PipeReader body, string messageId, CancellationToken cancellationToken)
    {
        waiting = new WaitingBody(planner.Means, origin);
        if (!await waiting.ReadAsync(body, cancellationToken).ConfigureAwait(false))
            return MessageOutcome.Refused.NoRoom("no room in the spool");
        if (waiting.Finish() is { } finding)
            Learn(finding);
        DecidePending(new MailFacts(decider.Envelope) { Header = header, Length = header.Sum(static field => field.LengthInMessage) + 2 + waiting.Length });
        switch (Plan())
        {
            case HeaderOutcome.Unchanged unchanged:
                return new MessageOutcome.Unchanged(unchanged.Reason) { Header = unchanged.Header };
            case HeaderOutcome.Refused refusal:
                return new MessageOutcome.Refused(refusal.Refusal, refusal.Reason);
            default:
                return await WorkAsync(waiting.OpenPipe(), messageId, cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask<MessageOutcome> WorkAsync(PipeReader body, string messageId, CancellationToken cancellationToken) =>
        await work!.ReadAsync(body, messageId, cancellationToken).ConfigureAwait(false) switch
        {
            MessageOutcome.Unchanged unchanged => unchanged with { Header = [.. unchanged.Header, .. changes] },
            MessageOutcome.Rewritten rewritten => rewritten with { Header = [.. rewritten.Header, .. changes] },
            MessageOutcome.Opened opened => opened with { Header = [.. opened.Header, .. changes] },
            var other => other,
        };

    private HeaderOutcome Plan()
    {
        if (ContentKinds.IsPartial(header))
            DecideDivided();
        IReadOnlyList<RecipientOutcome.Accepted> decided = [.. accepted];
        accepted.Clear();
        accepted.AddRange(planner.Foresee(decided, header));
        var plan = planner.Plan(accepted, refused, header);
        (work, changes, signing, Planned) = (plan.Work, plan.Changes, plan.Signing, plan.Planned);
        return plan.Outcome;
    }

    private void DecidePending(MailFacts mail)
    {
        var open = pending.ToList();
        pending.Clear();
        foreach (var late in open)
            KeepLate(decider.Decide(late.Envelope, mail));
    }

    private void Keep(RecipientOutcome outcome)
    {
        switch (outcome)
        {
            case RecipientOutcome.Accepted recipient:
                accepted.Add(recipient);
                needs.Add(recipient.Needs);
                foreach (var key in recipient.AllKeys)
                    keys.Add(key);
                break;
            case RecipientOutcome.Pending recipient:
                pending.Add(recipient);
                break;
            case RecipientOutcome.RefusedWithMessage later:
                refused.Add(later.Refusal);
                break;
        }
    }

    private void DecideDivided()
    {
        var decided = accepted.ToList();
        accepted.Clear();
        foreach (var recipient in decided)
            KeepLate(DividedMessages.Decide(recipient, decider.Envelope));
    }

    /// <summary>Behind the recipients nobody can be refused by himself any more.</summary>
    private void KeepLate(RecipientOutcome outcome) =>
        Keep(outcome is RecipientOutcome.Refused refusal ? new RecipientOutcome.RefusedWithMessage(refusal) : outcome);
}
