using System.IO.Pipelines;
using MilterCrypt.Milter;
using MilterCrypt.Milter.Listening;

namespace MilterCrypt.Benchmarks;

/// <summary>The job of noop-milter.c on MilterCrypt.Milter alone: told sender, recipients and header, it hands each body back with a
/// header field added. What it costs is the library's cost.</summary>
internal sealed class EchoFilter : IMailFilter
{
    public IMessageHandler Begin(MailTransaction mail) => new Handler();

    /// <summary>Serves on one address, in either MTA's notation, until it is killed.</summary>
    public static async Task<int> ServeAsync(string address)
    {
        if (!MilterEndpoint.TryParse(address, out var endpoint, out string? error))
        {
            await Console.Error.WriteLineAsync(error);
            return 64;   // EX_USAGE
        }

        KestrelMilterExtensions.PreferInlineCompletions();
        var options = new MilterServerOptions { Sessions = new MilterOptions { MaxConnections = 5000 } };
        await using var server = await MilterServer.StartAsync(endpoint, new EchoFilter(), options, CancellationToken.None);
        await Task.Delay(Timeout.InfiniteTimeSpan);
        return 0;
    }

    private sealed class Handler : IMessageHandler
    {
        public async ValueTask<MailVerdict> BodyAsync(PipeReader body, CancellationToken cancellationToken)
        {
            var whole = new MemoryStream();
            await body.CopyToAsync(whole, cancellationToken);
            whole.Position = 0;
            return new MailVerdict.Changed(new MessageChanges([new HeaderEdit.Add("X-Filter", " echo"u8.ToArray())], whole));
        }
    }
}
