using System.IO.Pipelines;

namespace MilterCrypt.Milter.Tests.Support;

/// <summary>A filter that accepts everything, reads bodies and remembers nothing.</summary>
internal sealed class StandInFilter : IMailFilter
{
    public IMessageHandler Begin(MailTransaction mail) => new Handler();

    private sealed class Handler : IMessageHandler
    {
        public ValueTask<RecipientReply> RecipientAsync(Recipient recipient, CancellationToken cancellationToken) =>
            ValueTask.FromResult(RecipientReply.Accept);

        public ValueTask<HeaderDecision> HeaderAsync(CancellationToken cancellationToken) =>
            ValueTask.FromResult(HeaderDecision.ReadBody);

        public async ValueTask<MailVerdict> BodyAsync(PipeReader body, CancellationToken cancellationToken)
        {
            await body.CopyToAsync(Stream.Null, cancellationToken);
            return MailVerdict.Unchanged;
        }

        public void Answered(MailVerdict verdict) { }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
