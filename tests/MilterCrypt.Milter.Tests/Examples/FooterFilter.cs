using System.IO.Pipelines;

namespace MilterCrypt.Milter.Tests.Examples;

// <example replace the body>
internal sealed class FooterFilter : IMailFilter
{
    public IMessageHandler Begin(MailTransaction mail) => new Handler();

    private sealed class Handler : IMessageHandler
    {
        public async ValueTask<MailVerdict> BodyAsync(PipeReader body, CancellationToken cancellationToken)
        {
            var whole = new MemoryStream();
            await body.CopyToAsync(whole, cancellationToken);
            whole.Write("-- \r\nPassed on by example.org\r\n"u8);
            whole.Position = 0;
            return new MailVerdict.Changed(new MessageChanges { Body = whole });
        }
    }
}
// </example>
