using System.Text;
using MilterCrypt.Milter.Wire;

namespace MilterCrypt.Milter.Client;

/// <summary>An envelope in the MTA's hands while a filter edits it.</summary>
internal sealed class EditedEnvelope(string sender, MtaKind mta)
{
    private readonly List<string> recipients = [];

    public string Sender { get; private set; } = sender;

    public IReadOnlyList<string> Recipients => recipients;

    /// <summary>A recipient that the filter accepted. One that is given twice gets the message once.</summary>
    public void Accept(string recipient)
    {
        if (!recipients.Contains(recipient))
            recipients.Add(recipient);
    }

    /// <returns>Whether it was an edit of the envelope.</returns>
    /// <exception cref="MilterProtocolException">It is cut off.</exception>
    public bool Apply(MilterAnswer edit)
    {
        switch (edit.Code)
        {
            case MilterReply.ChangeSender:
                Sender = ReadPath(edit.Payload.Span, "RET=", "ENVID=");
                return true;
            case MilterReply.AddRecipient or MilterReply.AddRecipientWithArguments:
                string added = ReadPath(edit.Payload.Span, "NOTIFY=", "ORCPT=");
                // Postfix does not notice that it is there.
                if (mta == MtaKind.Postfix || !recipients.Exists(there => Bare(there) == Bare(added)))
                    recipients.Add(added);
                return true;
            case MilterReply.DeleteRecipient:
                // Case counts, brackets don't; a recipient that is not there is passed over in silence.
                string removed = Bare(Encoding.UTF8.GetString(new NulStrings(edit.Payload.Span).Next()));
                recipients.RemoveAll(there => Bare(there) == removed);
                return true;
            default:
                return false;
        }
    }

    // Postfix takes the arguments for reports alone; Sendmail all but those that say something of the message's bytes.
    private string ReadPath(ReadOnlySpan<byte> payload, string first, string second)
    {
        var strings = new NulStrings(payload);
        string address = Encoding.UTF8.GetString(strings.Next());
        string arguments = strings.IsEmpty ? "" : Encoding.UTF8.GetString(strings.Next());
        var heeded = arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries).Where(argument => mta == MtaKind.Sendmail
            ? !Begins(argument, "SIZE=") && !Begins(argument, "BODY=")
            : Begins(argument, first) || Begins(argument, second));
        return string.Join(' ', heeded.Prepend(address));
    }

    private static bool Begins(string argument, string keyword) => argument.StartsWith(keyword, StringComparison.OrdinalIgnoreCase);

    private static string Bare(string path) => EnvelopePath.Read(Encoding.UTF8.GetBytes(EnvelopePath.Split(path)[0] + '\0')).Address;
}
