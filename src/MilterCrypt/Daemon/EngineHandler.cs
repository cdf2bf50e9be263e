using System.IO.Pipelines;
using MilterCrypt.Engine;
using MilterCrypt.Engine.Bodies;
using MilterCrypt.Engine.Deciding;
using MilterCrypt.Engine.Journal;
using MilterCrypt.Engine.Mail;
using MilterCrypt.Milter;

namespace MilterCrypt.Daemon;

/// <summary>One message's way through the engine, told in the words of the milter protocol. Owned by the session.</summary>
internal sealed class EngineHandler(MailTransaction mail, FilteredMessage message, MessageReport report) : IMessageHandler
{
    private MailVerdict? settled;
    private bool isAnsweredForGood;

    /// <inheritdoc/>
    public ValueTask<RecipientReply> RecipientAsync(Recipient recipient, CancellationToken cancellationToken)
    {
        // Policy and key are those of the address that the MTA will really use, not of one that it rewrites.
        var told = new EnvelopeRecipient(recipient.ResolvedAddress) { Given = recipient.Address, Arguments = recipient.Arguments };
        if (message.AddRecipient(told) is not RecipientOutcome.Refused refused)
            return ValueTask.FromResult(RecipientReply.Accept);

        report.RecipientRefused(recipient, refused);
        return ValueTask.FromResult<RecipientReply>(new RecipientReply.Refused(Reply(refused.Refusal)));
    }

    /// <inheritdoc/>
    public ValueTask<HeaderDecision> HeaderAsync(CancellationToken cancellationToken)
    {
        var header = mail.Header.Select(field => new Engine.Mail.HeaderField(field.Name, field.Value)).ToList();
        switch (message.ReadHeader(header))
        {
            case HeaderOutcome.Unchanged relabelled when relabelled.Header.Count > 0 || message.Readdressed.Count > 0:
                // What is changed can only be said at the message's end.
                settled = Unchanged(relabelled.Reason, relabelled.Header);
                return ValueTask.FromResult(HeaderDecision.ReadBody);
            case HeaderOutcome.Unchanged unchanged:
                report.WillBeUnchanged(unchanged.Reason);
                return ValueTask.FromResult(HeaderDecision.Unchanged);
            case HeaderOutcome.Refused refused:
                report.WillBeRefused(refused.Refusal, refused.Reason);
                return ValueTask.FromResult<HeaderDecision>(new HeaderDecision.Refused(Reply(refused.Refusal)));
            default:
                return ValueTask.FromResult(HeaderDecision.ReadBody);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<MailVerdict> BodyAsync(PipeReader body, CancellationToken cancellationToken)
    {
        if (settled is not null)
            return settled;
        try
        {
            switch (await message.ReadBodyAsync(body, report.Id, cancellationToken))
            {
                case MessageOutcome.Unchanged unchanged:
                    return Unchanged(unchanged.Reason, unchanged.Header);
                case MessageOutcome.Rewritten rewritten:
                    report.WillBeEncrypted(rewritten.Facts);
                    return Changed(rewritten.Header, rewritten.Body);
                case MessageOutcome.Opened opened:
                    report.WillBeOpened(opened.Facts);
                    return Changed(opened.Header, opened.Body, ReportsWithoutContent());
                case MessageOutcome.HandedOver split:
                    report.WasSplit(split.Parts);
                    return new MailVerdict.Discarded();
                case MessageOutcome.Refused refused:
                    report.WillBeRefused(refused.Refusal, refused.Reason);
                    report.WasSplit(refused.Parts);
                    if (refused.IsForSpace)
                        report.SpoolIsSpent();
                    return new MailVerdict.Refused(Reply(refused.Refusal));
                case var unknown:
                    throw new InvalidOperationException($"No verdict for {unknown}.");
            }
        }
        catch (SpoolException e)
        {
            var refusal = new SmtpRefusal(451, "4.3.0", "the encryption filter can't hold the message now; try again later");
            report.SpoolFailed(e, refusal);
            return new MailVerdict.Refused(Reply(refusal));
        }
    }

    /// <inheritdoc/>
    public void Answered(MailVerdict verdict)
    {
        isAnsweredForGood = verdict is not MailVerdict.Refused { Reply.Code: < 500 };
        report.Answered(verdict);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        report.Ended();
        try
        {
            if (isAnsweredForGood)
                await message.AnsweredAsync();
        }
        catch (JournalException e)
        {
            report.JournalFailed(e);
        }
        finally
        {
            await message.DisposeAsync();
        }
    }

    private MailVerdict Unchanged(string reason, IReadOnlyList<HeaderChange> header)
    {
        report.WillBeUnchanged(header.Count > 0 ? $"{reason}; its header is changed" : reason);
        return header.Count > 0 || message.Readdressed.Count > 0 ? Changed(header, null) : MailVerdict.Unchanged;
    }

    private MailVerdict.Changed Changed(IReadOnlyList<HeaderChange> header, Stream? body, EnvelopeAddress? sender = null)
    {
        var readdressed = message.Readdressed;
        return new MailVerdict.Changed(new MessageChanges([.. header.Select(Edit)], body)
        {
            Sender = sender,
            RemovedRecipients = [.. mail.Recipients.Where(given => readdressed.Any(one => one.Recipient.Given == given.Address))],
            AddedRecipients = [.. readdressed.SelectMany(static one => one.Readers).Select(static reader => new EnvelopeAddress(reader.Given, reader.Arguments))],
        });
    }

    // Whoever caught a ciphertext could have it opened by mailing it to its reader, and read the text in the report of a failure that
    // he brings about. Reports have nobody to report to.
    private EnvelopeAddress? ReportsWithoutContent() => mail.Sender.Length == 0 ? null : new EnvelopeAddress(mail.Sender, ["RET=HDRS"]);

    private static SmtpReply Reply(SmtpRefusal refusal) => new(refusal.Code, refusal.EnhancedStatus, refusal.Text);

    private static HeaderEdit Edit(HeaderChange change) => change switch
    {
        HeaderChange.Replace replace => new HeaderEdit.Change(replace.Field, replace.Value),
        HeaderChange.Delete delete => new HeaderEdit.Delete(delete.Field),
        HeaderChange.Add add => new HeaderEdit.Add(add.Name, add.Value),
        HeaderChange.Prepend prepend => new HeaderEdit.Prepend(prepend.Name, prepend.Value),
        _ => throw new InvalidOperationException($"No edit for {change}."),
    };
}
