using MilterCrypt.Milter;
using MilterCrypt.Milter.Listening;
using MilterCrypt.TestSupport.Mta;

namespace MilterCrypt.Cases.Filter;

/// <summary>Serves, in this process, whatever filter the running case has.</summary>
public sealed class FilterServer : IAsyncDisposable
{
    private readonly MilterServer server;
    private readonly Current current;

    private FilterServer(MilterServer server, Current current) => (this.server, this.current) = (server, current);

    public MilterEndpoint Endpoint => server.Endpoints.Single();

    public static async Task<FilterServer> StartAsync(MilterEndpoint endpoint, MilterOptions sessions, CancellationToken ct)
    {
        var current = new Current();
        var options = new MilterServerOptions
        {
            Sessions = sessions,
            Socket = new MilterSocketOptions { Mode = MilterSocket.OpenToAll },
        };
        return new FilterServer(await MilterServer.StartAsync(endpoint, current, options, ct), current);
    }

    /// <summary>From the next connection on, this filter is asked.</summary>
    public void Use(IMailFilter filter) => current.Filter = filter;

    public ValueTask DisposeAsync() => server.DisposeAsync();

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
