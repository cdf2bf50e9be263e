using System.Net;
using System.Text;
using MilterCrypt.Interop.Rigs;
using MilterCrypt.Milter;
using MilterCrypt.TestSupport.Mta;

namespace MilterCrypt.Interop;

/// <summary>What real mail servers make of all that a filter on the milter library may do: the answers before the body, the
/// envelope, and the message.</summary>
public abstract class LibraryFilters(LibraryRig rig)
{
    private const string Sender = "alice@a.example";

    private static readonly StepReply.Refused No = new(new SmtpReply(554, "5.7.1", "100% no", "ask alice"));

    [Fact]
    public async Task EnvelopeHeaderAndBodyAreChangedAtOnce()
    {
        rig.Require();
        rig.Filter.OnMessage = mail => new MailVerdict.Changed(new MessageChanges(
            [new HeaderEdit.Change(Field(mail, "Subject"), " changed"u8.ToArray()), new HeaderEdit.Add("X-New", " new"u8.ToArray())],
            new MemoryStream("new body\r\n"u8.ToArray()))
        {
            Sender = new EnvelopeAddress("bounces@a.example", ["RET=HDRS", "ENVID=abc"]),
            AddedRecipients = [new EnvelopeAddress("dave@d.example"), new EnvelopeAddress("erin@e.example", ["NOTIFY=FAILURE"])],
            RemovedRecipients = [mail.Recipients[1]],
        });
        string mark = await SendAsync("bob@b.example", "Carol@C.Example");
        SinkMessage[] copies = await CopiesAsync(mark, "bob@b.example", "dave@d.example", "erin@e.example");
        Assert.All(copies, copy =>
        {
            Assert.Contains("<bounces@a.example>", copy.MailCommand, StringComparison.Ordinal);
            Assert.Contains("RET=HDRS", copy.MailCommand, StringComparison.Ordinal);
            Assert.Contains("ENVID=abc", copy.MailCommand, StringComparison.Ordinal);
            Assert.Equal("changed", Assert.Single(copy.Field("Subject")));
            Assert.Equal("new", Assert.Single(copy.Field("X-New")));
            Assert.Equal("new body\r\n", Encoding.ASCII.GetString(copy.Body));
        });
        Assert.Contains(copies.SelectMany(copy => copy.RcptCommands), command =>
            command.Contains("erin@e.example", StringComparison.Ordinal) && command.Contains("NOTIFY=FAILURE", StringComparison.Ordinal));
    }

    [Fact]
    public async Task ARecipientIsReplacedByItselfWithOtherArguments()
    {
        rig.Require();
        rig.Filter.OnMessage = mail => new MailVerdict.Changed(new MessageChanges
        {
            RemovedRecipients = mail.Recipients,
            AddedRecipients = [new EnvelopeAddress("bob@b.example", ["NOTIFY=NEVER"])],
        });
        SinkMessage copy = Assert.Single(await CopiesAsync(await SendAsync("bob@b.example", "carol@c.example"), "bob@b.example"));
        // Sendmail adds an address that was there again without its arguments.
        Assert.Equal(rig.IsPostfix, Assert.Single(copy.RcptCommands).Contains("NOTIFY=NEVER", StringComparison.Ordinal));
    }

    [Fact]
    public async Task AMessageWhoseRecipientsAreAllTakenAwayIsRefusedForNow()
    {
        rig.Require();
        rig.Filter.OnMessage = mail => new MailVerdict.Changed(new MessageChanges { RemovedRecipients = mail.Recipients });
        await using SmtpConversation conversation = await rig.BeginAsync();
        SmtpOutcome outcome = await conversation.SendAsync(Sender, ["bob@b.example"], Message("vanishes"));
        Assert.Equal(451, outcome.Last.Code);
    }

    [Fact]
    public async Task TheNullSenderTakesTheSendersPlace()
    {
        rig.Require();
        rig.Filter.OnMessage = _ => new MailVerdict.Changed(new MessageChanges { Sender = new EnvelopeAddress("") });
        SinkMessage copy = Assert.Single(await CopiesAsync(await SendAsync("bob@b.example"), "bob@b.example"));
        Assert.Equal("", copy.Sender);
    }

    [Fact]
    public async Task ARecipientIsRefusedInSeveralLines()
    {
        rig.Require();
        rig.Filter.OnRecipient = _ => new RecipientReply.Refused(No.Reply);
        await using SmtpConversation conversation = await rig.BeginAsync();
        SmtpOutcome outcome = await conversation.SendAsync(Sender, ["bob@b.example"], Message("x"));
        AssertRefused(Assert.Single(outcome.Recipients));
    }

    [Fact]
    public async Task TheWholeMessageIsRefusedInSeveralLines()
    {
        rig.Require();
        rig.Filter.OnMessage = _ => new MailVerdict.Refused(No.Reply);
        await using SmtpConversation conversation = await rig.BeginAsync();
        AssertRefused((await conversation.SendAsync(Sender, ["bob@b.example"], Message("x"))).Last);
    }

    [Fact]
    public async Task ATemporaryRefusalWithAPercentSignStaysTemporary()
    {
        rig.Require();
        rig.Filter.OnMessage = _ => new MailVerdict.Refused(new SmtpReply(451, "4.7.1", "50% of 100%s", "later"));
        await using SmtpConversation conversation = await rig.BeginAsync();
        SmtpOutcome outcome = await conversation.SendAsync(Sender, ["bob@b.example"], Message("x"));
        Assert.Equal(451, outcome.Last.Code);
        Assert.Contains("50% of 100%s", outcome.Last.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TheSenderIsRefusedAndTheNextIsNot()
    {
        rig.Require();
        bool refuse = true;
        rig.Filter.OnStep = (step, _) => step == "mail" && refuse ? No : StepReply.Continue;
        await using SmtpConversation conversation = await rig.BeginAsync();
        AssertRefused((await conversation.SendAsync(Sender, ["bob@b.example"], Message("x"))).Mail);
        refuse = false;
        Assert.True((await conversation.SendAsync(Sender, ["bob@b.example"], Message("x"))).IsTakenForAll);
    }

    [Fact]
    public async Task DataIsRefusedAndAgainWhereTheClientInsists()
    {
        rig.Require();
        bool refuse = true;
        rig.Filter.OnStep = (step, _) => step == "data" && refuse ? No : StepReply.Continue;
        await using SmtpConversation conversation = await rig.BeginAsync();
        AssertRefused((await conversation.SendAsync(Sender, ["bob@b.example"], Message("x"))).Last);
        SmtpAnswer again = await conversation.CommandAsync("DATA");
        Assert.True(again.IsPermanent, again.ToString());
        await conversation.CommandAsync("RSET");
        refuse = false;
        Assert.True((await conversation.SendAsync(Sender, ["bob@b.example"], Message("x"))).IsTakenForAll);
    }

    [Theory]
    [InlineData("mail")]
    [InlineData("data")]
    public async Task AMessageThatIsAcceptedEarlyPassesByTheFilter(string at)
    {
        rig.Require();
        rig.Filter.OnStep = (step, _) => step == at ? StepReply.Accept : StepReply.Continue;
        rig.Filter.OnMessage = _ => throw new InvalidOperationException();
        string mark = await SendAsync("bob@b.example", "carol@c.example");
        await CopiesAsync(mark, "bob@b.example", "carol@c.example");
    }

    [Theory]
    [InlineData("mail")]
    [InlineData("data")]
    public async Task AMessageThatIsDiscardedEarlyReachesNobody(string at)
    {
        rig.Require();
        bool discard = true;
        rig.Filter.OnStep = (step, _) => step == at && discard ? StepReply.Discard : StepReply.Continue;
        string gone = await SendAsync("bob@b.example");
        discard = false;
        await CopiesAsync(await SendAsync("bob@b.example"), "bob@b.example");
        Assert.Empty(rig.Sink.With(gone));
    }

    [Theory]
    [InlineData("connect")]
    [InlineData("helo")]
    public async Task ASessionThatIsAcceptedPassesByTheFilter(string at)
    {
        rig.Require();
        rig.Filter.OnStep = (step, _) => step == at ? StepReply.Accept : step is "mail" or "data" ? No : StepReply.Continue;
        await CopiesAsync(await SendAsync("bob@b.example"), "bob@b.example");
    }

    [Theory]
    [InlineData("connect")]
    [InlineData("helo")]
    public async Task ASessionThatIsRefusedBringsNoMessage(string at)
    {
        rig.Require();
        rig.Filter.OnStep = (step, _) => step == at ? No : StepReply.Continue;
        await using SmtpConversation conversation = await rig.BeginAsync();
        SmtpOutcome outcome = await conversation.SendAsync(Sender, ["bob@b.example"], Message("x"));
        Assert.False(outcome.IsTaken);
        Assert.True(outcome.Last.IsPermanent, outcome.Last.ToString());
    }

    [Fact]
    public async Task AnUnknownCommandIsRefusedInTheFiltersWords()
    {
        rig.Require();
        rig.Filter.OnStep = (step, _) => step == "unknown" ? new StepReply.Refused(new SmtpReply(502, "5.5.1", "no such magic")) : StepReply.Continue;
        await using SmtpConversation conversation = await rig.BeginAsync();
        SmtpAnswer answer = await conversation.CommandAsync("XYZZY plugh");
        Assert.Equal(502, answer.Code);
        Assert.Contains("no such magic", answer.Text, StringComparison.Ordinal);
        Assert.True((await conversation.SendAsync(Sender, ["bob@b.example"], Message("x"))).IsTakenForAll);
    }

    [Fact]
    public async Task TheFilterKnowsTheClientAndTheServer()
    {
        rig.Require();
        MailTransaction? seen = null;
        rig.Filter.OnMessage = mail =>
        {
            seen = mail;
            return MailVerdict.Unchanged;
        };
        await using SmtpConversation conversation = await rig.BeginAsync();
        Assert.True((await conversation.SendAsync(Sender, ["bob@b.example"], Message("x"), "SIZE=100 RET=HDRS ENVID=a+2Bb")).IsTakenForAll);
        SmtpSession session = seen!.Session;
        Assert.Equal(IPAddress.Loopback, session.ClientAddress);
        Assert.NotEqual(0, session.ClientPort);
        Assert.Equal("client.test.example", session.Helo);
        Assert.Equal("mx.test.example", session.MtaHost);
        Assert.Equal("127.0.0.1", session.DaemonAddress);
        Assert.Equal(rig.IsPostfix ? MtaKind.Postfix : MtaKind.Sendmail, session.Mta);
        Assert.Matches(@"^\d+\.\d+", session.MtaVersion);
        Assert.Equal(rig.IsPostfix ? "mx.test.example" : "MTA-v4", session.DaemonName);
        Assert.Equal(DsnReturn.Header, seen.SenderParameters.Return);
        Assert.Equal("a+b", seen.SenderParameters.EnvelopeId);
        Assert.Equal(rig.IsPostfix ? "smtp" : "relay", seen.Recipients[0].Mailer);
        Assert.Null(session.Tls);
        Assert.Null(session.Authentication);
    }

    private static void AssertRefused(SmtpAnswer answer)
    {
        Assert.Equal(554, answer.Code);
        Assert.Equal("5.7.1 100% no\n5.7.1 ask alice", answer.Text);
    }

    private static int Field(MailTransaction mail, string name) =>
        mail.Header.Select((field, place) => (field.Name, place)).First(field => field.Name == name).place;

    private static byte[] Message(string mark) =>
        Encoding.ASCII.GetBytes($"From: {Sender}\r\nTo: bob@b.example\r\nSubject: s\r\nX-Mark: {mark}\r\n\r\nbody\r\n");

    private async Task<string> SendAsync(params string[] recipients)
    {
        string mark = Guid.NewGuid().ToString("N");
        await using SmtpConversation conversation = await rig.BeginAsync();
        SmtpOutcome outcome = await conversation.SendAsync(Sender, recipients, Message(mark));
        Assert.True(outcome.IsTakenForAll, outcome.Last.ToString());
        return mark;
    }

    // The server may deliver to several recipients in one transaction or in many.
    private async Task<SinkMessage[]> CopiesAsync(string mark, params string[] recipients)
    {
        string[] Reached() => [.. rig.Sink.With(mark).SelectMany(copy => copy.Recipients).Order(StringComparer.Ordinal)];
        await TestSupport.Patience.UntilAsync(
            () => Reached().Length >= recipients.Length, () => $"only {string.Join(", ", Reached())} got it");
        Assert.Equal(recipients.Order(StringComparer.Ordinal), Reached());
        return [.. rig.Sink.With(mark)];
    }
}

public sealed class LibraryFiltersWithPostfix(LibraryWithPostfix rig) : LibraryFilters(rig), IClassFixture<LibraryWithPostfix>;

public sealed class LibraryFiltersWithSendmail(LibraryWithSendmail rig) : LibraryFilters(rig), IClassFixture<LibraryWithSendmail>;
