using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using MilterCrypt.Milter;
using MilterCrypt.Milter.Listening;

namespace MilterCrypt.Cases.Filter;

/// <summary>Serves, in this process, whatever filter the running case has.</summary>
public sealed class FilterServer : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly MilterListenSocket socket;
    private readonly MilterConnectionHandler handler;
    private readonly Current current;

    private FilterServer(WebApplication app, MilterListenSocket socket, MilterConnectionHandler handler, Current current) =>
        (this.app, this.socket, this.handler, this.current) = (app, socket, handler, current);

    public MilterEndpoint Endpoint => socket.Endpoint;

    public static async Task<FilterServer> StartAsync(MilterEndpoint endpoint, MilterOptions options, CancellationToken ct)
    {
        var anybody = new MilterSocketOptions { Mode = TestSupport.Mta.MilterSocket.OpenToAll };
        var socket = await MilterListenSocket.OpenAsync(endpoint, anybody, ct);
        var current = new Current();
        var handler = new MilterConnectionHandler(current, options, TimeProvider.System, NullLogger<MilterConnectionHandler>.Instance);

        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.Configure<SocketTransportOptions>(o => o.UseMilterLimits());
        builder.WebHost.ConfigureKestrel(o => o.ListenMilter(socket, handler));
        var app = builder.Build();
        await app.StartAsync(ct);
        return new FilterServer(app, socket, handler, current);
    }

    /// <summary>From the next connection on, this filter is asked.</summary>
    public void Use(IMailFilter filter) => current.Filter = filter;

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        handler.Dispose();
        socket.Dispose();
    }

    private sealed class Current : IMailFilter
    {
        private volatile IMailFilter? filter;

        public IMailFilter Filter
        {
            get => filter ?? throw new InvalidOperationException("no case is running");
            set => filter = value;
        }

        public FilterSteps Steps => Filter.Steps;

        public IMessageHandler Begin(MailTransaction mail) => Filter.Begin(mail);

        public ValueTask<StepReply> ConnectAsync(SmtpSession session, CancellationToken cancellationToken) =>
            Filter.ConnectAsync(session, cancellationToken);

        public ValueTask<StepReply> HeloAsync(SmtpSession session, CancellationToken cancellationToken) =>
            Filter.HeloAsync(session, cancellationToken);

        public ValueTask<StepReply> UnknownAsync(SmtpSession session, string commandLine, CancellationToken cancellationToken) =>
            Filter.UnknownAsync(session, commandLine, cancellationToken);
    }
}
