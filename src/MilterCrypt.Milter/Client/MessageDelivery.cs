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
    private readonly ClientMessage message;
    private readonly bool local;
    private readonly EditedMessage content;
    private readonly EditedEnvelope envelope;
    private readonly IReadOnlyList<HeaderField> original;
    private readonly List<MilterAnswer> recipients = [];
    private bool sendmailSkipsBody;
    private bool bodySent;
    private int progress;

    public MessageDelivery(MilterClient client, ClientMessage message, bool local)
    {
        this.client = client;
        this.local = local;
        this.message = IsSendmail ? message : message with { Header = [.. message.Header.Select(CutOff)] };
        content = new EditedMessage(
            this.message, client.Habits.Kind, client.Agreed.Protocol.HasFlag(MilterProtocol.LeadingSpace), local);
        envelope = new EditedEnvelope(message.Sender, client.Habits.Kind);
        original = content.Header;
    }

    private bool IsSendmail => client.Habits.Kind == MtaKind.Sendmail;

    public async Task<ClientResult> RunAsync(CancellationToken cancellationToken)
    {
        // What a filter said of the whole session holds for each message, and is not asked for again.
        if (client.Standing is { } standing)
            return Accepted(standing) ? AcceptAll(standing) : Result(standing);

        MilterAnswer answer = await SendEnvelopeAsync(cancellationToken);
        if (answer.Code != MilterReply.Continue)
            return Result(answer);

        answer = await SendHeaderAsync(cancellationToken);
        if (answer.Code == MilterReply.Continue)
            answer = await SendBodyAsync(cancellationToken);
        if (client.Habits.AbortsWhatHasEnded && !local)
            await MilterClient.PartAsync(client.AbortAsync(cancellationToken));
        return Result(answer);
    }

    private async Task<MilterAnswer> SendEnvelopeAsync(CancellationToken cancellationToken)
    {
        MilterAnswer answer = Unskipped(await client.MailAsync(Shown(message.Sender), cancellationToken));
        if (answer.Code != MilterReply.Continue)
            return Accepted(answer) ? AcceptAllOf(answer) : answer;

        MilterAnswer? last = null;
        foreach (string recipient in message.Recipients)
        {
            answer = last ?? await client.RecipientAsync(Shown(recipient), cancellationToken);
            recipients.Add(answer);
            if (answer.GoesOn)
                envelope.Accept(recipient);
            // Postfix asks of no more recipients then; Sendmail, of nothing more of this message.
            if (answer.Code == MilterReply.Skip)
                last = IsSendmail ? new MilterAnswer(MilterReply.Accept, default) : answer;
            else if (answer.Code is MilterReply.Accept or MilterReply.Discard or MilterReply.Shutdown)
                last = answer;
        }

        if (recipients.Exists(r => r.Code == MilterReply.Discard))
            return last!;
        if (recipients.Find(r => !r.GoesOn) is { } refusal && (local || !recipients.Exists(r => r.GoesOn)))
        {
            await client.ResetAsync(cancellationToken);
            return refusal;
        }

        return last is { Code: MilterReply.Accept or MilterReply.Shutdown } ? last : MilterAnswer.Continue;
    }

    private async Task<MilterAnswer> SendHeaderAsync(CancellationToken cancellationToken)
    {
        MilterAnswer answer = Unskipped(await client.DataAsync(cancellationToken));
        if (answer.Code == MilterReply.Continue && IsSendmail && message.Header.Sum(f => f.Name.Length + f.Value.Length + 2) > SendmailHeaderLimit)
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

    private async Task<MilterAnswer> SendBodyAsync(CancellationToken cancellationToken)
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

    private ClientResult AcceptAll(MilterAnswer answer)
    {
        AcceptAllOf(answer);
        return Result(answer);
    }

    // Nobody asks the filter about the recipients any more: all of them get the message.
    private MilterAnswer AcceptAllOf(MilterAnswer answer)
    {
        foreach (string recipient in message.Recipients)
        {
            recipients.Add(answer);
            envelope.Accept(recipient);
        }

        return answer;
    }

    private ClientResult Result(MilterAnswer final)
    {
        string? reason = content.QuarantineReason ?? client.EarlyQuarantine;
        string? reply = client.Habits.ReplyText(final);
        ClientOutcome outcome = final.Code switch
        {
            MilterReply.Discard => ClientOutcome.Discarded,
            _ when reply is not null && reply.StartsWith("421", StringComparison.Ordinal) => ClientOutcome.Disconnected,
            // A recipient that local submission can't refuse leaves the whole message where it is.
            _ when reply is not null && local && recipients.Contains(final) => ClientOutcome.Deferred,
            _ when reply is not null => reply.StartsWith('5') ? ClientOutcome.Refused : ClientOutcome.Deferred,
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
        string[] parts = path.Split(' ');
        parts[0] = EnvelopePath.Read(Encoding.UTF8.GetBytes(parts[0] + '\0')).Address;
        return string.Join(' ', parts);
    }

    private static bool Accepted(MilterAnswer answer) => answer.Code == MilterReply.Accept;

    // Where there is nothing more of the kind, there is nothing to skip.
    private static MilterAnswer Unskipped(MilterAnswer answer) => answer.Code == MilterReply.Skip ? MilterAnswer.Continue : answer;

    private static HeaderField CutOff(HeaderField field)
    {
        int most = PostfixFieldLimit - field.Name.Length - 1;
        return field.Value.Length <= most ? field : field with { Value = field.Value[..most] };
    }
}
