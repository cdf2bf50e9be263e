using MilterCrypt.Interop.Rigs;
using MilterCrypt.TestSupport;
using MilterCrypt.TestSupport.Mta;

namespace MilterCrypt.Interop;

/// <summary>The daemon is told to stop while a message is on its way through a Postfix that would let it pass if its filter
/// failed: the message is finished, or its client is told to try again. What it must not be is lost, halved, or in clear.</summary>
public sealed class StoppingDaemon(CarelessPostfix rig) : IClassFixture<CarelessPostfix>
{
    [Theory]
    [InlineData("RCPT", false, 'R', 1)]
    [InlineData("the first header field", false, 'L', 1)]
    [InlineData("end of header", false, 'N', 1)]
    [InlineData("the middle of the body", false, 'B', 20)]
    [InlineData("end of message", false, 'E', 1)]
    [InlineData("the first edit of the header", true, 'm', 1)]
    [InlineData("the middle of the new body", true, 'b', 20)]
    public async Task AMessageUnderWayIsFinishedOrDeferred(string stage, bool fromFilter, char command, int nth)
    {
        rig.Require();
        await AssertWholeOrDeferredAsync(stage, new MilterMoment(fromFilter, command, nth), () => Task.CompletedTask);
    }

    [Fact]
    public async Task AnMtaThatReadsTheNewBodySlowlyGetsAllOfItThoughTheTimeForStoppingIsOver()
    {
        rig.Require();
        await rig.RestartAsync("\ntimeouts:\n  stop: 1s");
        bool taken = await AssertWholeOrDeferredAsync(
            "the first piece of the new body", new MilterMoment(FromFilter: true, 'b'), () => Task.Delay(TimeSpan.FromSeconds(3)));
        Assert.True(taken, "edits that had begun were not completed");
    }

    /// <summary>Stops the daemon at a moment of a large message, and lets the line go on after a while.</summary>
    /// <returns>Whether the message was taken.</returns>
    private async Task<bool> AssertWholeOrDeferredAsync(string stage, MilterMoment moment, Func<Task> meanwhile)
    {
        var letter = Letter.Large(4_000_000);
        Task<int?>? stopping = null;
        rig.Tap.Arm(moment with { KeepsLine = true }, async () =>
        {
            stopping = rig.Daemon.StopAsync();
            await Patience.UntilAsync(
                () => rig.Daemon.Log.Contains("stopping: finishing what is under way", StringComparison.Ordinal),
                () => "the daemon does not stop: " + rig.Daemon.Log);
            await meanwhile();
        });
        try
        {
            SmtpOutcome outcome;
            await using (var conversation = await rig.BeginAsync())
                outcome = await conversation.SendAsync(Letter.Sender, [rig.Bob.Address], letter.Bytes);
            Assert.True(rig.Tap.HasFired, $"Postfix did not come to {stage}");
            Assert.True(outcome.IsTaken || outcome.Last.Code is >= 400 and < 500, $"stopped at {stage}, the client was told {outcome.Last}");
            Assert.Equal(0, await stopping!);
            if (outcome.IsTaken)
                await rig.AssertDeliveredAsync(letter);
            await rig.SettleAsync();
            Assert.Equal(outcome.IsTaken ? 1 : 0, rig.Sink.With(letter.Mark).Count);
            return outcome.IsTaken;
        }
        finally
        {
            rig.Tap.Disarm();
            await rig.RestartAsync();
        }
    }
}
