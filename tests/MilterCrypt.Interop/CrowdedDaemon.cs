using MilterCrypt.Interop.Rigs;
using MilterCrypt.TestSupport;

namespace MilterCrypt.Interop;

/// <summary>More SMTP sessions than the daemon has places for: their mail waits at the sender. A connection that was closed in
/// place of an answer would leave the mail to what the server does when its filter fails.</summary>
public abstract class CrowdedDaemon(TappedRig rig)
{
    [Fact]
    public async Task MailForWhichThereIsNoRoomIsDeferredAndTakenWhenThereIs()
    {
        rig.Require();
        await rig.RestartAsync("\nlimits:\n  connections: 1");
        try
        {
            var letter = Letter.Plain();
            await using (var first = await rig.BeginAsync())
            {
                await using var second = await rig.BeginAsync();
                // The connection that asked whether the daemon is up may still have the place.
                await Patience.UntilAsync(
                    async () => (await first.CommandAsync($"MAIL FROM:<{Letter.Sender}>")).Code == 250,
                    () => "the first is never served: " + rig.Daemon.Log);
                var deferred = await second.SendAsync(Letter.Sender, [rig.Bob.Address], letter.Bytes);
                Assert.Equal((451, "4.3.2 Mail filter is busy, please try again later"), (deferred.Last.Code, deferred.Last.Text));
                await first.CommandAsync("QUIT");

                // The place is free now, and the second connection gets it.
                await Patience.UntilAsync(
                    async () => (await second.SendAsync(Letter.Sender, [rig.Bob.Address], letter.Bytes)).IsTaken,
                    () => "the second is never served: " + rig.Daemon.Log);
            }

            await rig.AssertDeliveredAsync(letter);
        }
        finally
        {
            await rig.RestartAsync();
        }
    }
}

public sealed class CrowdedDaemonUnderCarelessPostfix(CarelessPostfix rig) : CrowdedDaemon(rig), IClassFixture<CarelessPostfix>;

public sealed class CrowdedDaemonUnderSendmail(TappedSendmail rig) : CrowdedDaemon(rig), IClassFixture<TappedSendmail>;
