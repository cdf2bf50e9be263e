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
    private const int MaxPiece = 65535;

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
            case MailVerdict.Quarantined quarantined when agreed.Actions.HasFlag(MilterActions.Quarantine):
                FrameWriter.WriteStrings(output, MilterReply.Quarantine, OneLine(quarantined.Reason));
                Write(MilterReply.Continue);
                return verdict;
            case MailVerdict.Changed changed:
                if (Plan(changed.Changes, mail, agreed) is { } operations
                    && await WriteChangesAsync(operations, changed.Changes.Body, mail))
                {
                    Write(MilterReply.Continue);
                    return verdict;
                }
                break;
            default:
                MilterLog.ChangesFailed(services.Logger, null, mail.QueueId ?? mail.SessionId);
                break;
        }

        Write(SmtpReply.FilterFailure);
        return new MailVerdict.Refused(SmtpReply.FilterFailure);
    }

    // Everything that can be refused is refused before the first edit is written.
    private IReadOnlyList<HeaderOperation>? Plan(MessageChanges changes, MailTransaction mail, Negotiation agreed)
    {
        const MilterActions Needed = MilterActions.AddHeaders | MilterActions.ChangeHeaders | MilterActions.ChangeBody;
        try
        {
            return (agreed.Actions & Needed) == Needed
                ? HeaderEditPlan.Make(mail.Header, changes.Header, mail.Mta, agreed.Protocol.HasFlag(MilterProtocol.LeadingSpace))
                : throw new ArgumentException($"The MTA allows the actions {agreed.Actions} only.", nameof(changes));
        }
        catch (ArgumentException unfit)
        {
            MilterLog.ChangesFailed(services.Logger, unfit, mail.QueueId ?? mail.SessionId);
            return null;
        }
    }

    private async ValueTask<bool> WriteChangesAsync(IReadOnlyList<HeaderOperation> operations, Stream? body, MailTransaction mail)
    {
        foreach (HeaderOperation operation in operations)
            FrameWriter.WriteHeader(output, operation.Code, operation.Place, operation.Name, operation.Value.Span);

        return body is null || await WriteBodyAsync(body, mail);
    }

    // A body that can't be read to its end still leaves whole frames behind it, so the MTA can be told to forget them.
    private async ValueTask<bool> WriteBodyAsync(Stream body, MailTransaction mail)
    {
        using var owner = services.Pool.Rent(ClearingPool.BlockSize);
        Memory<byte> room = owner.Memory[..MaxPiece];
        int written = 0;
        bool first = true;
        while (true)
        {
            Task<int> read = body.ReadAtLeastAsync(room, room.Length, throwOnEndOfStream: false).AsTask();
            await ((Task)read).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!read.IsCompletedSuccessfully)
            {
                MilterLog.ChangesFailed(services.Logger, read.Exception?.InnerException, mail.QueueId ?? mail.SessionId);
                return false;
            }

            int length = await read;
            // An empty body is one empty piece: without any, the MTA would keep the old one.
            if (length > 0 || first)
                FrameWriter.WriteBytes(output, MilterReply.ReplaceBody, room.Span[..length]);
            first = false;
            if (length < room.Length)
                return true;

            written += length;
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

    // SMFIR_QUARANTINE's reason is one line without control characters.
    private static string OneLine(string reason) =>
        string.Create(reason.Length, reason, static (line, source) =>
        {
            for (int i = 0; i < line.Length; i++)
                line[i] = char.IsControl(source[i]) ? ' ' : source[i];
        });
}
