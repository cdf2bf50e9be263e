using System.Buffers;
using System.IO.Pipelines;
using MilterCrypt.Cases.Language;
using MilterCrypt.Milter;

namespace MilterCrypt.Cases.Filter;

/// <summary>The handler of one message of a case.</summary>
internal sealed class CaseHandler : IMessageHandler
{
    private readonly CaseFilter filter;
    private readonly FilterLog log;
    private readonly MailTransaction mail;
    private readonly int number;
    private int recipients;
    private bool answered;

    public CaseHandler(CaseFilter filter, FilterLog log, MailTransaction mail, int number)
    {
        (this.filter, this.log, this.mail, this.number) = (filter, log, mail, number);
        log.Begin();
    }

    public async ValueTask<StepReply> SenderAsync(CancellationToken cancellationToken)
    {
        var session = mail.Session;
        string version = session.MtaVersion is null ? "an unknown " : "";
        log.Write("SERVER", $"{version}{session.Mta} of {session.MtaHost}, listener {session.DaemonName} at {session.DaemonAddress}");
        if (mail.IsLocalSubmission)
            log.Write("LOCALLY", "");
        if (session.Authentication is { } login)
            log.Write("USER", login.User);
        log.Write("MAIL", Escapes.Write(new EnvelopeAddress(mail.Sender, mail.SenderArguments).ToString()));
        log.WriteParameters(mail.SenderParameters);
        log.WriteMacros("MAIL", mail.Macros);
        return await filter.AnswerAsync(FilterStep.Mail, number, cancellationToken);
    }

    public async ValueTask<RecipientReply> RecipientAsync(Recipient recipient, CancellationToken cancellationToken)
    {
        recipients++;
        log.Write("RCPT", Escapes.Write(new EnvelopeAddress(recipient.Address, recipient.Arguments).ToString()));
        log.WriteParameters(recipient.Parameters);
        log.WriteMacros("RCPT", mail.Macros);
        var reply = RecipientReply.Accept;
        await foreach (var answer in filter.AnswersAsync(FilterStep.Rcpt, number, recipients, cancellationToken))
            reply = answer is FilterAnswer.Refuse refuse ? new RecipientReply.Refused(refuse.Reply) : throw new InvalidOperationException($"{answer} at RCPT");
        return reply;
    }

    public async ValueTask<StepReply> DataAsync(CancellationToken cancellationToken)
    {
        log.Write("DATA", "");
        log.WriteMacros("DATA", mail.Macros);
        return await filter.AnswerAsync(FilterStep.Data, number, cancellationToken);
    }

    public async ValueTask<HeaderDecision> HeaderAsync(CancellationToken cancellationToken)
    {
        foreach (var field in mail.Header)
            log.Write("FIELD", $"{field.Name}:{Escapes.Write(field.Value.Span)}");
        log.Write("HEADER", "");
        log.WriteMacros("HEADER", mail.Macros);
        return await filter.AnswerAsync(FilterStep.Header, number, cancellationToken) switch
        {
            StepReply.Accepted => HeaderDecision.Unchanged,
            StepReply.Refused refused => new HeaderDecision.Refused(refused.Reply),
            _ => HeaderDecision.ReadBody,
        };
    }

    public async ValueTask<MailVerdict> BodyAsync(PipeReader body, CancellationToken cancellationToken)
    {
        await foreach (var answer in filter.AnswersAsync(FilterStep.Body, number, null, cancellationToken))
        {
            if (answer is FilterAnswer.Refuse early)
                return new MailVerdict.Refused(early.Reply);
        }

        var read = new ArrayBufferWriter<byte>();
        while (true)
        {
            var piece = await body.ReadAsync(cancellationToken);
            foreach (var segment in piece.Buffer)
                read.Write(segment.Span);
            body.AdvanceTo(piece.Buffer.End);
            if (piece.IsCompleted)
                break;
        }

        log.Write("BODY", Escapes.Write(read.WrittenSpan));
        log.WriteMacros("END", mail.Macros);
        var edits = new MessageEdits(mail);
        MailVerdict? verdict = null;
        await foreach (var answer in filter.AnswersAsync(FilterStep.End, number, null, cancellationToken))
        {
            verdict = answer switch
            {
                FilterAnswer.Refuse refuse => new MailVerdict.Refused(refuse.Reply),
                FilterAnswer.Discard => new MailVerdict.Discarded(),
                _ => edits.Add(answer),
            };
        }

        return verdict ?? MailVerdict.Unchanged;
    }

    public void Answered(MailVerdict verdict)
    {
        answered = true;
        log.Write("ANSWERED", verdict switch
        {
            MailVerdict.LeftUnchanged => "unchanged",
            MailVerdict.Changed => "changed",
            MailVerdict.Refused refused => "refused " + refused.Reply.Code.ToString(System.Globalization.CultureInfo.InvariantCulture),
            MailVerdict.Discarded => "discarded",
            _ => "quarantined",
        });
    }

    public ValueTask DisposeAsync()
    {
        if (!answered)
            log.Write("ABORTED", "");
        log.End();
        return ValueTask.CompletedTask;
    }
}
