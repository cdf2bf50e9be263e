using System.IO.Pipelines;

namespace MilterCrypt.Milter.Tests.Examples;

// <example refuse a recipient>
internal sealed class GateFilter(IReadOnlySet<string> closed) : IMailFilter
{
    public IMessageHandler Begin(MailTransaction mail) => new Handler(closed);

    private sealed class Handler(IReadOnlySet<string> closed) : IMessageHandler
    {
        public ValueTask<RecipientReply> RecipientAsync(Recipient recipient, CancellationToken cancellationToken) =>
            ValueTask.FromResult(closed.Contains(recipient.ResolvedAddress)
                ? new RecipientReply.Refused(new SmtpReply(550, "5.7.1", "This mailbox takes no mail"))
                : RecipientReply.Accept);

        // Nothing more to find out: the body stays with the MTA.
        public ValueTask<HeaderDecision> HeaderAsync(CancellationToken cancellationToken) =>
            ValueTask.FromResult(HeaderDecision.Unchanged);

        public ValueTask<MailVerdict> BodyAsync(PipeReader body, CancellationToken cancellationToken) =>
            ValueTask.FromResult(MailVerdict.Unchanged);
    }
}
// </example>
