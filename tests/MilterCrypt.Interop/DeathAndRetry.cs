using MilterCrypt.Interop.Rigs;
using MilterCrypt.TestSupport;
using MilterCrypt.TestSupport.Mta;

namespace MilterCrypt.Interop;

/// <summary>A client's message during which the daemon is killed, and what that client does then: it tries again.</summary>
internal static class DeathAndRetry
{
    /// <summary>Kills the daemon at <paramref name="moment"/> of a large message: the client is told to try again and nothing is
    /// delivered; its next try is delivered once, and each recipient can open it.</summary>
    /// <param name="stage">The moment's name, for what a failure says.</param>
    /// <param name="recipients">Asked for once it is known that the rig has them.</param>
    public static async Task AssertDeliveredOnceAtTheNextTryAsync(
        this TappedRig rig, string stage, MilterMoment moment, Func<TappedRig, Correspondent[]> recipients)
    {
        rig.Require();
        var readers = recipients(rig);
        string[] addresses = [.. readers.Select(reader => reader.Address).Order(StringComparer.Ordinal)];

        // Several pieces of 64 KiB, so that there is a middle of it.
        var letter = Letter.Large(2_000_000);
        rig.Tap.Arm(moment, rig.Daemon.KillAsync);
        try
        {
            await using (var conversation = await rig.BeginAsync())
            {
                var outcome = await conversation.SendAsync(Letter.Sender, addresses, letter.Bytes);
                Assert.True(rig.Tap.HasFired, $"{rig.Server.Name} did not come to {stage}");
                Assert.True(outcome.Last.IsTemporary, $"killed at {stage}, the client was told {outcome.Last}");
            }

            await rig.SettleAsync();
            Assert.Empty(rig.Sink.With(letter.Mark));
        }
        finally
        {
            rig.Tap.Disarm();
            await rig.Daemon.KillAsync();
            await rig.Daemon.StartAsync();
        }

        await using (var again = await rig.BeginAsync())
            Assert.True((await again.SendAsync(Letter.Sender, addresses, letter.Bytes)).IsTakenForAll);
        var delivered = await rig.Sink.WaitForAsync(letter.Mark);
        Assert.Equal(addresses, delivered.Recipients.Order(StringComparer.Ordinal));   // Sendmail has an order of its own
        Assert.False(delivered.Contains(Letter.Secret));
        foreach (var reader in readers)
            Assert.Equal(letter.Body, (await OpenedMessage.OpenAsync(delivered, reader)).Body);
        await rig.SettleAsync();
        Assert.Single(rig.Sink.With(letter.Mark));
    }
}
