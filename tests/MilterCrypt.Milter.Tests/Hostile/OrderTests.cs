using System.IO.Pipelines;
using MilterCrypt.Milter.Tests.Support;

namespace MilterCrypt.Milter.Tests.Hostile;

/// <summary>Which command may come when: each of them in each state of a session.</summary>
public sealed class OrderTests
{
    private const string Commands = "ODCHMRTLNBEAKUQZ";

    private static readonly Dictionary<char, string> Payloads = new()
    {
        ['C'] = "host\0U", ['D'] = "Mi\0Q1\0", ['H'] = "helo\0", ['U'] = "TURN\0", ['M'] = "<a@b.example>\0",
        ['R'] = "<c@d.example>\0", ['L'] = "Subject\0 x\0", ['B'] = "body\r\n",
    };

    /// <summary>What the filter says beside Continue.</summary>
    public enum Says
    {
        Nothing,
        AcceptAtEndOfHeader,
        RefuseAtMail,
        RefuseAtConnect,
    }

    // A column for each command, in the order of Commands; "Z" is none. '.' it is taken without an answer, 'X' it is a breach that
    // ends the connection, '-' it ends the connection well; else the answer's code: c Continue, a Accept, y a refusal.
    [Theory]
    [InlineData("is fresh", "", Says.Nothing, "OXXXXXXXXXXXXXXX")]
    [InlineData("has negotiated", "O", Says.Nothing, "X.cccXXXXXX..c-X")]
    [InlineData("has a client", "OCH", Says.Nothing, "X.cccXXXXXX..c-X")]
    [InlineData("has a client who is refused", "OCH", Says.RefuseAtConnect, "X.yyyXXXXXX..y-X")]
    [InlineData("has a client who is refused and goes on", "OCHM", Says.RefuseAtConnect, "X.yyyyyyyyy..y-X")]
    [InlineData("has a sender", "OCHM", Says.Nothing, "X.cccccccXX..c-X")]
    [InlineData("has a sender who is refused", "OCHM", Says.RefuseAtMail, "X.ccyyyyyyy..c-X")]
    [InlineData("has a recipient", "OCHMR", Says.Nothing, "X.cccccccXX..c-X")]
    [InlineData("is at DATA", "OCHMRT", Says.Nothing, "X.cccccccXX..c-X")]
    [InlineData("is in the header", "OCHMRTL", Says.Nothing, "X.cccXXccXX..c-X")]
    [InlineData("is in the header of what will be accepted", "OCHMRTL", Says.AcceptAtEndOfHeader, "X.cccXXcaXX..c-X")]
    [InlineData("is behind the header", "OCHMRTLN", Says.Nothing, "X.cccXXXXcc..c-X")]
    [InlineData("is behind the header of what is accepted", "OCHMRTLN", Says.AcceptAtEndOfHeader, "X.cccXXXXXX..c-X")]
    [InlineData("is in the body", "OCHMRTLNB", Says.Nothing, "X.cccXXXXcc..c-X")]
    [InlineData("has ended a message", "OCHMRTLNBE", Says.Nothing, "X.cccXXXXXX..c-X")]
    [InlineData("has ended a message and aborts it, as Postfix does", "OCHMRTLNBEA", Says.Nothing, "X.cccXXXXXX..c-X")]
    [InlineData("has aborted a message in its body", "OCHMRTLNBA", Says.Nothing, "X.cccXXXXXX..c-X")]
    [InlineData("waits for another client", "OCHMK", Says.Nothing, "X.cccXXXXXX..c-X")]
    [InlineData("waits for another client behind one who is refused", "OCHMK", Says.RefuseAtConnect, "X.ycc" + "XXXXXX..c-X")]
    public async Task EachCommandIsTakenOrEndsTheConnection(string state, string before, Says filter, string expected)
    {
        string actual = "";
        foreach (char command in Commands)
            actual += await TryAsync(before, command, new Choosy(filter));
        Assert.True(expected == actual, $"a session that {state}\ncommand  {Commands}\nexpected {expected}\nactual   {actual}");
    }

    [Theory]
    [InlineData("OCHMMMMRTLNBE")]
    [InlineData("OAAAAACCCHHHHMRTLNBEAA")]
    [InlineData("OCHMKCHMKKKCHMRTLNBE")]
    [InlineData("OCHMRRRRTTTLLLNBBBBE")]
    [InlineData("OMRNBEMRNBEMRNBE")]
    public async Task AMessageIsWholeWhateverCameBeforeIt(string commands)
    {
        var filter = new ScriptedFilter();
        HostileRun run = await HostileRun.OfAsync(commands.Select(Frame).Bytes(), filter);
        Assert.Null(run.Failure);
        Assert.True(filter.Last.BodyEnded);
        Assert.StartsWith("body\r\n", filter.Last.BodyText, StringComparison.Ordinal);
        Assert.Equal("a@b.example", filter.Last.Mail.Sender);
        Assert.All(filter.Seen, seen => Assert.Equal(1, seen.Disposals));
    }

    private static async Task<char> TryAsync(string before, char command, Choosy filter)
    {
        WireFrame[] tried = [.. before.Select(Frame), Frame(command)];
        int answersBefore = (await HostileRun.OfAsync(tried[..^1].Bytes(), filter)).Replies.Length;
        HostileRun run = await HostileRun.OfAsync(tried.Bytes(), filter);
        Assert.True(run.IsClean, $"{before} {command}: {run.Failure}");

        // Whether the connection is still good shows in whether it answers CONNECT.
        HostileRun afterwards = await HostileRun.OfAsync(tried.Append(Frame('C')).Bytes(), filter);
        return (run.Replies[answersBefore..], run.IsBreach, afterwards.Replies.Length - run.Replies.Length) switch
        {
            ("", true, 0) => 'X',
            ("", false, 0) => '-',
            ("O", false, _) when afterwards.Failure is null => 'O',
            ("", false, 1) => '.',
            ([var answer], false, 1) => answer,
            _ => '!',
        };
    }

    private static WireFrame Frame(char command) =>
        command == 'O' ? WireFrames.TalkativeOffer : new WireFrame(command, Payloads.GetValueOrDefault(command, ""));

    private sealed class Choosy(Says says) : IMailFilter
    {
        public FilterSteps Steps => FilterSteps.Connect | FilterSteps.Helo | FilterSteps.Unknown | FilterSteps.Data;

        public ValueTask<StepReply> ConnectAsync(SmtpSession session, CancellationToken cancellationToken) => At(Says.RefuseAtConnect);

        public IMessageHandler Begin(MailTransaction mail) => new Handler(this);

        private ValueTask<StepReply> At(Says step) => ValueTask.FromResult(
            says == step ? new StepReply.Refused(new SmtpReply(550, "5.7.1", "No")) : StepReply.Continue);

        private sealed class Handler(Choosy filter) : IMessageHandler
        {
            public ValueTask<StepReply> SenderAsync(CancellationToken cancellationToken) => filter.At(Says.RefuseAtMail);

            public ValueTask<RecipientReply> RecipientAsync(Recipient recipient, CancellationToken cancellationToken) =>
                ValueTask.FromResult(RecipientReply.Accept);

            public ValueTask<HeaderDecision> HeaderAsync(CancellationToken cancellationToken) => ValueTask.FromResult(
                filter.Says is Says.AcceptAtEndOfHeader ? HeaderDecision.Unchanged : HeaderDecision.ReadBody);

            public async ValueTask<MailVerdict> BodyAsync(PipeReader body, CancellationToken cancellationToken)
            {
                await body.CopyToAsync(Stream.Null, cancellationToken);
                return MailVerdict.Unchanged;
            }

            public void Answered(MailVerdict verdict) { }

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }

        private Says Says => says;
    }
}
