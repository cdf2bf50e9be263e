using MilterCrypt.Interop.Rigs;

namespace MilterCrypt.Interop;

/// <summary>Recipients whom Postfix sends mail to in another domain than RCPT named: rules for that other domain decide.</summary>
public sealed class DisguisedRecipients(PostfixThatRewrites rig) : IClassFixture<PostfixThatRewrites>
{
    // In each case smtpd says {rcpt_addr} = bob@partner.example to its filters (Postfix 3.7), and RCPT what stands here.
    [Theory]
    [InlineData("bob%partner.example@" + PostfixThatRewrites.OwnName)]
    [InlineData("\"bob@partner.example\"@" + PostfixThatRewrites.OwnName)]
    [InlineData("bob")]
    public async Task AnAddressInDisguiseDoesNotLeaveInClear(string disguised)
    {
        rig.Require();
        var letter = Letter.Plain();
        if ((await rig.SendAsync([disguised], letter.Bytes)).IsTaken)
            await AssertOnlyBobReadsAsync(letter);
        else
            await AssertNotDeliveredAsync(letter);
    }

    // Of the sendmail command's mail Postfix's cleanup tells completed addresses ("bob" as bob@partner.example) ...
    [Fact]
    public async Task AnAddressWithoutADomainFromTheSendmailCommandDoesNotLeaveInClear()
    {
        rig.Require();
        var letter = Letter.Plain();
        await rig.Server.SubmitAsync(Letter.Sender, ["bob"], letter.BytesWithBareLf, TestContext.Current.CancellationToken);
        await AssertOnlyBobReadsAsync(letter);
    }

    // ... but not resolved ones: these stand in {rcpt_addr} as they were given, and Postfix sends them to partner.example.
    [Theory]
    [InlineData("bob%partner.example@" + PostfixThatRewrites.OwnName)]
    [InlineData("\"bob@partner.example\"@" + PostfixThatRewrites.OwnName)]
    public async Task AnAddressThatMayBeRoutedOnIsRefusedFromTheSendmailCommand(string disguised)
    {
        rig.Require();
        var letter = Letter.Plain();
        await rig.Server.SubmitAsync(Letter.Sender, [disguised], letter.BytesWithBareLf, TestContext.Current.CancellationToken);
        await AssertNotDeliveredAsync(letter);
    }

    private async Task AssertOnlyBobReadsAsync(Letter letter)
    {
        await rig.AssertReadableAsync(letter, rig.People.Bob);
        Assert.Equal([rig.People.Bob.Address], (await rig.Sink.WaitForAsync(letter.Mark)).Recipients);
    }

    private async Task AssertNotDeliveredAsync(Letter letter)
    {
        await rig.SettleAsync();
        Assert.Empty(rig.Sink.With(letter.Mark));
    }
}
