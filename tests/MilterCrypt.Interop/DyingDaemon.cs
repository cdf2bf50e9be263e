using MilterCrypt.Interop.Rigs;
using MilterCrypt.TestSupport;
using MilterCrypt.TestSupport.Mta;

namespace MilterCrypt.Interop;

/// <summary>The daemon is killed, with no chance to say a word, at each stage of a message: the client must be told to try again,
/// nothing may be delivered, and the client's next try must be delivered once.</summary>
public abstract class DyingDaemon(TappedRig rig)
{
    /// <summary>Every packet that a mail server sends for a message, and the filter's answers from its first edit on.</summary>
    public static TheoryData<string, bool, char, int> Stages => new()
    {
        { "negotiation", false, 'O', 1 },
        { "connect", false, 'C', 1 },
        { "HELO", false, 'H', 1 },
        { "MAIL", false, 'M', 1 },
        { "RCPT", false, 'R', 1 },
        { "the answer to RCPT", true, 'c', 3 },
        { "the first header field", false, 'L', 1 },
        { "a later header field", false, 'L', 4 },
        { "end of header", false, 'N', 1 },
        { "the first piece of the body", false, 'B', 1 },
        { "the middle of the body", false, 'B', 20 },
        { "end of message", false, 'E', 1 },
        { "the first edit of the header", true, 'm', 1 },
        { "the first piece of the new body", true, 'b', 1 },
        { "the middle of the new body", true, 'b', 20 },
    };

    [Theory]
    [MemberData(nameof(Stages))]
    public Task NothingIsDeliveredAndTheNextTryIsDeliveredOnce(string stage, bool fromFilter, char command, int nth) =>
        rig.AssertDeliveredOnceAtTheNextTryAsync(stage, new MilterMoment(fromFilter, command, nth), r => [r.Bob]);

    [Theory]
    [InlineData("the second RCPT", false, 'R', 2)]
    [InlineData("the middle of the new body", true, 'b', 20)]
    public Task NeitherOfTwoRecipientsGetsItTwice(string stage, bool fromFilter, char command, int nth) =>
        rig.AssertDeliveredOnceAtTheNextTryAsync(stage, new MilterMoment(fromFilter, command, nth), r => [r.Bob, r.Carol]);

    [Fact]
    public Task EditsWithoutAVerdictAreNoMessage() =>
        rig.AssertDeliveredOnceAtTheNextTryAsync("the verdict, which was withheld", MilterMoment.VerdictWithheld, r => [r.Bob]);

    [Fact]
    public async Task WhileTheDaemonIsDownMailWaitsAtTheSender()
    {
        rig.Require();
        var letter = Letter.Plain();
        await rig.Daemon.KillAsync();
        try
        {
            await using var conversation = await rig.BeginAsync();
            Assert.True((await conversation.SendAsync(Letter.Sender, [rig.Bob.Address], letter.Bytes)).Last.IsTemporary);
            await rig.SettleAsync();
            Assert.Empty(rig.Sink.With(letter.Mark));
        }
        finally
        {
            await rig.Daemon.StartAsync();
        }
    }

    [Fact]
    public async Task MailOfTheSendmailCommandOutlastsADeadDaemon()
    {
        rig.Require();
        var letter = Letter.Plain();
        var ct = TestContext.Current.CancellationToken;
        await rig.Daemon.KillAsync();
        try
        {
            int calls = rig.Tap.Calls;
            await rig.Server.SubmitAsync(Letter.Sender, [rig.Bob.Address], letter.BytesWithBareLf, ct);
            await Patience.UntilAsync(() => rig.Tap.Calls > calls, () => $"{rig.Server.Name} doesn't try");
            Assert.Empty(rig.Sink.With(letter.Mark));
            Assert.False(rig.Server.QueueIsEmpty, "the message is gone");
        }
        finally
        {
            await rig.Daemon.StartAsync();
        }

        await rig.Server.FlushAsync(ct);
        var delivered = await rig.Sink.WaitForAsync(letter.Mark);
        Assert.Equal(letter.Body, (await OpenedMessage.OpenAsync(delivered, rig.Bob)).Body);
        await rig.SettleAsync();
        Assert.Single(rig.Sink.With(letter.Mark));
    }
}

public sealed class DaemonThatDiesUnderPostfix(TappedPostfix rig) : DyingDaemon(rig), IClassFixture<TappedPostfix>;

/// <summary>The same by TCP, where a connection that breaks looks otherwise to the one who reads.</summary>
public sealed class DaemonThatDiesOverTcp(TappedPostfixOverTcp rig) : IClassFixture<TappedPostfixOverTcp>
{
    [Theory]
    [InlineData("the middle of the body", false, 'B', 20)]
    [InlineData("the middle of the new body", true, 'b', 20)]
    public Task NothingIsDeliveredAndTheNextTryIsDeliveredOnce(string stage, bool fromFilter, char command, int nth) =>
        rig.AssertDeliveredOnceAtTheNextTryAsync(stage, new MilterMoment(fromFilter, command, nth), r => [r.Bob]);
}

public sealed class DaemonThatDiesUnderSendmail(TappedSendmail rig) : DyingDaemon(rig), IClassFixture<TappedSendmail>;
