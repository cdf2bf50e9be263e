using System.Text;
using MilterCrypt.Milter.Wire;

namespace MilterCrypt.Milter.Client;

/// <summary>Takes one message past a filter, from MAIL to its end, as an MTA would, and does what the filter says. For one
/// use.</summary>
internal sealed class MessageDelivery
{
    // Postfix cuts each field off there and tells nobody; Sendmail refuses what has more in all.
    private const int PostfixFieldLimit = 60_000;
    private const int SendmailHeaderLimit = 32_768;

    private static readonly MilterAnswer HeaderTooLarge =
        new(MilterReply.ReplyCode, Encoding.ASCII.GetBytes("552 5.3.4 Headers too large (32768 max)\0"));

    private readonly MilterClient client;
    private readonly bool local;
    private readonly List<MilterAnswer> recipients = [];
    private EditedEnvelope envelope;
    private EditedMessage? content;
    private IReadOnlyList<HeaderField> original = [];
    private MilterAnswer? last;
    private bool sendmailSkipsBody;
    private bool bodySent;
    private int progress;

    public MessageDelivery(MilterClient client, bool local)
    {
        (this.client, this.local) = (client, local);
        envelope = new EditedEnvelope("", client.Habits.Kind);
    }

    /// <summary>Whether nobody is left to deliver to.</summary>
    public bool HasNoRecipient => envelope.Recipients.Count == 0;

    private bool IsSendmail => client.Habits.Kind == MtaKind.Sendmail;

    /// <summary>Takes a whole message to its end.</summary>
    public async Task<ClientResult> RunAsync(ClientMessage message, CancellationToken cancellationToken)
    {
        MilterAnswer answer = await MailAsync(message.Sender, cancellationToken);
        if (!answer.GoesOn && answer.Code != MilterReply.Discard)
            return Result(answer, message);

        foreach (string recipient in message.Recipients)
            await RecipientAsync(recipient, cancellationToken);
        if (recipients.Exists(r => r.Code == MilterReply.Discard))
            return Result(last!, message);
        if (recipients.Find(r => !r.GoesOn) is { } refusal && (local || !recipients.Exists(r => r.GoesOn)))
        {
            await client.ResetAsync(cancellationToken);
            return Result(refusal, message);
        }

        answer = await DataAsync(cancellationToken);
        return answer.Code == MilterReply.Continue
            ? await ContentAsync(message, cancellationToken)
            : await EndAsync(answer, message, cancellationToken);
    }

    /// <summary>MAIL.</summary>
    public async Task<MilterAnswer> MailAsync(string sender, CancellationToken cancellationToken)
    {
        envelope = new EditedEnvelope(sender, client.Habits.Kind);
        // What a filter said of the whole session holds for each message, and is not asked for again.
        MilterAnswer answer = client.Standing ?? Unskipped(await client.MailAsync(Shown(sender), cancellationToken));
        if (answer.Code != MilterReply.Continue)
            last = answer;
        return answer;
    }

    /// <summary>RCPT.</summary>
    public async Task<MilterAnswer> RecipientAsync(string recipient, CancellationToken cancellationToken)
    {
        MilterAnswer answer = last ?? await client.RecipientAsync(Shown(recipient), cancellationToken);
        recipients.Add(answer);
        if (answer.GoesOn || answer.Code == MilterReply.Discard)
            envelope.Accept(recipient);
        // Postfix asks of no more recipients then; Sendmail, of nothing more of this message.
        if (answer.Code == MilterReply.Skip)
            last = IsSendmail ? new MilterAnswer(MilterReply.Accept, default) : answer;
        else if (answer.Code is MilterReply.Accept or MilterReply.Discard or MilterReply.Shutdown)
            last = answer;
        return answer;
    }

    /// <summary>DATA.</summary>
    public async Task<MilterAnswer> DataAsync(CancellationToken cancellationToken)
    {
        if (last is not { Code: MilterReply.Accept or MilterReply.Shutdown or MilterReply.Discard })
            last = Unskipped(await client.DataAsync(cancellationToken));
        return last;
    }

    /// <summary>The message, after DATA.</summary>
    public async Task<ClientResult> ContentAsync(ClientMessage message, CancellationToken cancellationToken)
    {
        ClientMessage shown = Take(message);
        EditedMessage edited = content!;
        MilterAnswer answer = last!;
        if (answer.Code == MilterReply.Continue)
            answer = await SendHeaderAsync(edited, shown, cancellationToken);
        if (answer.Code == MilterReply.Continue)
            answer = await SendBodyAsync(edited, shown, cancellationToken);
        return await EndAsync(answer, message, cancellationToken);
    }

    private async Task<MilterAnswer> SendHeaderAsync(EditedMessage content, ClientMessage message, CancellationToken cancellationToken)
    {
        MilterAnswer answer = MilterAnswer.Continue;
        if (IsSendmail && message.Header.Sum(f => f.Name.Length + f.Value.Length + 2) > SendmailHeaderLimit)
        {
            await client.AbortAsync(cancellationToken);
            return HeaderTooLarge;
        }

        foreach (HeaderField field in content.ShownHeader)
        {
            if (answer.Code == MilterReply.Continue)
                answer = await client.HeaderAsync(field, cancellationToken);
        }

        if (answer.Code == MilterReply.Skip)
        {
            sendmailSkipsBody = IsSendmail;
            answer = MilterAnswer.Continue;
        }

        return answer.Code == MilterReply.Continue ? Unskipped(await client.EndOfHeaderAsync(cancellationToken)) : answer;
    }

    private async Task<MilterAnswer> SendBodyAsync(EditedMessage content, ClientMessage message, CancellationToken cancellationToken)
    {
        bodySent = !sendmailSkipsBody;
        int size = client.Agreed.DataSize;
        MilterAnswer answer = MilterAnswer.Continue;
        for (int sent = 0; bodySent && sent < message.Body.Length && answer.Code == MilterReply.Continue; sent += size)
            answer = await client.BodyAsync(message.Body.Slice(sent, Math.Min(size, message.Body.Length - sent)), cancellationToken);
        if (Unskipped(answer).Code != MilterReply.Continue)
            return answer;

        IReadOnlyList<MilterAnswer> answers = await client.EndOfMessageAsync(cancellationToken);
        foreach (MilterAnswer edit in answers.SkipLast(1))
        {
            if (edit.Code == MilterReply.Progress)
                progress++;
            if (IsSendmail && edit.Code == MilterReply.ReplaceBody && !client.Agreed.Actions.HasFlag(MilterActions.ChangeBody))
                throw new MilterProtocolException("The filter replaces the body without having claimed that.");
            content.Apply(edit, envelope);
        }

        content.Finish();
        return answers[^1];
    }

    // Postfix cuts long fields off before anybody sees them.
    private ClientMessage Take(ClientMessage message)
    {
        ClientMessage taken = IsSendmail ? message : message with { Header = [.. message.Header.Select(CutOff)] };
        content = new EditedMessage(
            taken, client.Habits.Kind, client.Agreed.Protocol.HasFlag(MilterProtocol.LeadingSpace), client.AddsMissingFields);
        original = content.Header;
        return taken;
    }

    private async Task<ClientResult> EndAsync(MilterAnswer answer, ClientMessage message, CancellationToken cancellationToken)
    {
        if (client.Habits.AbortsWhatHasEnded && !local && client.Standing is null)
            await MilterClient.PartAsync(client.AbortAsync(cancellationToken));
        return Result(answer, message);
    }

    private ClientResult Result(MilterAnswer final, ClientMessage message)
    {
        if (content is null)
            Take(message);
        string? reason = content!.QuarantineReason ?? client.EarlyQuarantine;
        string? reply = client.Habits.ReplyText(final);
        ClientOutcome outcome = final.Code switch
        {
            MilterReply.Discard => ClientOutcome.Discarded,
            _ when reply is not null && reply.StartsWith("421", StringComparison.Ordinal) => ClientOutcome.Disconnected,
            // A recipient that local submission can't refuse leaves the whole message where it is.
            _ when reply is not null && local && recipients.Contains(final) => ClientOutcome.Deferred,
            _ when reply is not null => reply[0] == '5' ? ClientOutcome.Refused : ClientOutcome.Deferred,
            _ when reason is not null => ClientOutcome.Held,
            // The MTA says 250, and there is nobody to deliver to.
            _ => envelope.Recipients.Count == 0 ? ClientOutcome.Discarded : ClientOutcome.Delivered,
        };
        return new ClientResult(recipients, final, content.Header, content.Body, bodySent, reason, progress)
        {
            Outcome = outcome,
            Reply = reply,
            OriginalHeader = original,
            EnvelopeSender = envelope.Sender,
            EnvelopeRecipients = envelope.Recipients,
        };
    }

    private string Shown(string path)
    {
        if (!local)
            return path;
        string[] parts = EnvelopePath.Split(path);
        parts[0] = EnvelopePath.Read(Encoding.UTF8.GetBytes(parts[0] + '\0')).Address;
        return string.Join(' ', parts);
    }

    // Where there is nothing more of the kind, there is nothing to skip.
    private static MilterAnswer Unskipped(MilterAnswer answer) => answer.Code == MilterReply.Skip ? MilterAnswer.Continue : answer;

    private static HeaderField CutOff(HeaderField field)
    {
        int most = PostfixFieldLimit - field.Name.Length - 1;
        return field.Value.Length <= most ? field : field with { Value = field.Value[..most] };
    }
}
