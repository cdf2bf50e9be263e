using System.IO.Pipelines;
using MilterCrypt.Milter.Wire;

namespace MilterCrypt.Milter.Session;

/// <summary>Answers the MTA. From a message's first edit to its verdict everything is written by one call, so that
/// nothing can come between: Postfix fails a message when it sees anything between two pieces of a new body. Owned by
/// the session.</summary>
internal sealed class ReplyWriter(PipeWriter output, SessionServices services)
{
    // Small answers leave in one write; more than this is sent on while the rest is being read.
    private const int FlushThreshold = 64 * 1024;

    private bool pending;

    public void Write(byte reply)
    {
        FrameWriter.WriteEmpty(output, reply);
        pending = true;
    }

    public void Write(SmtpReply reply)
    {
        FrameWriter.WriteStrings(output, MilterReply.ReplyCode, reply.ToWire());
        pending = true;
    }

    public void Write(StepReply reply)
    {
        switch (reply)
        {
            case StepReply.Refused refused:
                Write(refused.Reply);
                break;
            case StepReply.Accepted:
                Write(MilterReply.Accept);
                break;
            case StepReply.Discarded:
                Write(MilterReply.Discard);
                break;
            default:
                Write(MilterReply.Continue);
                break;
        }
    }

    public void Write(Negotiation negotiation)
    {
        negotiation.Write(output, services.Options.Macros);
        pending = true;
    }

    /// <summary>Sends what was written, if anything was.</summary>
    /// <exception cref="TimeoutException">The MTA doesn't take it.</exception>
    /// <exception cref="MessageAbortedException">The MTA is gone.</exception>
    public async ValueTask FlushAsync()
    {
        if (!pending)
            return;

        pending = false;
        ValueTask<FlushResult> flush = output.FlushAsync(CancellationToken.None);
        FlushResult result = flush.IsCompleted
            ? await flush
            : await flush.AsTask().WaitAsync(services.Options.StallTimeout, services.Time);
        if (result.IsCompleted)
            throw new MessageAbortedException("The MTA hung up while it was being answered.");
    }

    /// <summary>Writes a message's verdict with all its edits; small ones are left to be flushed by the caller.</summary>
    /// <returns>The verdict that was written: a refusal where this one can't be carried out.</returns>
    public async ValueTask<MailVerdict> WriteAsync(MailVerdict verdict, MailTransaction mail, Negotiation agreed)
    {
        switch (verdict)
        {
            case MailVerdict.LeftUnchanged:
                Write(MilterReply.Continue);
                return verdict;
            case MailVerdict.Refused refused:
                Write(refused.Reply);
                return verdict;
            case MailVerdict.Discarded:
                Write(MilterReply.Discard);
                return verdict;
            case MailVerdict.Quarantined quarantined:
                return await WriteChangesAsync(verdict, new MessageChanges { QuarantineReason = quarantined.Reason }, mail, agreed);
            case MailVerdict.Changed changed:
                return await WriteChangesAsync(verdict, changed.Changes, mail, agreed);
            default:
                MilterLog.ChangesFailed(services.Logger, null, mail.QueueId ?? mail.Session.Id);
                return Refuse();
        }
    }

    private async ValueTask<MailVerdict> WriteChangesAsync(
        MailVerdict verdict, MessageChanges changes, MailTransaction mail, Negotiation agreed)
    {
        // Everything that can be refused is refused before the first edit is written.
        ChangePlan plan;
        try
        {
            plan = ChangePlan.Make(changes, mail, agreed);
        }
        catch (ArgumentException unfit)
        {
            MilterLog.ChangesFailed(services.Logger, unfit, mail.QueueId ?? mail.Session.Id);
            return Refuse();
        }

        foreach (EnvelopeOperation operation in plan.Envelope)
            FrameWriter.WriteStrings(output, operation.Code, operation.Strings);
        foreach (HeaderOperation operation in plan.Header)
            FrameWriter.WriteHeader(output, operation.Code, operation.Place, operation.Name, operation.Value.Span);
        if (changes.Body is not null && !await WriteBodyAsync(changes.Body, agreed.DataSize, mail))
            return Refuse();
        if (plan.QuarantineReason is not null)
            FrameWriter.WriteStrings(output, MilterReply.Quarantine, plan.QuarantineReason);

        Write(MilterReply.Continue);
        return verdict;
    }

    private MailVerdict.Refused Refuse()
    {
        Write(SmtpReply.FilterFailure);
        return new MailVerdict.Refused(SmtpReply.FilterFailure);
    }

    // A body that can't be read to its end still leaves whole frames behind it, so the MTA can be told to forget them.
    private async ValueTask<bool> WriteBodyAsync(Stream body, int pieceSize, MailTransaction mail)
    {
        using var pieces = new BodyPieces(body, services.Pool, pieceSize);
        int written = 0;
        bool first = true;
        while (true)
        {
            Task read = pieces.ReadAsync();
            await read.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!read.IsCompletedSuccessfully)
            {
                MilterLog.ChangesFailed(services.Logger, read.Exception?.InnerException, mail.QueueId ?? mail.Session.Id);
                return false;
            }

            services.Metrics.BodySent(pieces.Length);
            // An empty body is one empty piece: without any, the MTA would keep the old one.
            if (pieces.Length > 0 || first)
                pieces.WriteTo(output);
            first = false;
            if (!pieces.IsFull)
                return true;

            written += pieces.Length;
            if (written >= FlushThreshold)
            {
                pending = true;
                await FlushAsync();
                // The next piece may come from a disk: not on a thread that other connections wait for.
                await Task.Yield();
                written = 0;
            }
        }
    }
}
