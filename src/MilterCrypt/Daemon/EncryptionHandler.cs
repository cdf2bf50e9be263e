using System.IO.Pipelines;
using MilterCrypt.Engine;
using MilterCrypt.Engine.Mail;
using MilterCrypt.Milter;

namespace MilterCrypt.Daemon;

/// <summary>One message's way through the engine, told in the words of the milter protocol. Owned by the session.</summary>
internal sealed class EncryptionHandler(MailTransaction mail, FilteredMessage message, MessageReport report) : IMessageHandler
{
    /// <inheritdoc/>
    public ValueTask<RecipientReply> RecipientAsync(Recipient recipient, CancellationToken cancellationToken)
    {
        // Policy and key are those of the address that the MTA will really use, not of one that it rewrites.
        if (message.AddRecipient(recipient.ResolvedAddress) is not RecipientOutcome.Refused refused)
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
        try
        {
            switch (await message.ReadBodyAsync(body, report.Id, cancellationToken))
            {
                case MessageOutcome.Unchanged unchanged:
                    report.WillBeUnchanged(unchanged.Reason);
                    return MailVerdict.Unchanged;
                case MessageOutcome.Rewritten rewritten:
                    report.WillBeEncrypted(rewritten.Facts);
                    return new MailVerdict.Changed(new MessageChanges([.. rewritten.Header.Select(Edit)], rewritten.Body));
                case MessageOutcome.Refused refused:
                    report.WillBeRefused(refused.Refusal, refused.Reason);
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
    public void Answered(MailVerdict verdict) => report.Answered(verdict);

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        report.Ended();
        return message.DisposeAsync();
    }

    private static SmtpReply Reply(SmtpRefusal refusal) => new(refusal.Code, refusal.EnhancedStatus, refusal.Text);

    private static HeaderEdit Edit(HeaderChange change) => change switch
    {
        HeaderChange.Replace replace => new HeaderEdit.Change(replace.Field, replace.Value),
        HeaderChange.Delete delete => new HeaderEdit.Delete(delete.Field),
        HeaderChange.Add add => new HeaderEdit.Add(add.Name, add.Value),
        _ => throw new InvalidOperationException($"No edit for {change}."),
    };
}
