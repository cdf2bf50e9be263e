using System.IO.Pipelines;
using MilterCrypt.Milter;
using MilterCrypt.Milter.Listening;
using MilterCrypt.TestSupport;
using MilterCrypt.TestSupport.Mta;

namespace MilterCrypt.Interop.Rigs;

/// <summary>A filter that a test scripts, on the milter library alone: what somebody else's program would be. It answers every
/// step, by what its script says for the name of the step.</summary>
public sealed class LibraryFilter : IMailFilter, IAsyncDisposable
{
    private MilterServer? _server;

    /// <summary>The answer to a step: "connect", "helo", "unknown", "mail", "data".</summary>
    public Func<string, SmtpSession, StepReply> OnStep { get; set; } = (_, _) => StepReply.Continue;

    public Func<Recipient, RecipientReply> OnRecipient { get; set; } = _ => RecipientReply.Accept;

    public Func<MailTransaction, MailVerdict> OnMessage { get; set; } = _ => MailVerdict.Unchanged;

    public FilterSteps Steps => FilterSteps.Connect | FilterSteps.Helo | FilterSteps.Unknown | FilterSteps.Data;

    /// <summary>Where it listens.</summary>
    public MilterSocket Socket { get; } = new MilterSocket.Tcp(LoopbackPort.Free());

    /// <summary>Goes back to letting everything pass.</summary>
    public void Reset()
    {
        OnStep = (_, _) => StepReply.Continue;
        OnRecipient = _ => RecipientReply.Accept;
        OnMessage = _ => MailVerdict.Unchanged;
    }

    public async Task StartAsync() => _server = await MilterServer.StartAsync(
        new MilterEndpoint.Inet("127.0.0.1", ((MilterSocket.Tcp)Socket).Port, false), this, CancellationToken.None);

    public IMessageHandler Begin(MailTransaction mail) => new Handler(this, mail);

    public ValueTask<StepReply> ConnectAsync(SmtpSession session, CancellationToken cancellationToken) => Say("connect", session);

    public ValueTask<StepReply> HeloAsync(SmtpSession session, CancellationToken cancellationToken) => Say("helo", session);

    public ValueTask<StepReply> UnknownAsync(SmtpSession session, string commandLine, CancellationToken cancellationToken) =>
        Say("unknown", session);

    public ValueTask DisposeAsync() => _server?.DisposeAsync() ?? ValueTask.CompletedTask;

    private ValueTask<StepReply> Say(string step, SmtpSession session) => ValueTask.FromResult(OnStep(step, session));

    private sealed class Handler(LibraryFilter filter, MailTransaction mail) : IMessageHandler
    {
        public ValueTask<StepReply> SenderAsync(CancellationToken cancellationToken) => filter.Say("mail", mail.Session);

        public ValueTask<RecipientReply> RecipientAsync(Recipient recipient, CancellationToken cancellationToken) =>
            ValueTask.FromResult(filter.OnRecipient(recipient));

        public ValueTask<StepReply> DataAsync(CancellationToken cancellationToken) => filter.Say("data", mail.Session);

        public async ValueTask<MailVerdict> BodyAsync(PipeReader body, CancellationToken cancellationToken)
        {
            while (true)
            {
                var read = await body.ReadAsync(cancellationToken);
                body.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted)
                    return filter.OnMessage(mail);
            }
        }
    }
}
