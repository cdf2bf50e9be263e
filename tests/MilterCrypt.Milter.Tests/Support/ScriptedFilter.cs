using System.Buffers;
using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Text;

namespace MilterCrypt.Milter.Tests.Support;

/// <summary>A filter whose answers a test sets, and which remembers what it saw.</summary>
internal sealed class ScriptedFilter : IMailFilter
{
    private readonly TaskCompletionSource reached = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Func<MailTransaction, IMessageHandler>? OnBegin { get; init; }

    public Func<MailTransaction, Recipient, CancellationToken, ValueTask<RecipientReply>> OnRecipient { get; init; } =
        (_, _, _) => ValueTask.FromResult(RecipientReply.Accept);

    public Func<MailTransaction, CancellationToken, ValueTask<HeaderDecision>> OnHeader { get; init; } =
        (_, _) => ValueTask.FromResult(HeaderDecision.ReadBody);

    public Func<MailTransaction, ReadOnlyMemory<byte>, MailVerdict> OnMessage { get; init; } = (_, _) => MailVerdict.Unchanged;

    public Func<MailTransaction, PipeReader, CancellationToken, ValueTask<MailVerdict>>? OnBody { get; init; }

    public FilterSteps Steps { get; init; }

    public Func<SmtpSession, CancellationToken, ValueTask<StepReply>> OnConnect { get; init; } = (_, _) => Continue;

    public Func<SmtpSession, CancellationToken, ValueTask<StepReply>> OnHelo { get; init; } = (_, _) => Continue;

    public Func<SmtpSession, string, CancellationToken, ValueTask<StepReply>> OnUnknown { get; init; } = (_, _, _) => Continue;

    public Func<MailTransaction, CancellationToken, ValueTask<StepReply>> OnSender { get; init; } = (_, _) => Continue;

    public Func<MailTransaction, CancellationToken, ValueTask<StepReply>> OnData { get; init; } = (_, _) => Continue;

    public ConcurrentQueue<SeenMessage> Seen { get; } = new();

    public SeenMessage Last => Seen.Last();

    /// <summary>Completes once the script has come to where it calls <see cref="Reach"/>.</summary>
    public Task Reached => reached.Task;

    public void Reach() => reached.TrySetResult();

    public IMessageHandler Begin(MailTransaction mail)
    {
        if (OnBegin is not null)
            return OnBegin(mail);
        var seen = new SeenMessage(mail);
        Seen.Enqueue(seen);
        return new Handler(this, seen);
    }

    public ValueTask<StepReply> ConnectAsync(SmtpSession session, CancellationToken cancellationToken) =>
        OnConnect(session, cancellationToken);

    public ValueTask<StepReply> HeloAsync(SmtpSession session, CancellationToken cancellationToken) =>
        OnHelo(session, cancellationToken);

    public ValueTask<StepReply> UnknownAsync(SmtpSession session, string commandLine, CancellationToken cancellationToken) =>
        OnUnknown(session, commandLine, cancellationToken);

    private static ValueTask<StepReply> Continue => ValueTask.FromResult(StepReply.Continue);

    private sealed class Handler(ScriptedFilter script, SeenMessage seen) : IMessageHandler
    {
        public ValueTask<StepReply> SenderAsync(CancellationToken cancellationToken) => script.OnSender(seen.Mail, cancellationToken);

        public ValueTask<StepReply> DataAsync(CancellationToken cancellationToken) => script.OnData(seen.Mail, cancellationToken);

        public ValueTask<RecipientReply> RecipientAsync(Recipient recipient, CancellationToken cancellationToken) =>
            script.OnRecipient(seen.Mail, recipient, cancellationToken);

        public ValueTask<HeaderDecision> HeaderAsync(CancellationToken cancellationToken)
        {
            seen.QueueId = seen.Mail.QueueId;
            (seen.SenderMailer, seen.SenderHost) = (seen.Mail.SenderMailer, seen.Mail.SenderHost);
            return script.OnHeader(seen.Mail, cancellationToken);
        }

        public async ValueTask<MailVerdict> BodyAsync(PipeReader body, CancellationToken cancellationToken)
        {
            try
            {
                if (script.OnBody is not null)
                    return await script.OnBody(seen.Mail, body, cancellationToken);

                while (true)
                {
                    ReadResult read = await body.ReadAsync(cancellationToken);
                    foreach (ReadOnlyMemory<byte> segment in read.Buffer)
                        seen.Body.Write(segment.Span);
                    body.AdvanceTo(read.Buffer.End);
                    if (read.IsCompleted)
                        break;
                }

                seen.BodyEnded = true;
                return script.OnMessage(seen.Mail, seen.Body.WrittenMemory);
            }
            catch (Exception e)
            {
                seen.BodyFailure = e;
                throw;
            }
        }

        public void Answered(MailVerdict verdict) => seen.Answers.Enqueue(verdict);

        public ValueTask DisposeAsync()
        {
            seen.QueueIdAtEnd = seen.Mail.QueueId;
            seen.Disposals++;
            seen.Ended.TrySetResult();
            return ValueTask.CompletedTask;
        }
    }
}

internal sealed class SeenMessage(MailTransaction mail)
{
    public MailTransaction Mail { get; } = mail;

    public ArrayBufferWriter<byte> Body { get; } = new();

    public string BodyText => Encoding.UTF8.GetString(Body.WrittenSpan);

    public bool BodyEnded { get; set; }

    public Exception? BodyFailure { get; set; }

    public string? QueueId { get; set; }

    public string? QueueIdAtEnd { get; set; }

    public string? SenderMailer { get; set; }

    public string? SenderHost { get; set; }

    public ConcurrentQueue<MailVerdict> Answers { get; } = new();

    public int Disposals { get; set; }

    public TaskCompletionSource Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
