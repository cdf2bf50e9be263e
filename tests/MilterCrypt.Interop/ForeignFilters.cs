using System.Text;
using MilterCrypt.Milter;
using MilterCrypt.Milter.Client;
using MilterCrypt.Milter.Listening;
using MilterCrypt.TestSupport;
using MilterCrypt.TestSupport.Mta;
using MilterCrypt.TestSupport.Processes;

namespace MilterCrypt.Interop;

/// <summary>The milter client drives somebody else's filter, on libmilter and pymilter, as each MTA would, in each version of
/// the protocol.</summary>
public sealed class ForeignFilters : IAsyncLifetime
{
    // Debian's own, whose packages these are.
    private const string Python = "/usr/bin/python3";

    private readonly MilterSocket.Tcp socket = new(LoopbackPort.Free());
    private ChildProcess? process;
    private string? missing;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string, uint> Mtas => new(
        from mta in new[] { "Postfix", "Sendmail" }
        from version in new uint[] { 2, 4, 6 }
        select (mta, version));

    [Theory]
    [MemberData(nameof(Mtas))]
    public async Task EveryAnswerOfAnotherFilterIsUnderstood(string mta, uint version)
    {
        Assert.SkipWhen(missing is not null, missing ?? "");
        await using MilterClient client = await OpenAsync(mta, version);
        ClientSessionResult session = await client.RunAsync(
            new ClientSession(
                Message("plain"), Message("reject-mail"), Message("words"), Message("accept-mail"), Message("discard-data"),
                Message("reject-header"), Message("skip-body"), Message("tempfail"), Message("hold"), Message("edit"),
                Message("plain") with { Recipients = ["<later@b.example>", "<bob@b.example>"] }),
            Ct);

        ClientOutcome[] outcomes =
        [
            ClientOutcome.Delivered, ClientOutcome.Refused, ClientOutcome.Refused, ClientOutcome.Delivered,
            version < 4 ? ClientOutcome.Delivered : ClientOutcome.Discarded, ClientOutcome.Refused, ClientOutcome.Delivered,
            ClientOutcome.Deferred, ClientOutcome.Held, ClientOutcome.Delivered, ClientOutcome.Delivered,
        ];
        Assert.Equal(outcomes, session.Messages.Select(message => message.Outcome));
        Assert.Equal("554-5.7.1 no 100% key\r\n554 5.7.1 ask alice", session.Messages[2].Reply);
        Assert.Equal("look at it", session.Messages[8].QuarantineReason);
        Assert.Equal(["<bob@b.example>"], session.Messages[10].EnvelopeRecipients);

        ClientResult edited = session.Messages[9];
        Assert.Equal("<x@a.example> RET=HDRS", edited.EnvelopeSender);
        Assert.Equal(["<dave@d.example>", "<erin@e.example> NOTIFY=NEVER"], edited.EnvelopeRecipients);
        Assert.Equal("new body\r\n", Encoding.ASCII.GetString(edited.Body.Span));
        Assert.Contains(edited.Header, field => field.Name == "Subject" && Encoding.ASCII.GetString(field.Value.Span) == " changed");
        Assert.Contains(edited.Header, field => field.Name == "X-New" && Encoding.ASCII.GetString(field.Value.Span) == " new");
    }

    [Fact]
    public async Task AnUnknownCommandIsAnsweredInItsWords()
    {
        Assert.SkipWhen(missing is not null, missing ?? "");
        await using MilterClient client = await OpenAsync("Postfix", 6);
        await client.ConnectAsync("client.example", null, 0, Ct);
        await client.HeloAsync("client.example", Ct);
        Assert.Equal("502 5.5.1 XYZZY plugh", (await client.UnknownAsync("XYZZY plugh", Ct)).ToString());
    }

    // libmilter is the one peer that takes it.
    [Fact]
    public async Task AfterQuitNcAnotherSessionFollows()
    {
        Assert.SkipWhen(missing is not null, missing ?? "");
        await using MilterClient client = await OpenAsync("Sendmail", 6);
        for (int i = 0; i < 3; i++)
        {
            await client.ConnectAsync("client.example", null, 0, Ct);
            await client.HeloAsync("client.example", Ct);
            Assert.Equal(ClientOutcome.Delivered, (await client.DeliverAsync(Message("plain"), Ct)).Outcome);
            await client.QuitNewClientAsync(Ct);
        }
    }

    public async ValueTask InitializeAsync()
    {
        missing = !Command.Exists(Python) || (await Command.RunAsync(Python, ["-c", "import Milter"])).ExitCode != 0
            ? "python3-milter is not installed"
            : null;
        if (missing is not null)
            return;
        process = ChildProcess.Start(
            Python, [Repository.PathOf("tests/MilterCrypt.Interop/foreign-milter.py"), socket.ForSendmail]);
        await Patience.UntilAsync(socket.AnswersAsync, () => "the filter does not listen: " + process.Said);
    }

    public async ValueTask DisposeAsync()
    {
        if (process is not null)
            await process.DisposeAsync();
    }

    private Task<MilterClient> OpenAsync(string mta, uint version) => MilterClient.OpenAsync(
        new MilterEndpoint.Inet("127.0.0.1", socket.Port, false),
        (mta == "Postfix" ? MtaHabits.Postfix : MtaHabits.Sendmail).Speaking(version),
        Ct);

    private static ClientMessage Message(string order) => new(
        $"<{order}@a.example>",
        ["<bob@b.example>"],
        [new HeaderField("From", " alice@a.example"u8.ToArray()), new HeaderField("Subject", " s"u8.ToArray())],
        Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("line\r\n", 30_000))));
}
