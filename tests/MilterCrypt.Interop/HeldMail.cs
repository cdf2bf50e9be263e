using MilterCrypt.Interop.Rigs;
using MilterCrypt.TestSupport;
using MilterCrypt.TestSupport.Mta;

namespace MilterCrypt.Interop;

/// <summary>Mail through a real Postfix to somebody who has no key yet: taken, held as ciphertext, and delivered once there is one.</summary>
public sealed class HeldMail(HoldingRig rig) : IClassFixture<HoldingRig>
{
    [Fact]
    public async Task MailToWhomThereIsNoKeyIsHeldAndDeliveredEncryptedOnceThereIsOne()
    {
        rig.Require();
        await using var late = await Correspondent.AppearAsync("late@nokey.example", "default");
        var letter = Letter.WithAttachment();
        Assert.True((await rig.SendAsync([late.Address], letter.Bytes, "BODY=8BITMIME")).IsTakenForAll);
        await rig.SettleAsync();
        Assert.Empty(rig.Sink.With(letter.Mark));
        // The log's line may come after the client's answer.
        await Patience.UntilAsync(
            () => rig.Daemon.Log.Contains("outcome=held, reason=no key", StringComparison.Ordinal), () => "the log has no line of it: " + rig.Daemon.Log);

        string file = Assert.Single(Directory.GetFiles(rig.HeldDirectory), path => !Path.GetFileName(path).StartsWith('.'));
        string id = Path.GetFileName(file);
        foreach (string any in Directory.GetFiles(rig.HeldDirectory))
        {
            string text = System.Text.Encoding.Latin1.GetString(await File.ReadAllBytesAsync(any, TestContext.Current.CancellationToken));
            Assert.DoesNotContain(Letter.Secret, text, StringComparison.Ordinal);
            Assert.DoesNotContain("Subject", text, StringComparison.Ordinal);
        }
        string listed = (await rig.HeldAsync("list")).OrThrow().OutputText;
        Assert.Contains($"{id}  ", listed, StringComparison.Ordinal);
        Assert.Contains($"<{late.Address}>: no key", listed, StringComparison.Ordinal);
        var early = await rig.HeldAsync("release", id);
        Assert.Equal((1, $"{id}: still held for <{late.Address}>: no key\n"), (early.ExitCode, early.OutputText));

        await rig.Daemon.ImportKeysAsync(late.PublicKey, TestContext.Current.CancellationToken);
        Assert.Contains("can go (openpgp)", (await rig.HeldAsync("list")).OrThrow().OutputText, StringComparison.Ordinal);
        string released = (await rig.HeldAsync("release", "--all-ready")).OrThrow().OutputText;
        Assert.Contains($"{id}: sent to <{late.Address}> as ", released, StringComparison.Ordinal);
        Assert.Matches($"key-use: operation=open, .*message={id}, for=release, .*outcome=done", released);

        var delivered = await rig.Sink.WaitForAsync(letter.Mark);
        Assert.Equal([late.Address], delivered.Recipients);
        Assert.False(delivered.Contains(Letter.Secret));
        Assert.Equal(letter.Body, (await OpenedMessage.OpenAsync(delivered, late)).Body);
        Assert.False(File.Exists(file));
        Assert.Equal("", (await rig.HeldAsync("list")).OrThrow().OutputText);
        (await rig.HeldAsync("release", "--all-ready")).OrThrow();
        await rig.SettleAsync();
        Assert.Single(rig.Sink.With(letter.Mark));
    }

    [Fact]
    public async Task WhoHasAKeyGetsItsFormAtOnceAndWhoHasNoneLater()
    {
        rig.Require();
        var letter = Letter.Plain();
        Assert.True((await rig.SendAsync([rig.People.Bob.Address, "never@nokey.example"], letter.Bytes)).IsTakenForAll);
        var delivered = await rig.Sink.WaitForAsync(letter.Mark);
        Assert.Equal([rig.People.Bob.Address], delivered.Recipients);
        Assert.Equal(letter.Body, (await OpenedMessage.OpenAsync(delivered, rig.People.Bob)).Body);

        string id = (await rig.HeldAsync("list")).OrThrow().OutputText.Split(' ')[0];
        Assert.Contains("for:      <never@nokey.example> since no key", (await rig.HeldAsync("show", id)).OrThrow().OutputText, StringComparison.Ordinal);
        var discarded = (await rig.HeldAsync("discard", "--yes", "--tell-sender", id)).OrThrow();
        Assert.EndsWith("deleted: 1\n", discarded.OutputText, StringComparison.Ordinal);
        Assert.Equal("", (await rig.HeldAsync("list")).OrThrow().OutputText);
        SinkMessage? notice = null;
        await Patience.UntilAsync(
            () => (notice = rig.Sink.Messages.FirstOrDefault(message => message.Recipients.Contains(Letter.Sender))) is not null, () => "the sender is not told");
        Assert.True(notice!.Contains("<never@nokey.example>"));
        Assert.True(notice.Contains("Auto-Submitted: auto-replied"));
    }
}
