using MilterCrypt.Interop.Rigs;
using MilterCrypt.TestSupport;

namespace MilterCrypt.Interop;

/// <summary>What an administrator does to a daemon that real mail passes through.</summary>
[Collection(typeof(WithPostfixOverUnix))]
public sealed class DaemonLife(PostfixOverUnix rig)
{
    [Fact]
    public async Task ReloadingChangesTheRulesForTheNextMessage()
    {
        rig.Require();
        const string sender = Letter.Sender, stranger = "anyone@reloaded.example";
        await using var conversation = await rig.BeginAsync();
        Assert.Equal(550, (await conversation.SendAsync(sender, [stranger], Letter.Plain().Bytes)).Last.Code);
        await conversation.CommandAsync("RSET");

        rig.Daemon.Configure("  - encrypt: never\n");
        try
        {
            await rig.Daemon.ReloadAsync();
            // The same connection goes on.
            Assert.True((await conversation.SendAsync(sender, [stranger], Letter.Plain().Bytes)).IsTaken);
        }
        finally
        {
            await RestoreRulesAsync();
        }
    }

    [Fact]
    public async Task ABadConfigurationFileLeavesTheOldRulesInForce()
    {
        rig.Require();
        rig.Daemon.Configure("  - encrypt: sometimes\n");
        try
        {
            await rig.Daemon.ReloadAsync();
            await Patience.UntilAsync(() => rig.Daemon.Log.Contains("sometimes", StringComparison.Ordinal), () => rig.Daemon.Log);
            var letter = Letter.Plain();
            Assert.True((await rig.SendAsync([rig.People.Bob.Address], letter.Bytes)).IsTaken);
            Assert.False((await rig.Sink.WaitForAsync(letter.Mark)).Contains(Letter.Secret));
            Assert.Equal(550, (await rig.SendAsync([People.Keyless], letter.Bytes)).Last.Code);
        }
        finally
        {
            await RestoreRulesAsync();
        }
    }

    [Fact]
    public async Task AMessageUnderWayIsFinishedBeforeTheDaemonStops()
    {
        rig.Require();
        var letter = Letter.Large(1_000_000);
        await using (var conversation = await rig.BeginAsync())
        {
            await conversation.CommandAsync($"MAIL FROM:<{Letter.Sender}>");
            await conversation.CommandAsync($"RCPT TO:<{rig.People.Bob.Address}>");
            await conversation.CommandAsync("DATA");
            var stopping = rig.Daemon.StopAsync();
            var end = await conversation.SendDataAsync(letter.Bytes);
            Assert.Equal(0, await stopping);
            // Finished, or told to come again: what it must not be is lost, halved, or in clear.
            Assert.True(end.IsSuccess || end.IsTemporary, $"{end}");
            await rig.SettleAsync();
            Assert.Equal(end.IsSuccess ? 1 : 0, rig.Sink.With(letter.Mark).Count);
            Assert.DoesNotContain(rig.Sink.With(letter.Mark), delivered => delivered.Contains(Letter.Secret));
        }

        await rig.Daemon.StartAsync();
        var next = Letter.Plain();
        Assert.True((await rig.SendAsync([rig.People.Bob.Address], next.Bytes)).IsTaken);
        await rig.Sink.WaitForAsync(next.Mark);
    }

    [Fact]
    public async Task AKeyImportedWhileItRunsIsUsedWithoutARestart()
    {
        rig.Require();
        await using var eve = await Correspondent.AppearAsync($"eve-{Guid.NewGuid():N}@partner.example", "future-default");
        Assert.Equal(550, (await rig.SendAsync([eve.Address], Letter.Plain().Bytes)).Last.Code);

        await rig.Daemon.ImportKeysAsync(eve.PublicKey, TestContext.Current.CancellationToken);
        var letter = Letter.Plain();
        await Patience.UntilAsync(
            async () => (await rig.SendAsync([eve.Address], letter.Bytes)).IsTaken,
            () => "the new key is not seen");
        Assert.Equal(letter.Body, (await OpenedMessage.OpenAsync(await rig.Sink.WaitForAsync(letter.Mark), eve)).Body);
    }

    private async Task RestoreRulesAsync()
    {
        rig.Daemon.Configure(MailRig.Rules);
        await rig.Daemon.ReloadAsync();
        Assert.Equal(550, (await rig.SendAsync([People.Keyless], [])).Last.Code);
    }
}
