using System.Text;
using MilterCrypt.Milter.Client;
using MilterCrypt.Milter.Tests.Support;
using MilterCrypt.Milter.Wire;

namespace MilterCrypt.Milter.Tests;

/// <summary>A whole message in every version of the protocol and with each MTA's habits: each step that must be answered is
/// answered once, each that was agreed to be silent never.</summary>
public sealed class VersionMatrixTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<uint, string, bool, bool> Matrix => new(
        from version in new uint[] { 2, 3, 4, 5, 6 }
        from mta in new[] { "Postfix", "Sendmail" }
        from tcp in new[] { false, true }
        from everyStep in new[] { false, true }
        select (version, mta, tcp, everyStep));

    [Theory]
    [MemberData(nameof(Matrix))]
    public async Task EachStepIsAnsweredOnceOrNotAtAllAsAgreed(uint version, string mta, bool tcp, bool everyStep)
    {
        var steps = new List<string>();
        ValueTask<StepReply> Note(string step)
        {
            steps.Add(step);
            return ValueTask.FromResult(StepReply.Continue);
        }

        var filter = new ScriptedFilter
        {
            Steps = everyStep ? FilterSteps.Connect | FilterSteps.Helo | FilterSteps.Unknown | FilterSteps.Data : FilterSteps.None,
            OnConnect = (_, _) => Note("connect"),
            OnHelo = (_, _) => Note("helo"),
            OnUnknown = (_, line, _) => Note(line),
            OnSender = (_, _) => Note("mail"),
            OnData = (_, _) => Note("data"),
            OnMessage = (_, _) => new MailVerdict.Changed(new MessageChanges(
                [new HeaderEdit.Change(2, " changed"u8.ToArray()), new HeaderEdit.Add("X-New", " new"u8.ToArray())],
                new MemoryStream("new\r\n"u8.ToArray()))),
        };
        var frames = new List<FrameTrace>();
        await using TestServer server = await TestServer.StartAsync(filter, tcp);
        await using MilterClient client = await server.GreetAsync(SessionTests.Habits(mta).Speaking(version), frames.Add);
        Assert.Equal(version, client.Agreed.Version);
        await client.UnknownAsync("XYZZY", Ct);
        for (int i = 0; i < 2; i++)
        {
            ClientResult result = await client.DeliverAsync(Some.Message, Ct);
            Assert.Equal(ClientOutcome.Delivered, result.Outcome);
            Assert.Equal("new\r\n", Encoding.ASCII.GetString(result.Body.Span));
            Assert.Contains("Subject: changed\n", Some.Text(result), StringComparison.Ordinal);
            Assert.EndsWith("X-New: new", Some.Text(result), StringComparison.Ordinal);
            Assert.Equal(" hello", Encoding.ASCII.GetString(filter.Last.Mail.Header[2].Value.Span));
            Assert.Equal("line 1\r\nline 2\r\n", filter.Last.BodyText);
        }

        await client.QuitAsync(Ct);
        // A surplus answer would be here.
        await Assert.ThrowsAsync<EndOfStreamException>(() => client.ReadAsync(Ct));
        AssertEachIsAnsweredAsAgreed(frames, client.Agreed);

        var sent = frames.Where(frame => frame.Direction == FrameDirection.ToFilter).Select(frame => frame.Code).ToList();
        Assert.Equal(version >= 3 && everyStep, sent.Contains(MilterCommand.Unknown) && !client.Agreed.Protocol.HasFlag(MilterProtocol.NoUnknown));
        string[] ofMessage = version >= 4 ? ["mail", "data"] : ["mail"];
        string[] expected = [.. version >= 3 ? ["connect", "helo", "XYZZY"] : (string[])["connect", "helo"], .. ofMessage, .. ofMessage];
        Assert.Equal(everyStep ? expected : ["mail", "mail"], steps);
    }

    // After each frame, as many answers as it may have, before the next goes out.
    private static void AssertEachIsAnsweredAsAgreed(List<FrameTrace> frames, Negotiation agreed)
    {
        byte[] never = [MilterCommand.Macro, MilterCommand.Abort, MilterCommand.Quit, MilterCommand.QuitNewClient];
        int due = 0;
        foreach (FrameTrace frame in frames)
        {
            if (frame.Direction == FrameDirection.FromFilter)
            {
                if (frame.Code == MilterCommand.Negotiate || Steps.IsVerdict(frame.Code))
                    due--;
                continue;
            }

            Assert.Equal(0, due);
            due = never.Contains(frame.Code) || Steps.IsSilent(frame.Code, agreed.Protocol) ? 0 : 1;
        }

        Assert.Equal(0, due);
    }
}
