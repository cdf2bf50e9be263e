using System.IO.Pipelines;
using System.Security.Cryptography;
using MilterCrypt.Engine.Keys;
using MilterCrypt.Engine.Mail;

namespace MilterCrypt.Engine;

/// <summary>One message on its way out: told recipient by recipient, then its header, then its body, each step asked at
/// most once more after it said to go on. Owned by whoever began it; not safe for use by several threads.</summary>
public sealed class OutgoingMessage : IAsyncDisposable
{
    private readonly RecipientDecider decider;
    private readonly SpoolOptions spool;
    private readonly SpoolBudget budget;
    private readonly RandomNumberGenerator random;
    private readonly List<RecipientOutcome.Accepted> accepted = [];
    private readonly List<RecipientOutcome.Refused> refused = [];
    private readonly List<KeyAnswer.Usable> keys = [];

    internal OutgoingMessage(RecipientDecider decider, SpoolOptions spool, SpoolBudget budget, RandomNumberGenerator random)
    {
        this.decider = decider;
        this.spool = spool;
        this.budget = budget;
        this.random = random;
    }

    /// <summary>The recipients that were accepted, in their order.</summary>
    public IReadOnlyList<RecipientOutcome.Accepted> Recipients => accepted;

    /// <summary>Asked at RCPT TO.</summary>
    /// <param name="address">The address without angle brackets, UTF-8 decoded.</param>
    public RecipientOutcome AddRecipient(string address)
    {
        var outcome = decider.Decide(address, out var key);
        if (outcome is RecipientOutcome.Accepted recipient)
        {
            if (decider.Envelope.CanRefuseRecipients && accepted.Count > 0 && recipient.Form != accepted[0].Form)
            {
                return new RecipientOutcome.Refused(
                    RefusalWording.AnotherForm(recipient.Address, recipient.Form), recipient.Decision.RuleName, "needs another form");
            }
            accepted.Add(recipient);
            if (key is not null)
                keys.Add(key);
        }
        else if (outcome is RecipientOutcome.Refused refusal && !decider.Envelope.CanRefuseRecipients)
        {
            refused.Add(refusal);
            return new RecipientOutcome.RefusedWithMessage(refusal);
        }
        return outcome;
    }

    /// <summary>Asked once, when the header is complete.</summary>
    /// <param name="header">All fields, in their order.</param>
    public HeaderOutcome ReadHeader(IReadOnlyList<HeaderField> header)
    {
        if (accepted.Count == 0)
            return new HeaderOutcome.Refused(RefusalWording.NoRecipients(), "no recipients");
        return accepted[0].Form == MessageForm.Clear ? new HeaderOutcome.Unchanged("policy") : new HeaderOutcome.BodyWanted();
    }

    /// <summary>Reads the body to its end; called only after <see cref="ReadHeader"/> asked for it.</summary>
    /// <param name="body">The body's bytes. Its end means that the message is complete: whoever writes it must make it
    /// throw where the message breaks off.</param>
    /// <param name="cancellationToken">Cancelled when the message is aborted or its deadline has passed.</param>
    /// <exception cref="SpoolException">The disk failed; a temporary failure.</exception>
    public ValueTask<MessageOutcome> ReadBodyAsync(PipeReader body, CancellationToken cancellationToken)
    {
        _ = spool;
        _ = budget;
        _ = random;
        return ValueTask.FromResult<MessageOutcome>(new MessageOutcome.Refused(RefusalWording.Busy(), "no encryption"));
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
