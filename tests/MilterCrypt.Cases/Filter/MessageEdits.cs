using MilterCrypt.Milter;

namespace MilterCrypt.Cases.Filter;

/// <summary>Gathers what a case wants changed of one message.</summary>
internal sealed class MessageEdits(MailTransaction mail)
{
    private readonly List<HeaderEdit> header = [];
    private readonly List<EnvelopeAddress> added = [];
    private readonly List<Recipient> removed = [];
    private EnvelopeAddress? sender;
    private byte[]? body;
    private string? reason;

    /// <returns>The verdict so far.</returns>
    public MailVerdict Add(FilterAnswer answer)
    {
        switch (answer)
        {
            case FilterAnswer.Quarantine quarantine:
                reason = quarantine.Reason;
                break;
            case FilterAnswer.ChangeField change:
                header.Add(new HeaderEdit.Change(IndexOf(change.Name, change.Nth), change.Value));
                break;
            case FilterAnswer.DeleteField delete:
                header.Add(new HeaderEdit.Delete(IndexOf(delete.Name, delete.Nth)));
                break;
            case FilterAnswer.AddField add:
                header.Add(new HeaderEdit.Add(add.Name, add.Value));
                break;
            case FilterAnswer.PrependField prepend:
                header.Add(new HeaderEdit.Prepend(prepend.Name, prepend.Value));
                break;
            case FilterAnswer.ReplaceBody replace:
                body = replace.Body;
                break;
            case FilterAnswer.ChangeSender change:
                sender = change.Sender;
                break;
            case FilterAnswer.AddRecipient add:
                added.Add(add.Recipient);
                break;
            case FilterAnswer.RemoveRecipient remove:
                removed.Add(mail.Recipients[remove.Nth - 1]);
                break;
            default:
                throw new InvalidOperationException($"{answer} is no edit");
        }

        bool onlyHeld = header.Count + added.Count + removed.Count == 0 && sender is null && body is null && reason is not null;
        return onlyHeld
            ? new MailVerdict.Quarantined(reason!)
            : new MailVerdict.Changed(new MessageChanges(header, body is null ? null : new MemoryStream(body))
            {
                Sender = sender,
                AddedRecipients = added,
                RemovedRecipients = removed,
                QuarantineReason = reason,
            });
    }

    // A place that is not there is the case's own way to a mistake: the library must refuse it.
    private int IndexOf(string name, int nth)
    {
        for (int i = 0; i < mail.Header.Count; i++)
        {
            if (mail.Header[i].Name.Equals(name, StringComparison.OrdinalIgnoreCase) && --nth == 0)
                return i;
        }

        return mail.Header.Count;
    }
}
