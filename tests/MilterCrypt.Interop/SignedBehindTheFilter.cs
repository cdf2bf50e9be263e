using MilterCrypt.Interop.Rigs;
using MilterCrypt.TestSupport.Mta;

namespace MilterCrypt.Interop;

/// <summary>A DKIM signer behind the filter, by postfix-examples/split: it signs what leaves, each form of a message that is split, and
/// nothing twice.</summary>
public sealed class SignedBehindTheFilter(SigningBehindPostfix rig) : IClassFixture<SigningBehindPostfix>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task EachFormOfASplitMessageBearsASignatureThatHolds()
    {
        rig.Require();
        var letter = Letter.WithAttachment();
        int before = rig.HandingBack.Carried.Count;
        Assert.True((await rig.SendAsync([rig.People.Bob.Address, "anna@clear.example"], letter.Bytes, "BODY=8BITMIME")).IsTakenForAll);
        await rig.SettleAsync();

        var delivered = rig.Sink.With(letter.Mark);
        Assert.Equal(before + 2, rig.HandingBack.Carried.Count);
        Assert.Equal(["anna@clear.example", rig.People.Bob.Address], delivered.Select(message => Assert.Single(message.Recipients)).Order());
        foreach (var message in delivered)
            Assert.True(await rig.Signer.HasSignedAsync(message, Ct), message.HeaderText);
        Assert.Equal(2, delivered.SelectMany(message => message.Field("DKIM-Signature")).Distinct().Count());

        var encrypted = delivered.Single(message => message.Recipients.Contains(rig.People.Bob.Address));
        Assert.Equal(letter.Body, (await OpenedMessage.OpenAsync(encrypted, rig.People.Bob)).Body);
    }

    [Fact]
    public async Task WhatIsEncryptedForAllIsSignedAsItLeaves()
    {
        rig.Require();
        var letter = Letter.Plain();
        int before = rig.HandingBack.Carried.Count;
        Assert.True((await rig.SendAsync([rig.People.Bob.Address, rig.People.Carol.Address], letter.Bytes)).IsTakenForAll);
        var delivered = await rig.Sink.WaitForAsync(letter.Mark);
        Assert.Equal(before, rig.HandingBack.Carried.Count);
        Assert.False(delivered.Contains(Letter.Secret));
        Assert.True(await rig.Signer.HasSignedAsync(delivered, Ct), delivered.HeaderText);
    }

    [Fact]
    public async Task ASignatureOverAnotherContentDoesNotHold()
    {
        rig.Require();
        var letter = Letter.Plain();
        Assert.True((await rig.SendAsync(["anna@clear.example"], letter.Bytes)).IsTakenForAll);
        var delivered = await rig.Sink.WaitForAsync(letter.Mark);
        Assert.True(await rig.Signer.HasSignedAsync(delivered, Ct), delivered.HeaderText);
        byte[] changed = [.. delivered.Data];
        changed[^5] ^= 1;
        Assert.False(await rig.Signer.HasSignedAsync(new SinkMessage(delivered.MailCommand, delivered.RcptCommands, changed), Ct));
    }
}
