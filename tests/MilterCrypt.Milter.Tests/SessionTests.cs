using System.Net;
using System.Text;
using Microsoft.Extensions.Logging;
using MilterCrypt.Milter.Client;
using MilterCrypt.Milter.Tests.Support;
using MilterCrypt.Milter.Wire;

namespace MilterCrypt.Milter.Tests;

public sealed class SessionTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<bool, string> Everywhere => new()
    {
        { false, "Postfix" }, { false, "Sendmail" }, { true, "Postfix" }, { true, "Sendmail" },
    };

    internal static MtaHabits Habits(string mta) => mta == "Postfix" ? MtaHabits.Postfix : MtaHabits.Sendmail;

    [Theory]
    [MemberData(nameof(Everywhere))]
    public async Task AMessageReachesTheHandlerAsItWasSent(bool tcp, string mta)
    {
        var filter = new ScriptedFilter();
        await using TestServer server = await TestServer.StartAsync(filter, tcp);
        await using MilterClient client = await server.GreetAsync(Habits(mta));

        ClientResult result = await client.DeliverAsync(Some.Message with { Recipients = ["<bob@b.example> NOTIFY=NEVER"] }, Ct);

        Assert.Equal("continue", result.Final.ToString());
        SeenMessage seen = filter.Last;
        Assert.Equal("alice@a.example", seen.Mail.Sender);
        Assert.Equal(["BODY=8BITMIME"], seen.Mail.SenderArguments);
        Assert.Equal("bob@b.example", Assert.Single(seen.Mail.Recipients).Address);
        Assert.Equal(["NOTIFY=NEVER"], seen.Mail.Recipients[0].Arguments);
        Assert.Equal("line 1\r\nline 2\r\n", seen.BodyText);
        Assert.Equal(["From", "To", "Subject", "Date", "Message-Id"], seen.Mail.Header.Select(f => f.Name));
        Assert.Equal(" hello", Encoding.UTF8.GetString(seen.Mail.Header[2].Value.Span));
        Assert.Equal("QUEUE1", seen.QueueId);
        Assert.Equal("client.example", seen.Mail.Session.ClientHost);
        Assert.Equal(IPAddress.Parse("192.0.2.7"), seen.Mail.Session.ClientAddress);
        Assert.Equal(Habits(mta).Kind, seen.Mail.Session.Mta);
        Assert.False(seen.Mail.IsLocalSubmission);
        Assert.Equal(Some.Text(await client.DeliverAsync(Some.Message, Ct)), Some.Text(result));
    }

    [Fact]
    public async Task SeveralMessagesOnAConnectionEachHaveAHandlerOfTheirOwn()
    {
        var filter = new ScriptedFilter();
        await using TestServer server = await TestServer.StartAsync(filter);
        await using MilterClient client = await server.GreetAsync();
        for (int i = 0; i < 3; i++)
        {
            client.MacroValues["i"] = $"Q{i}";
            await client.DeliverAsync(Some.WithBody(Encoding.ASCII.GetBytes($"body {i}\r\n")), Ct);
        }

        await client.QuitAsync(Ct);
        await filter.Last.Ended.Task.WaitAsync(Ct);
        Assert.Equal(["body 0\r\n", "body 1\r\n", "body 2\r\n"], filter.Seen.Select(s => s.BodyText));
        Assert.Equal(["Q0", "Q1", "Q2"], filter.Seen.Select(s => s.QueueId));
        Assert.All(filter.Seen, s => Assert.Equal(1, s.Disposals));
    }

    [Fact]
    public async Task ARefusedRecipientIsRefusedAloneInTheFiltersWords()
    {
        var filter = new ScriptedFilter
        {
            OnRecipient = (_, r, _) => ValueTask.FromResult<RecipientReply>(r.Address.StartsWith("carol", StringComparison.Ordinal)
                ? new RecipientReply.Refused(new SmtpReply(550, "5.7.1", "100% no key for carol"))
                : RecipientReply.Accept),
        };
        await using TestServer server = await TestServer.StartAsync(filter);
        await using MilterClient client = await server.GreetAsync();

        ClientResult result = await client.DeliverAsync(Some.Message with { Recipients = ["<bob@b.example>", "<carol@c.example>"] }, Ct);

        Assert.Equal(["continue", "550 5.7.1 100% no key for carol"], result.Recipients.Select(r => r.ToString()));
        Assert.Equal("continue", result.Final.ToString());
        Assert.Equal("bob@b.example", Assert.Single(filter.Last.Mail.Recipients).Address);
    }

    [Fact]
    public async Task APercentSignIsDoubledSinceSendmailMakesASingleOneA554()
    {
        var filter = new ScriptedFilter
        {
            OnRecipient = (_, _, _) => ValueTask.FromResult<RecipientReply>(
                new RecipientReply.Refused(new SmtpReply(451, "4.7.1", "50% done"))),
        };
        await using TestServer server = await TestServer.StartAsync(filter);
        await using MilterClient client = await server.GreetAsync(MtaHabits.Sendmail);
        await client.MailAsync("<a@a.example>", Ct);
        MilterAnswer answer = await client.RecipientAsync("<b@b.example>", Ct);
        Assert.Equal("451 4.7.1 50%% done\0", Encoding.ASCII.GetString(answer.Payload.Span));
    }

    [Fact]
    public async Task AMessageSettledAtTheEndOfItsHeaderIsAcceptedThereAndItsBodyStaysAway()
    {
        var filter = new ScriptedFilter { OnHeader = (_, _) => ValueTask.FromResult(HeaderDecision.Unchanged) };
        await using TestServer server = await TestServer.StartAsync(filter);
        await using MilterClient client = await server.GreetAsync();
        ClientResult result = await client.DeliverAsync(Some.Message, Ct);
        Assert.Equal("accept", result.Final.ToString());
        Assert.False(result.BodySent);
        Assert.Equal("accept", (await client.DeliverAsync(Some.Message, Ct)).Final.ToString());
        Assert.All(filter.Seen, s => Assert.Equal(1, s.Disposals));
    }

    [Fact]
    public async Task AMessageCanBeRefusedAtTheEndOfItsHeader()
    {
        var filter = new ScriptedFilter
        {
            OnHeader = (_, _) => ValueTask.FromResult<HeaderDecision>(new HeaderDecision.Refused(new SmtpReply(550, "5.7.1", "No"))),
        };
        await using TestServer server = await TestServer.StartAsync(filter);
        await using MilterClient client = await server.GreetAsync();
        Assert.Equal("550 5.7.1 No", (await client.DeliverAsync(Some.Message, Ct)).Final.ToString());
    }

    [Fact]
    public async Task VerdictsOtherThanChangesAreSaidPlainly()
    {
        var verdicts = new Queue<MailVerdict>([
            new MailVerdict.Refused(new SmtpReply(554, "5.6.0", "Bad")), new MailVerdict.Discarded(), new MailVerdict.Quarantined("look\nat it"),
        ]);
        var filter = new ScriptedFilter { OnMessage = (_, _) => verdicts.Dequeue() };
        await using TestServer server = await TestServer.StartAsync(filter);
        await using MilterClient client = await server.GreetAsync();
        Assert.Equal("554 5.6.0 Bad", (await client.DeliverAsync(Some.Message, Ct)).Final.ToString());
        Assert.Equal("discard", (await client.DeliverAsync(Some.Message, Ct)).Final.ToString());
        ClientResult held = await client.DeliverAsync(Some.Message, Ct);
        Assert.Equal("look at it", held.QuarantineReason);
        Assert.True(held.Final.GoesOn);
    }

    [Fact]
    public async Task LocalSubmissionIsKnownByPortZeroAndABareSender()
    {
        var filter = new ScriptedFilter();
        await using TestServer server = await TestServer.StartAsync(filter);
        await using MilterClient client = await server.OpenAsync();
        client.MacroValues["v"] = "Postfix 3.7.11";
        await client.ConnectAsync("localhost", IPAddress.Loopback, 0, Ct);
        await client.HeloAsync("localhost", Ct);
        await client.DeliverAsync(Some.Message with { Sender = "a@a.example", Recipients = ["b@b.example"] }, Ct);
        Assert.True(filter.Last.Mail.IsLocalSubmission);
        Assert.Equal("a@a.example", filter.Last.Mail.Sender);
        Assert.Equal("b@b.example", filter.Last.Mail.Recipients[0].Address);

        await client.DeliverAsync(Some.Message with { Sender = "" }, Ct);
        Assert.True(filter.Last.Mail.IsLocalSubmission);
        Assert.Equal("", filter.Last.Mail.Sender);

        await client.DeliverAsync(Some.Message with { Sender = "<>" }, Ct);
        Assert.False(filter.Last.Mail.IsLocalSubmission);
        Assert.Equal("", filter.Last.Mail.Sender);
    }

    [Fact]
    public async Task TlsAndTheUserAreKeptFromTheStagesThatTellThem()
    {
        var filter = new ScriptedFilter();
        await using TestServer server = await TestServer.StartAsync(filter);
        await using MilterClient client = await server.GreetAsync(MtaHabits.Sendmail);
        await client.AbortAsync(Ct);
        foreach ((string name, string value) in new[] { ("{tls_version}", "TLSv1.3"), ("{cipher}", "AES"), ("{cipher_bits}", "256"), ("{cert_subject}", "/CN=c"), ("{verify}", "OK") })
            client.MacroValues[name] = value;
        await client.HeloAsync("again.example", Ct);
        client.MacroValues["{auth_authen}"] = "alice";
        await client.DeliverAsync(Some.Message, Ct);
        Assert.Equal(new ClientTls("TLSv1.3", "AES", "256", "/CN=c", "", "OK"), filter.Last.Mail.Session.Tls);
        Assert.Equal("alice", filter.Last.Mail.Session.Authentication?.User);
        Assert.Equal("again.example", filter.Last.Mail.Session.Helo);

        // The next message is somebody else's.
        client.MacroValues.Remove("{auth_authen}");
        await client.DeliverAsync(Some.Message, Ct);
        Assert.Null(filter.Last.Mail.Session.Authentication?.User);
        Assert.NotNull(filter.Last.Mail.Session.Tls);
    }

    [Fact]
    public async Task AMessagesMacrosDoNotShowThroughInTheNextEvenWithoutAbort()
    {
        var filter = new ScriptedFilter();
        await using TestServer server = await TestServer.StartAsync(filter);
        await using MilterClient client = await server.GreetAsync(MtaHabits.Sendmail);
        client.MacroValues["{auth_authen}"] = "alice";
        await client.MailAsync("<a@a.example>", Ct);
        client.MacroValues.Clear();
        await client.MailAsync("<b@b.example>", Ct);
        Assert.Equal("b@b.example", filter.Last.Mail.Sender);
        Assert.Null(filter.Last.Mail.Session.Authentication?.User);
        Assert.Null(filter.Last.Mail.QueueId);
        Assert.Equal(1, filter.Seen.First().Disposals);
    }

    [Fact]
    public async Task WithoutLeadingSpaceValuesStillHoldTheBytesBehindTheColon()
    {
        var filter = new ScriptedFilter
        {
            OnMessage = (_, _) => new MailVerdict.Changed(new MessageChanges([new HeaderEdit.Change(2, " changed"u8.ToArray())], null)),
        };
        await using TestServer server = await TestServer.StartAsync(filter);
        MtaHabits old = MtaHabits.Postfix with { Offer = new Negotiation(2, (MilterActions)0x3F, (MilterProtocol)0x7F) };
        await using MilterClient client = await server.GreetAsync(old);
        ClientResult result = await client.DeliverAsync(Some.Message, Ct);
        Assert.Equal(2u, client.Agreed.Version);
        Assert.Equal(" hello", Encoding.UTF8.GetString(filter.Last.Mail.Header[2].Value.Span));
        Assert.Contains("Subject: changed\n", Some.Text(result), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2u, 0x7F)]
    [InlineData(3u, 0x17F)]
    [InlineData(4u, 0x37F)]
    [InlineData(6u, 0x1FFFFF)]
    [InlineData(2u, 0)]
    public async Task EveryVersionIsServed(uint version, int protocol)
    {
        var filter = new ScriptedFilter { OnMessage = (_, _) => new MailVerdict.Changed(new MessageChanges([], new MemoryStream("new\r\n"u8.ToArray()))) };
        await using TestServer server = await TestServer.StartAsync(filter);
        var offer = new Negotiation(version, (MilterActions)(version < 6 ? 0x3F : 0x1FF), (MilterProtocol)protocol);
        await using MilterClient client = await server.GreetAsync(MtaHabits.Postfix with { Offer = offer });
        ClientResult result = await client.DeliverAsync(Some.Message, Ct);
        Assert.Equal("new\r\n", Encoding.ASCII.GetString(result.Body.Span));
    }

    [Fact]
    public async Task ChangesThatNoHeaderCanHoldAreATemporaryRefusalAndAnErrorLine()
    {
        var filter = new ScriptedFilter
        {
            OnMessage = (_, _) => new MailVerdict.Changed(new MessageChanges([new HeaderEdit.Delete(99)], null)),
        };
        await using TestServer server = await TestServer.StartAsync(filter);
        await using MilterClient client = await server.GreetAsync();
        ClientResult result = await client.DeliverAsync(Some.Message, Ct);
        Assert.StartsWith("451 4.3.0", result.Final.ToString(), StringComparison.Ordinal);
        Assert.Contains(server.Log.Entries, e => e.Level == LogLevel.Error && e.Text.Contains("QUEUE1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task AfterQuitNcAnotherClientFollowsWithoutANegotiation()
    {
        var filter = new ScriptedFilter();
        await using TestServer server = await TestServer.StartAsync(filter);
        await using MilterClient client = await server.GreetAsync();
        await client.MailAsync("<a@a.example>", Ct);
        await client.SendRawAsync(new byte[] { 0, 0, 0, 1, MilterCommand.QuitNewClient }, Ct);
        client.MacroValues.Clear();
        await client.ConnectAsync("other.example", null, 0, Ct);
        await client.DeliverAsync(Some.Message, Ct);
        Assert.Equal("other.example", filter.Last.Mail.Session.ClientHost);
        Assert.Null(filter.Last.Mail.Session.ClientAddress);
        Assert.Equal("", filter.Last.Mail.Session.Helo);
        Assert.Equal(MtaKind.Unknown, filter.Last.Mail.Session.Mta);
        Assert.Equal(1, filter.Seen.First().Disposals);
    }

    [Fact]
    public async Task TheLastPieceMayComeWithTheEndOfTheMessage()
    {
        var filter = new ScriptedFilter();
        await using TestServer server = await TestServer.StartAsync(filter);
        await using MilterClient client = await server.GreetAsync();
        await client.MailAsync("<a@a.example>", Ct);
        await client.RecipientAsync("<b@b.example>", Ct);
        await client.EndOfHeaderAsync(Ct);
        await client.BodyAsync("one "u8.ToArray(), Ct);
        await client.SendRawAsync(new byte[] { 0, 0, 0, 4, MilterCommand.EndOfMessage, (byte)'t', (byte)'w', (byte)'o' }, Ct);
        Assert.Equal("continue", (await client.ReadAsync(Ct)).ToString());
        Assert.Equal("one two", filter.Last.BodyText);
    }
}
