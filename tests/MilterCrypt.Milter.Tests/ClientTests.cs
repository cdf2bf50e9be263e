using System.Text;
using MilterCrypt.Milter.Client;
using MilterCrypt.Milter.Tests.Support;
using MilterCrypt.Milter.Wire;

namespace MilterCrypt.Milter.Tests;

/// <summary>The client behaves like the MTA that it stands for, whatever a filter answers.</summary>
public sealed class ClientTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<char, char, string, ClientOutcome, string?> Answers => new()
    {
        { 'M', 'r', "", ClientOutcome.Refused, "550 5.7.1 Command rejected" },
        { 'M', 't', "", ClientOutcome.Deferred, "451 4.7.1 Service unavailable - try again later" },
        { 'M', 'y', "450 4.2.0 later\0", ClientOutcome.Deferred, "450 4.2.0 later" },
        { 'M', 'd', "", ClientOutcome.Discarded, null },
        { 'M', 'a', "", ClientOutcome.Delivered, null },
        { 'M', 's', "", ClientOutcome.Delivered, null },
        { 'R', 'r', "", ClientOutcome.Refused, "550 5.7.1 Command rejected" },
        { 'R', 'd', "", ClientOutcome.Discarded, null },
        { 'R', 'a', "", ClientOutcome.Delivered, null },
        { 'T', 't', "", ClientOutcome.Deferred, "451 4.7.1 Service unavailable - try again later" },
        { 'L', 'r', "", ClientOutcome.Refused, "550 5.7.1 Command rejected" },
        { 'L', 'a', "", ClientOutcome.Delivered, null },
        { 'N', 'd', "", ClientOutcome.Discarded, null },
        { 'B', 'y', "554 5.7.1 no\0", ClientOutcome.Refused, "554 5.7.1 no" },
        { 'B', 's', "", ClientOutcome.Delivered, null },
        { 'E', 'a', "", ClientOutcome.Delivered, null },
        { 'E', 'r', "", ClientOutcome.Refused, "550 5.7.1 Command rejected" },
        { 'E', 't', "", ClientOutcome.Deferred, "451 4.7.1 Service unavailable - try again later" },
        { 'E', 'd', "", ClientOutcome.Discarded, null },
        { 'E', 'y', "421 4.7.0 bye\0", ClientOutcome.Disconnected, "421 4.7.0 bye" },
    };

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task EveryReplyHasItsMeaningAtEveryStep(char command, char reply, string data, ClientOutcome expected, string? words)
    {
        foreach (MtaHabits habits in new[] { MtaHabits.Postfix, MtaHabits.Sendmail })
        {
            (ClientResult result, _) = await RunAsync(habits, (code, _) => code == command ? [(reply, data)] : null);
            Assert.Equal(expected, result.Outcome);
            Assert.Equal(words, result.Reply);
            Assert.Equal(expected == ClientOutcome.Delivered ? ["<bob@b.example>"] : result.EnvelopeRecipients, result.EnvelopeRecipients);
        }
    }

    [Fact]
    public async Task ShutdownIsKnownToPostfixAloneAndConnectionFailureToNobody()
    {
        static (char, string)[]? Shutdown(byte code, byte[] payload) => code == 'R' ? [('4', "")] : null;
        Assert.Equal(ClientOutcome.Disconnected, (await RunAsync(MtaHabits.Postfix, Shutdown)).Result.Outcome);
        await Assert.ThrowsAsync<MilterProtocolException>(() => RunAsync(MtaHabits.Sendmail, Shutdown));
        foreach (MtaHabits habits in new[] { MtaHabits.Postfix, MtaHabits.Sendmail })
        {
            await Assert.ThrowsAsync<MilterProtocolException>(() => RunAsync(habits, (code, _) => code == 'M' ? [('f', "")] : null));
            await Assert.ThrowsAsync<MilterProtocolException>(() => RunAsync(habits, (code, _) => code == 'E' ? [('f', "")] : null));
        }
    }

    [Fact]
    public async Task SkipStopsMoreOfTheKindAndWithSendmailMoreThanThat()
    {
        Assert.Equal("CHMRRTLNBBEAAQ", (await SkipAsync(MtaHabits.Postfix, 'L')).Commands);
        Assert.Equal("CHMRRTLNEQ", (await SkipAsync(MtaHabits.Sendmail, 'L')).Commands);
        Assert.Equal("CHMRTLLNBBEAAQ", (await SkipAsync(MtaHabits.Postfix, 'R')).Commands);
        Assert.Equal("CHMRQ", (await SkipAsync(MtaHabits.Sendmail, 'R')).Commands);
        foreach (MtaHabits habits in new[] { MtaHabits.Postfix, MtaHabits.Sendmail })
            Assert.StartsWith("CHMRRTLLNBE", (await SkipAsync(habits, 'B')).Commands, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PostfixAbortsWhatHasEndedAndSendmailDoesNot()
    {
        Assert.Equal("CHMRTLLNBEAAQ", (await RunAsync(MtaHabits.Postfix, (_, _) => null, Two)).Commands);
        Assert.Equal("CHMRTLLNBEQ", (await RunAsync(MtaHabits.Sendmail, (_, _) => null, Two)).Commands);
        // It refused nothing but the recipient.
        Assert.Equal("CHMRAAQ", (await RunAsync(MtaHabits.Postfix, (code, _) => code == 'R' ? [('r', "")] : null, Two)).Commands);
        Assert.Equal("CHMRAQ", (await RunAsync(MtaHabits.Sendmail, (code, _) => code == 'R' ? [('r', "")] : null, Two)).Commands);
    }

    [Fact]
    public async Task ProgressAndQuarantineBeforeTheEndAreForPostfixToTake()
    {
        static (char, string)[]? Early(byte code, byte[] payload) => code == 'R' ? [('p', ""), ('q', "look\0"), ('c', "")] : null;
        (ClientResult result, _) = await RunAsync(MtaHabits.Postfix, Early);
        Assert.Equal(ClientOutcome.Held, result.Outcome);
        Assert.Equal("look", result.QuarantineReason);
        await Assert.ThrowsAsync<MilterProtocolException>(() => RunAsync(MtaHabits.Sendmail, Early));
    }

    [Fact]
    public async Task AnythingBetweenTwoPiecesOfABodyIsAnErrorToPostfix()
    {
        static (char, string)[]? Mixed(byte code, byte[] payload) => code == 'E' ? [('b', "x"), ('p', ""), ('b', "y"), ('c', "")] : null;
        await Assert.ThrowsAsync<MilterProtocolException>(() => RunAsync(MtaHabits.Postfix, Mixed));
        ClientResult sendmail = (await RunAsync(MtaHabits.Sendmail, Mixed)).Result;
        Assert.Equal("xy", Encoding.ASCII.GetString(sendmail.Body.Span));
        Assert.Equal(1, sendmail.ProgressCount);
    }

    [Fact]
    public async Task ABodyThatWasNotClaimedIsAnErrorToSendmail()
    {
        static (char, string)[]? Replace(byte code, byte[] payload) => code == 'E' ? [('b', "x"), ('c', "")] : null;
        Negotiation modest = RawFilter.Talkative with { Actions = MilterActions.None };
        await Assert.ThrowsAsync<MilterProtocolException>(() => RunAsync(MtaHabits.Sendmail, Replace, answer: modest));
        Assert.Equal("x", Encoding.ASCII.GetString((await RunAsync(MtaHabits.Postfix, Replace, answer: modest)).Result.Body.Span));
    }

    [Fact]
    public async Task EnvelopeEditsAreTakenAsEachMtaTakesThem()
    {
        static (char, string)[]? Edit(byte code, byte[] payload) => code != 'E' ? null :
        [
            ('e', "<x@x>\0SIZE=1 RET=HDRS AUTH=<>\0"), ('+', "<d@d>\0"), ('2', "<e@e>\0NOTIFY=NEVER BODY=7BIT\0"), ('2', "<f@f>\0"),
            ('-', "bob@b.example\0"), ('-', "<BOB@b.example>\0"), ('c', ""),
        ];
        ClientResult postfix = (await RunAsync(MtaHabits.Postfix, Edit)).Result;
        Assert.Equal("<x@x> RET=HDRS", postfix.EnvelopeSender);
        Assert.Equal(["<d@d>", "<e@e> NOTIFY=NEVER", "<f@f>"], postfix.EnvelopeRecipients);
        Assert.Equal("<x@x> RET=HDRS AUTH=<>", (await RunAsync(MtaHabits.Sendmail, Edit)).Result.EnvelopeSender);

        static (char, string)[]? Delete(byte code, byte[] payload) => code == 'E' ? [('-', "<bob@b.example>\0"), ('c', "")] : null;
        Assert.Equal(ClientOutcome.Discarded, (await RunAsync(MtaHabits.Postfix, Delete)).Result.Outcome);
    }

    [Fact]
    public async Task LocalSubmissionIsShownAsPostfixShowsIt()
    {
        var shown = new List<string>();
        (char, string)[]? Note(byte code, byte[] payload)
        {
            shown.Add($"{(char)code}{Encoding.Latin1.GetString(payload).Replace('\0', '|')}");
            return null;
        }

        ClientSession local = ClientSession.LocalSubmission(Some.WithHeader(Some.Field("Subject", " x")) with { Sender = "<>", Recipients = ["<bob@b.example>"] });
        (ClientResult result, string commands) = await RunAsync(MtaHabits.Postfix, Note, local);
        Assert.Equal("CHMRTLLLLNBEQ", commands);
        Assert.Contains("Clocalhost|4||127.0.0.1|", shown.Select(text => text.Replace("\0", "|", StringComparison.Ordinal)));
        Assert.Contains("M|", shown);
        Assert.Contains("Rbob@b.example|", shown);
        Assert.Equal(["Subject", "Message-Id", "Date", "From"], shown.Where(text => text[0] == 'L').Select(text => text[1..text.IndexOf('|', StringComparison.Ordinal)]));
        Assert.Equal(ClientOutcome.Delivered, result.Outcome);

        // Postfix calls this a configuration error, and keeps the message.
        (ClientResult refused, _) = await RunAsync(MtaHabits.Postfix, (code, _) => code == 'R' ? [('y', "550 5.7.1 no\0")] : null, local);
        Assert.Equal(ClientOutcome.Deferred, refused.Outcome);
    }

    [Fact]
    public async Task HeadersAreCutOffByPostfixAndRefusedBySendmail()
    {
        var lengths = new List<int>();
        (char, string)[]? Note(byte code, byte[] payload)
        {
            if (code == 'L')
                lengths.Add(payload.Length);
            return null;
        }

        var large = new ClientSession(Some.WithHeader(Some.Field("X", " " + new string('x', 70_000))));
        Assert.Equal(ClientOutcome.Delivered, (await RunAsync(MtaHabits.Postfix, Note, large)).Result.Outcome);
        Assert.Equal([60_001], lengths);
        (ClientResult refused, string commands) = await RunAsync(MtaHabits.Sendmail, Note, large);
        Assert.Equal("552 5.3.4 Headers too large (32768 max)", refused.Reply);
        Assert.Equal("CHMRTAQ", commands);
    }

    [Fact]
    public async Task WithoutLeadingSpaceOneBlankIsEatenAndOneAdded()
    {
        string? shown = null;
        (char, string)[]? Note(byte code, byte[] payload)
        {
            if (code == 'L')
                shown = Encoding.Latin1.GetString(payload);
            return code == 'E' ? [('h', "X-New\0 value\0"), ('c', "")] : null;
        }

        var message = new ClientSession(Some.WithHeader(Some.Field("Subject", "  two")));
        (ClientResult result, _) = await RunAsync(MtaHabits.Postfix, Note, message, RawFilter.Talkative with { Protocol = MilterProtocol.None });
        Assert.Equal("Subject\0 two\0", shown);
        Assert.EndsWith("X-New:  value", Some.Text(result), StringComparison.Ordinal);
    }

    [Fact]
    public async Task TheObserverIsShownEachFrameInItsOrder()
    {
        var frames = new List<FrameTrace>();
        await using TestServer server = await TestServer.StartAsync(new ScriptedFilter());
        await using MilterClient client = await server.OpenAsync(MtaHabits.Sendmail.Speaking(2), frames.Add);
        await client.RunAsync(new ClientSession(Some.WithHeader()), Ct);
        Assert.Equal(
            [
                ">SMFIC_OPTNEG", "<SMFIC_OPTNEG", ">SMFIC_MACRO", ">SMFIC_CONNECT", "<SMFIR_CONTINUE", ">SMFIC_HELO", "<SMFIR_CONTINUE",
                ">SMFIC_MACRO", ">SMFIC_MAIL", "<SMFIR_CONTINUE", ">SMFIC_MACRO", ">SMFIC_RCPT", "<SMFIR_CONTINUE", ">SMFIC_MACRO", ">SMFIC_EOH",
                "<SMFIR_CONTINUE", ">SMFIC_BODY", "<SMFIR_CONTINUE", ">SMFIC_MACRO", ">SMFIC_BODYEOB", "<SMFIR_CONTINUE", ">SMFIC_QUIT",
            ],
            frames.Select(frame => (frame.Direction == FrameDirection.ToFilter ? ">" : "<") + frame.Name));
    }

    private static ClientSession Two => new(Some.WithHeader(Some.Field("A", " a"), Some.Field("B", " b")));

    private static async Task<(ClientResult Result, string Commands)> SkipAsync(MtaHabits habits, char at)
    {
        ClientMessage message = Some.WithHeader(Some.Field("A", " a"), Some.Field("B", " b")) with { Body = new byte[100_000], Recipients = ["<b@b>", "<c@c>"] };
        (ClientResult result, string commands) = await RunAsync(habits, (code, _) => code == at ? [('s', "")] : null, new ClientSession(message));
        Assert.Equal(ClientOutcome.Delivered, result.Outcome);
        Assert.Equal(["<b@b>", "<c@c>"], result.EnvelopeRecipients);
        return (result, commands);
    }

    private static async Task<(ClientResult Result, string Commands)> RunAsync(
        MtaHabits habits, Func<byte, byte[], (char Code, string Data)[]?> script, ClientSession? session = null, Negotiation? answer = null)
    {
        await using var filter = new RawFilter(answer ?? RawFilter.Talkative, script);
        ClientSessionResult result;
        await using (MilterClient client = await MilterClient.OpenAsync(filter.Endpoint, habits, Ct))
            result = await client.RunAsync(session ?? new ClientSession(Some.Message), Ct);
        await filter.DisposeAsync();
        return (Assert.Single(result.Messages), string.Concat(filter.Commands));
    }
}
