using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using MilterCrypt.Milter.Client;
using MilterCrypt.Milter.Listening;
using MilterCrypt.Milter.Tests.Support;
using MilterCrypt.TestSupport;

namespace MilterCrypt.Milter.Tests.Listening;

public sealed class MilterServerTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task DisposingItFinishesTheMessageInFlight()
    {
        var release = new TaskCompletionSource();
        ScriptedFilter filter = null!;
        filter = new ScriptedFilter
        {
            OnBody = async (_, _, _) =>
            {
                filter.Reach();
                await release.Task;
                return MailVerdict.Unchanged;
            },
        };
        var server = await MilterServer.StartAsync(
            MilterEndpoint.Parse("inet:127.0.0.1:0"), filter, new MilterServerOptions { Time = new ManualClock() }, Ct);
        await using MilterClient client = await MilterClient.OpenAsync(server.Endpoints.Single(), MtaHabits.Postfix, Ct);
        Task<ClientSessionResult> session = client.RunAsync(new ClientSession(Some.Message), Ct);
        await filter.Reached.WaitAsync(Patience.Ample, Ct);

        Task disposing = server.DisposeAsync().AsTask();
        release.SetResult();

        Assert.Equal(ClientOutcome.Delivered, (await session).Messages[0].Outcome);
        await disposing.WaitAsync(Patience.Ample, Ct);
    }

    [Fact]
    public async Task ASocketThatSystemdDidNotHandOverIsSaidToBeMissing()
    {
        var failure = await Assert.ThrowsAsync<MilterListenException>(
            () => MilterServer.StartAsync(MilterEndpoint.Parse("systemd:mail"), new ScriptedFilter(), Ct));

        Assert.Contains("is the .socket unit started?", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AnAddressThatIsNoneIsRefusedWithTheReason() => Assert.Contains(
        "write unix:/path", Assert.Throws<FormatException>(() => MilterEndpoint.Parse("/run/mail.sock")).Message, StringComparison.Ordinal);

    [Fact]
    public async Task AFilterInAHostGetsItsDependenciesAndTheHostsLogAndTimeToStop()
    {
        using var directory = new TestDirectory();
        var log = new CollectingLogger();
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddSingleton<ILoggerFactory>(new OneLog(log));
        builder.Services.AddSingleton(new Fault("the disk is full"));
        builder.Services.AddMilter<FailingFilter>(new MilterEndpoint.Unix(directory.PathOf("f.sock")));
        using IHost host = builder.Build();
        await host.StartAsync(Ct);

        await using MilterClient client = await MilterClient.OpenAsync(
            new MilterEndpoint.Unix(directory.PathOf("f.sock")), MtaHabits.Postfix, Ct);
        ClientSessionResult session = await client.RunAsync(new ClientSession(Some.Message), Ct);

        Assert.Equal(ClientOutcome.Deferred, session.Messages[0].Outcome);
        await Patience.UntilAsync(
            () => log.Entries.Any(entry => entry.Level == LogLevel.Error && entry.Failure?.Message == "the disk is full"),
            () => string.Join('\n', log.Entries.Select(entry => entry.Text)));
        Assert.Equal(new MilterOptions().LongestStop, host.Services.GetRequiredService<IOptions<HostOptions>>().Value.ShutdownTimeout);
        await host.StopAsync(Ct);
    }

    private sealed record Fault(string What);

    private sealed class FailingFilter(Fault fault) : IMailFilter
    {
        public IMessageHandler Begin(MailTransaction mail) => throw new IOException(fault.What);
    }

    private sealed class OneLog(ILogger log) : ILoggerFactory
    {
        public ILogger CreateLogger(string categoryName) => log;

        public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

        public void Dispose()
        {
            // It belongs to the test.
        }
    }
}
