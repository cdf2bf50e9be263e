using System.IO.Pipelines;
using System.Security.Cryptography;
using MilterCrypt.Engine.Bodies;
using MilterCrypt.Engine.Custody;
using MilterCrypt.Engine.Deciding;
using MilterCrypt.Engine.Mail;
using MilterCrypt.Engine.Policy;

namespace MilterCrypt.Engine;

/// <summary>One message on its way through the filter: told its recipients one by one, then its header, then its body, in this
/// order. Owned by whoever began it; not safe for use by several threads.</summary>
public sealed class FilteredMessage : IAsyncDisposable
{
    private readonly RecipientDecider decider;
    private readonly MessageMeans means;
    private readonly List<RecipientOutcome.Accepted> accepted = [];
    private readonly List<RecipientOutcome.Pending> pending = [];
    private readonly List<RecipientOutcome.Refused> refused = [];
    private readonly MessageKeys keys = new();
    private IBodyWork? work;
    private IReadOnlyList<HeaderChange> strip = [];

    internal FilteredMessage(RecipientDecider decider, MessageMeans means)
    {
        this.decider = decider;
        this.means = means;
    }

    /// <summary>The recipients that were accepted, in their order.</summary>
    public IReadOnlyList<RecipientOutcome.Accepted> Recipients => accepted;

    /// <summary>The recipients with whom the message as a whole will be refused, since they can't be by themselves.</summary>
    public IReadOnlyList<RecipientOutcome.Refused> RefusedRecipients => refused;

    /// <summary>Whether what <see cref="ReadBodyAsync"/> has seen so far may be a message that is encrypted already: then it
    /// may leave as it came, and every whole line of it so far is ciphertext or structure. To be asked only while that
    /// waits for more, or has ended.</summary>
    public bool MayBeEncryptedAlready => work?.MayBeEncryptedAlready ?? false;

    /// <summary>Asked at RCPT TO.</summary>
    /// <param name="address">The address without angle brackets, UTF-8 decoded.</param>
    public RecipientOutcome AddRecipient(string address)
    {
        var outcome = decider.Decide(address, new MailFacts(decider.Envelope));
        if (outcome is RecipientOutcome.Accepted candidate && Against(candidate) is { } obstacle)
            outcome = decider.Possible(obstacle);
        Keep(outcome);
        return outcome;
    }

    /// <summary>Asked once, when the header is complete.</summary>
    /// <param name="fields">All fields, in their order.</param>
    public HeaderOutcome ReadHeader(IReadOnlyList<HeaderField> fields)
    {
        var mail = new MailFacts(decider.Envelope) { Header = fields };
        foreach (var late in pending)
            KeepLate(decider.Decide(late.Address.ToString(), mail));
        if (WholeRefusal.Of(decider.Envelope, accepted, refused) is { } refusal)
            return refusal;

        // Whoever is told that his mail was opened must be told so by us, wherever aliases may lead.
        if (decider.OpensMail)
            strip = ResultField.Strip(fields);
        string? reason = null;
        if (accepted[0].Form != MessageForm.Clear)
            work = new BodyEncryption(fields, keys, new SignerDecider(decider.Envelope, accepted, fields, decider.At, means.OwnKeys), means);
        else
            work = Open(fields, out reason);
        return work is null ? new HeaderOutcome.Unchanged(reason ?? WhyClear()) { Header = strip } : new HeaderOutcome.BodyWanted();
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
        if (work is null)
            throw new InvalidOperationException("No body is wanted.");
        try
        {
            return await work.ReadAsync(body, messageId, cancellationToken).ConfigureAwait(false) switch
            {
                MessageOutcome.Unchanged unchanged => unchanged with { Header = strip },
                MessageOutcome.Rewritten rewritten => rewritten with { Header = [.. rewritten.Header, .. strip] },
                MessageOutcome.Opened opened => opened with { Header = [.. opened.Header, .. strip] },
                var refused => refused,
            };
        }
        catch (SecretKeyException e)
        {
            return new MessageOutcome.Refused(RefusalWording.KeysOutOfReach(), e.Message);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => work?.DisposeAsync() ?? ValueTask.CompletedTask;

    private void Keep(RecipientOutcome outcome)
    {
        switch (outcome)
        {
            case RecipientOutcome.Accepted recipient:
                accepted.Add(recipient);
                if (recipient.Key is not null)
                    keys.Add(recipient.Key);
                break;
            case RecipientOutcome.Pending recipient:
                pending.Add(recipient);
                break;
            case RecipientOutcome.RefusedWithMessage later:
                refused.Add(later.Refusal);
                break;
        }
    }

    /// <summary>Behind the recipients nobody can be refused by himself any more.</summary>
    private void KeepLate(RecipientOutcome outcome) =>
        Keep(outcome is RecipientOutcome.Refused refusal ? new RecipientOutcome.RefusedWithMessage(refusal) : outcome);

    /// <summary>Why one more recipient can't have this message, where that is so.</summary>
    private RecipientOutcome.Refused? Against(RecipientOutcome.Accepted candidate)
    {
        if (candidate.Key is not null && !keys.HasRoomFor(candidate.Key))
        {
            return new RecipientOutcome.Refused(
                RefusalWording.TooManyKeys(candidate.Address), candidate.Decision.RuleName, $"the message has {MessageKeys.Max} keys already");
        }
        // A milter gives one body to all: until messages are split, the second form waits for a message of its own.
        return decider.Envelope.CanRefuseRecipients && accepted.Count > 0 && accepted[0].Form != candidate.Form
            ? new RecipientOutcome.Refused(
                RefusalWording.AnotherForm(candidate.Address, candidate.Form), candidate.Decision.RuleName, "needs another form")
            : null;
    }

    private BodyDecryption? Open(IReadOnlyList<HeaderField> fields, out string? reason)
    {
        var opening = new OpeningDecider(decider.Envelope, decider.At, means.OwnKeys).Decide(accepted, fields);
        reason = (opening as Opening.Not)?.Reason;
        return opening is Opening.For reader ? new BodyDecryption(fields, reader, decider.At, means.OwnKeys!, means) : null;
    }

    private string WhyClear() =>
        string.Join(", ", accepted.Select(recipient => recipient.Reason ?? recipient.Decision.RuleName).Distinct().Take(3));
}
