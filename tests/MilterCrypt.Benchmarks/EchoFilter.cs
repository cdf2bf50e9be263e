using System.IO.Pipelines;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
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
        using var socket = await MilterListenSocket.OpenAsync(endpoint, new MilterSocketOptions(), CancellationToken.None);
        using var handler = new MilterConnectionHandler(
            new EchoFilter(), new MilterOptions { MaxConnections = 5000 }, TimeProvider.System, NullLogger<MilterConnectionHandler>.Instance);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddMilterTransport();
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(options => options.ListenMilter(socket, handler, new MilterListenerOptions()));
        await using var host = builder.Build();
        await host.RunAsync();
        return 0;
    }

    private sealed class Handler : IMessageHandler
    {
        public ValueTask<RecipientReply> RecipientAsync(Recipient recipient, CancellationToken cancellationToken) =>
            ValueTask.FromResult(RecipientReply.Accept);

        public ValueTask<HeaderDecision> HeaderAsync(CancellationToken cancellationToken) => ValueTask.FromResult(HeaderDecision.ReadBody);

        public async ValueTask<MailVerdict> BodyAsync(PipeReader body, CancellationToken cancellationToken)
        {
            var whole = new MemoryStream();
            await body.CopyToAsync(whole, cancellationToken);
            whole.Position = 0;
            return new MailVerdict.Changed(new MessageChanges([new HeaderEdit.Add("X-Filter", " echo"u8.ToArray())], whole));
        }

        public void Answered(MailVerdict verdict) { }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
