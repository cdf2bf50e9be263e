using System.Text;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using MilterCrypt.Milter.Client;
using MilterCrypt.Milter.Listening;
using MilterCrypt.Milter.Tests.Examples;
using MilterCrypt.Milter.Tests.Support;
using MilterCrypt.TestSupport;
using MilterCrypt.TestSupport.Packages;

namespace MilterCrypt.Milter.Tests;

/// <summary>What the package's README shows is what the examples are, and they do what it says.</summary>
public sealed class ExampleTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public void TheReadmeShowsTheExamplesAsTheyAreCompiledHere()
    {
        var examples = new ReadmeExamples("MilterCrypt.Milter");

        Assert.Empty(examples.Differences());
        Assert.Equal(5, examples.Compiled().Count);
        Assert.Equal(5, examples.BlockCount);
    }

    [Fact]
    public async Task TheFirstFilterAddsAHeaderFieldAndStopsWithItsHost()
    {
        using var directory = new TestDirectory();
        string socket = directory.PathOf("stamp.sock");
        var started = new TaskCompletionSource<IHost>();
        Task running = FirstProgram.RunAsync([$"unix:{socket}", "--Logging:LogLevel:Default=None"], host => started.SetResult(host));
        var lifetime = (IHostApplicationLifetime)(await started.Task).Services.GetService(typeof(IHostApplicationLifetime))!;
        await Patience.UntilAsync(() => lifetime.ApplicationStarted.IsCancellationRequested, () => "the host did not start");

        await using (MilterClient client = await MilterClient.OpenAsync(new MilterEndpoint.Unix(socket), MtaHabits.Sendmail, Ct))
        {
            ClientSessionResult session = await client.RunAsync(new ClientSession(Some.Message), Ct);
            ClientResult result = Assert.Single(session.Messages);
            Assert.Equal(ClientOutcome.Delivered, result.Outcome);
            Assert.Equal(" seen", Value(result, "X-Stamp"));
            Assert.Equal(Some.Message.Body, result.Body.ToArray());
        }

        lifetime.StopApplication();
        await running.WaitAsync(Patience.Ample, Ct);
        Assert.False(File.Exists(socket));
    }

    [Fact]
    public async Task ARefusedRecipientGetsNothingAndTheOtherDoesWithoutItsBodyBeingShown()
    {
        ClientResult result = await Trying.TryAsync(new GateFilter(new HashSet<string> { "bob@b.example" }), Ct);

        Assert.Equal(["550 5.7.1 This mailbox takes no mail", "continue"], result.Recipients.Select(answer => answer.ToString()));
        Assert.Equal(["<carol@b.example> NOTIFY=NEVER"], result.EnvelopeRecipients);
        Assert.Equal(ClientOutcome.Delivered, result.Outcome);
        Assert.False(result.BodySent);
    }

    [Fact]
    public async Task AReplacedBodyIsWhatIsDelivered()
    {
        ClientResult result = await Trying.TryAsync(new FooterFilter(), Ct);

        Assert.Equal("Hello!\r\n-- \r\nPassed on by example.org\r\n", Encoding.ASCII.GetString(result.Body.Span));
        Assert.Equal(" hello", Value(result, "Subject"));
    }

    [Fact]
    public async Task AServerWithoutAHostHasTheSocketAndTheLimitsThatItWasTold()
    {
        using var directory = new TestDirectory();
        string socket = directory.PathOf("gate.sock");

        await Hosting.ServeAsync($"unix:{socket}", new StampFilter(), NullLoggerFactory.Instance, async server =>
        {
            Assert.Equal(new MilterEndpoint.Unix(socket), Assert.Single(server.Endpoints));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(socket));
            await using MilterClient client = await MilterClient.OpenAsync(server.Endpoints.Single(), MtaHabits.Postfix, Ct);
            ClientSessionResult session = await client.RunAsync(new ClientSession(Some.Message), Ct);
            Assert.Equal(" seen", Value(session.Messages[0], "X-Stamp"));
        }, Ct);

        Assert.False(File.Exists(socket));
    }

    private static string Value(ClientResult result, string name) =>
        Encoding.UTF8.GetString(result.Header.Single(field => field.Name == name).Value.Span);
}
