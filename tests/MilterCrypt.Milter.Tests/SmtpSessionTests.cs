using System.Net;
using System.Text;
using MilterCrypt.Milter.Client;
using MilterCrypt.Milter.Tests.Support;

namespace MilterCrypt.Milter.Tests;

/// <summary>What a filter is told of the SMTP session, its client and the MTA, and when.</summary>
public sealed class SmtpSessionTests
{
    private static readonly ClientTls Tls = new("TLSv1.3", "TLS_AES_256_GCM_SHA384", "256", "client", "ca", null);

    private static readonly ClientAuthentication Login = new("PLAIN", "alice", "bob", null);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string> Mtas => ["Postfix", "Sendmail"];

    [Theory]
    [MemberData(nameof(Mtas))]
    public async Task TheClientAndTheMtaAreKnownFromConnectOn(string mta)
    {
        var seen = new List<SmtpSession>();
        ValueTask<StepReply> Note(SmtpSession session)
        {
            seen.Add(session);
            return ValueTask.FromResult(StepReply.Continue);
        }

        var filter = new ScriptedFilter
        {
            Steps = FilterSteps.Connect | FilterSteps.Helo,
            OnConnect = (session, _) => Note(session),
            OnHelo = (session, _) => Note(session),
            OnSender = (mail, _) => Note(mail.Session),
        };
        await RunAsync(filter, mta, new ClientSession(Some.Message) { Tls = Tls, Authentication = Login });

        // CONNECT, HELO, HELO again after STARTTLS, MAIL.
        Assert.Equal(4, seen.Count);
        Assert.All(seen, session =>
        {
            Assert.Equal("client.example", session.ClientHost);
            Assert.Equal(IPAddress.Parse("192.0.2.1"), session.ClientAddress);
            Assert.Equal(40000, session.ClientPort);
            Assert.Equal(SessionTests.Habits(mta).Kind, session.Mta);
            Assert.Equal(mta == "Postfix" ? "3.7.11" : "8.17.1.9", session.MtaVersion);
            Assert.Equal("mx.test.example", session.MtaHost);
            Assert.Equal(mta == "Postfix" ? "mx.test.example" : "MTA-v4", session.DaemonName);
            Assert.Equal("127.0.0.1", session.DaemonAddress);
            Assert.NotEmpty(session.Id);
        });
        Assert.Equal(["", "client.example", "client.example", "client.example"], seen.Select(session => session.Helo));
        Assert.Equal([null, null, Tls, Tls], seen.Select(session => session.Tls));
        Assert.Equal([null, null, null, Login], seen.Select(session => session.Authentication));
    }

    [Fact]
    public async Task SendmailTellsItsInterfacesAddressWhereItTellsNoDaemons()
    {
        var filter = new ScriptedFilter();
        await using TestServer server = await TestServer.StartAsync(filter);
        await using MilterClient client = await server.OpenAsync(MtaHabits.Sendmail);
        client.MacroValues["{if_addr}"] = "192.0.2.25";
        await client.ConnectAsync("[192.0.2.7]", IPAddress.Parse("2001:db8::1"), 1, Ct);
        await client.DeliverAsync(Some.Message, Ct);
        Assert.Equal("192.0.2.25", filter.Last.Mail.Session.DaemonAddress);
        Assert.Null(filter.Last.Mail.Session.MtaVersion);
        Assert.Null(filter.Last.Mail.Session.MtaHost);
        Assert.Equal(IPAddress.Parse("2001:db8::1"), filter.Last.Mail.Session.ClientAddress);
    }

    [Theory]
    [InlineData("56", 56)]
    [InlineData("", null)]
    [InlineData("strong", null)]
    [InlineData("-1", null)]
    public async Task TheStrengthOfALoginIsANumberOrNothing(string told, int? expected)
    {
        var filter = new ScriptedFilter();
        await using TestServer server = await TestServer.StartAsync(filter);
        await using MilterClient client = await server.GreetAsync(MtaHabits.Sendmail);
        client.MacroValues["{auth_authen}"] = "alice";
        client.MacroValues["{auth_ssf}"] = told;
        await client.DeliverAsync(Some.Message, Ct);
        Assert.Equal(new ClientAuthentication("", "alice", null, expected), filter.Last.Mail.Session.Authentication);
    }

    [Fact]
    public async Task PostfixTellsNoQueueIdAtMailAndTheFirstRecipientAndSendmailAtOnce()
    {
        foreach (string mta in new[] { "Postfix", "Sendmail" })
        {
            var ids = new List<string?>();
            var filter = new ScriptedFilter
            {
                OnSender = (mail, _) =>
                {
                    ids.Add(mail.QueueId);
                    return ValueTask.FromResult(StepReply.Continue);
                },
                OnRecipient = (mail, _, _) =>
                {
                    ids.Add(mail.QueueId);
                    return ValueTask.FromResult(RecipientReply.Accept);
                },
            };
            await RunAsync(filter, mta, new ClientSession(Some.Message with { Recipients = ["<b@b>", "<c@c>"] }, Some.Message));
            Assert.Equal(
                mta == "Postfix" ? [null, null, "QUEUE1", null, null] : ["QUEUE1", "QUEUE1", "QUEUE1", "QUEUE2", "QUEUE2"], ids);
            Assert.Equal(["QUEUE1", "QUEUE2"], filter.Seen.Select(message => message.QueueId));
        }
    }

    [Theory]
    [MemberData(nameof(Mtas))]
    public async Task SenderAndRecipientSayWhoWillDeliver(string mta)
    {
        var filter = new ScriptedFilter();
        await RunAsync(filter, mta, new ClientSession(Some.Message with
        {
            Sender = "<alice@a.example> SIZE=100 RET=HDRS",
            Recipients = ["<bob@b.example> NOTIFY=NEVER", "<carol@c.example>"],
        }));
        MailTransaction mail = filter.Last.Mail;
        Assert.Equal(("smtp", "a.example"), (filter.Last.SenderMailer, filter.Last.SenderHost));
        Assert.Equal(100, mail.SenderParameters.Size);
        Assert.Equal(DsnReturn.Header, mail.SenderParameters.Return);
        Assert.Equal(["b.example", "c.example"], mail.Recipients.Select(recipient => recipient.Host));
        Assert.All(mail.Recipients, recipient => Assert.Equal("smtp", recipient.Mailer));
        Assert.Equal(DsnNotify.Never, mail.Recipients[0].Parameters.Notify);
        Assert.Null(mail.Recipients[1].Parameters.Notify);
        Assert.Equal(["<bob@b.example>", "<carol@c.example>"], mail.Recipients.Select(recipient => recipient.Given));
    }

    [Fact]
    public async Task ARecipientThatTheMtaRefusedIsShownOnRequestAndGetsNoMessage()
    {
        var shown = new List<(string Address, bool Refused, string? Code, string Text)>();
        var filter = new ScriptedFilter
        {
            Steps = FilterSteps.RefusedRecipients,
            OnRecipient = (_, recipient, _) =>
            {
                shown.Add((recipient.Address, recipient.IsRefusedByMta, recipient.Host, recipient.ResolvedAddress));
                return ValueTask.FromResult(RecipientReply.Accept);
            },
        };
        await using TestServer server = await TestServer.StartAsync(filter);
        await using MilterClient client = await server.GreetAsync(MtaHabits.Sendmail);
        await client.MailAsync("<a@a.example>", Ct);
        client.MacroValues["{rcpt_mailer}"] = "error";
        client.MacroValues["{rcpt_host}"] = "5.1.1";
        client.MacroValues["{rcpt_addr}"] = "User unknown";
        Assert.Equal("continue", (await client.RecipientAsync("<nobody@b.example>", Ct)).ToString());
        client.MacroValues.Clear();
        await client.RecipientAsync("<bob@b.example>", Ct);
        await client.EndOfHeaderAsync(Ct);
        Assert.Equal([("nobody@b.example", true, "5.1.1", "nobody@b.example"), ("bob@b.example", false, null, "bob@b.example")], shown);
        Assert.Equal("bob@b.example", Assert.Single(filter.Last.Mail.Recipients).Address);
    }

    // Postfix's error(8) transport names the same mailer, for recipients that it takes.
    [Fact]
    public async Task WhoeverDidNotAskForThemGetsEachRecipientThatIsShown()
    {
        var filter = new ScriptedFilter();
        await using TestServer server = await TestServer.StartAsync(filter);
        await using MilterClient client = await server.GreetAsync();
        client.MacroValues["{rcpt_mailer}"] = "error";
        await client.DeliverAsync(Some.Message, Ct);
        Assert.Single(filter.Last.Mail.Recipients);
    }

    [Fact]
    public async Task WhatWasToldOfASettledMessageDoesNotShowThroughInTheNext()
    {
        bool accept = true;
        var filter = new ScriptedFilter { OnSender = (_, _) => ValueTask.FromResult(accept ? StepReply.Accept : StepReply.Continue) };
        await using TestServer server = await TestServer.StartAsync(filter);
        await using MilterClient client = await server.GreetAsync(MtaHabits.Sendmail);
        await client.MailAsync("<a@a.example>", Ct);
        await client.RecipientAsync("<b@b.example>", Ct);
        accept = false;
        client.MacroValues.Clear();
        await client.MailAsync("<c@c.example>", Ct);
        Assert.Null(filter.Last.Mail.QueueId);
    }

    [Fact]
    public async Task AFoldedValueKeepsItsLineFeedsAndBlanks()
    {
        var filter = new ScriptedFilter();
        await RunAsync(filter, "Postfix", new ClientSession(Some.WithHeader(Some.Field("Subject", " one\n\ttwo\n  three"))));
        Assert.Equal(" one\n\ttwo\n  three", Encoding.UTF8.GetString(filter.Last.Mail.Header[0].Value.Span));
    }

    [Fact]
    public async Task AbortBehindAFinishedMessageIsNoFailureOfIt()
    {
        var filter = new ScriptedFilter();
        await using TestServer server = await TestServer.StartAsync(filter);
        await using MilterClient client = await server.OpenAsync();
        await client.RunAsync(new ClientSession(Some.Message, Some.Message), Ct);
        await filter.Last.Ended.Task.WaitAsync(Ct);
        Assert.All(filter.Seen, message => Assert.IsType<MailVerdict.LeftUnchanged>(Assert.Single(message.Answers)));
        Assert.DoesNotContain(server.Log.Entries, entry => entry.Text.Contains("aborted", StringComparison.Ordinal));
    }

    // SMFIP_NR_MAIL would keep Sendmail from saying so.
    [Theory]
    [MemberData(nameof(Mtas))]
    public async Task AResetEndsTheMessage(string mta)
    {
        var filter = new ScriptedFilter();
        await using TestServer server = await TestServer.StartAsync(filter);
        await using MilterClient client = await server.GreetAsync(SessionTests.Habits(mta));
        await client.MailAsync("<a@a.example>", Ct);
        await client.RecipientAsync("<b@b.example>", Ct);
        await client.ResetAsync(Ct);
        await filter.Last.Ended.Task.WaitAsync(Ct);
        Assert.Equal(1, filter.Last.Disposals);
    }

    private static async Task RunAsync(ScriptedFilter filter, string mta, ClientSession session)
    {
        await using TestServer server = await TestServer.StartAsync(filter);
        await using MilterClient client = await server.OpenAsync(SessionTests.Habits(mta));
        await client.RunAsync(session, Ct);
    }
}
