using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MilterCrypt.Milter.Client;
using MilterCrypt.Milter.Listening;
using MilterCrypt.TestSupport;

namespace MilterCrypt.Milter.Tests.Support;

/// <summary>A filter behind real Kestrel, on a Unix socket or on TCP.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly MilterListenSocket socket;
    private readonly string? directory;

    private TestServer(
        WebApplication app, MilterListenSocket socket, CollectingLogger log, ManualClock clock, SeenMetrics counted, string? directory)
    {
        this.app = app;
        this.socket = socket;
        this.directory = directory;
        Log = log;
        Clock = clock;
        Counted = counted;
    }

    public CollectingLogger Log { get; }

    /// <summary>The server's own time.</summary>
    public ManualClock Clock { get; }

    /// <summary>What it has counted.</summary>
    public SeenMetrics Counted { get; }

    public MilterEndpoint Endpoint => socket.Endpoint;

    public static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<TestServer> StartAsync(
        IMailFilter filter, bool tcp = false, MilterOptions? options = null, MilterListenerOptions? listener = null)
    {
        string? directory = tcp ? null : Directory.CreateTempSubdirectory("milter-").FullName;
        MilterEndpoint endpoint = tcp
            ? new MilterEndpoint.Inet("127.0.0.1", 0, false)
            : new MilterEndpoint.Unix(Path.Combine(directory!, "m.sock"));
        MilterListenSocket socket = await MilterListenSocket.OpenAsync(endpoint, new MilterSocketOptions(), Cancellation);
        var log = new CollectingLogger();
        var clock = new ManualClock();
        var counted = new SeenMetrics();
        var handler = new MilterConnectionHandler(filter, options ?? new MilterOptions(), clock, counted.Meter, log);

        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddMilterTransport();
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = Patience.Ample);
        builder.WebHost.ConfigureKestrel(o => o.ListenMilter(socket, handler, listener ?? new MilterListenerOptions()));
        WebApplication app = builder.Build();
        await app.StartAsync(Cancellation);
        return new TestServer(app, socket, log, clock, counted, directory);
    }

    public Task<MilterClient> OpenAsync(MtaHabits? habits = null, Action<FrameTrace>? observer = null) =>
        MilterClient.OpenAsync(Endpoint, habits ?? MtaHabits.Postfix, observer, Cancellation);

    /// <summary>A connection on which nothing was said.</summary>
    public async Task<Socket> ConnectRawAsync()
    {
        EndPoint address = Endpoint is MilterEndpoint.Inet inet
            ? new IPEndPoint(IPAddress.Parse(inet.Host), inet.Port)
            : new UnixDomainSocketEndPoint(((MilterEndpoint.Unix)Endpoint).Path);
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(address, Cancellation);
        return socket;
    }

    /// <summary>A client that has said CONNECT and HELO.</summary>
    public async Task<MilterClient> GreetAsync(MtaHabits? habits = null, Action<FrameTrace>? observer = null)
    {
        MilterClient client = await OpenAsync(habits, observer);
        client.MacroValues["v"] = client.Habits.Kind == MtaKind.Postfix ? "Postfix 3.7.11" : "8.17.1.9";
        client.MacroValues["i"] = "QUEUE1";
        await client.ConnectAsync("client.example", System.Net.IPAddress.Parse("192.0.2.7"), 12345, Cancellation);
        await client.HeloAsync("client.example", Cancellation);
        return client;
    }

    public Task StopAsync() => app.StopAsync(Cancellation);

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        socket.Dispose();
        Counted.Dispose();
        if (directory is not null)
            Directory.Delete(directory, recursive: true);
    }
}
