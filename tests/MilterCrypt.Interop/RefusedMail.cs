using MilterCrypt.Interop.Rigs;

namespace MilterCrypt.Interop;

/// <summary>What the sender of mail that can't be protected gets to see, and that nothing of it is delivered.</summary>
public abstract class RefusedMail(MailRig rig)
{
    [Fact]
    public async Task ARecipientWithoutAKeyIsRefusedAtRcptAndTheOthersGetTheMessage()
    {
        rig.Require();
        var letter = Letter.Plain();
        var outcome = await rig.SendAsync([People.Keyless, rig.People.Bob.Address], letter.Bytes);

        Assert.Equal(550, outcome.Recipients[0].Code);
        Assert.StartsWith("5.7.1 ", outcome.Recipients[0].Text, StringComparison.Ordinal);
        Assert.Contains(People.Keyless, outcome.Recipients[0].Text, StringComparison.Ordinal);
        Assert.True(outcome.IsTaken);
        var delivered = await rig.Sink.WaitForAsync(letter.Mark);
        Assert.Equal([rig.People.Bob.Address], delivered.Recipients);
        Assert.Equal(letter.Body, (await OpenedMessage.OpenAsync(delivered, rig.People.Bob)).Body);
    }

    [Fact]
    public async Task ARecipientWithAnExpiredKeyIsRefusedAtRcptAndTheSenderIsToldSo()
    {
        rig.Require();
        var answer = Assert.Single((await rig.SendAsync([rig.People.Dora.Address], Letter.Plain().Bytes)).Recipients);
        Assert.Equal(550, answer.Code);
        Assert.Contains("expired", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhereTheRuleSaysDeferTheRecipientGetsA4xx()
    {
        rig.Require();
        var answer = Assert.Single((await rig.SendAsync(["nobody@later.example"], Letter.Plain().Bytes)).Recipients);
        Assert.Equal(450, answer.Code);
        Assert.StartsWith("4.7.1 ", answer.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("anyone@clear.example")]
    [InlineData("nobody@maybe.example")]
    public async Task ARecipientWhoNeedsAnotherFormIsAskedForSeparately(string inClear)
    {
        rig.Require();
        var letter = Letter.Plain();
        var outcome = await rig.SendAsync([rig.People.Bob.Address, inClear], letter.Bytes);

        Assert.Equal(452, outcome.Recipients[1].Code);
        Assert.StartsWith("4.5.3 ", outcome.Recipients[1].Text, StringComparison.Ordinal);
        var delivered = await rig.Sink.WaitForAsync(letter.Mark);
        Assert.Equal([rig.People.Bob.Address], delivered.Recipients);
        Assert.False(delivered.Contains(Letter.Secret));
    }

    [Fact]
    public async Task TheSendmailCommandsMailToSomebodyWithoutAKeyBouncesAndIsNotDelivered()
    {
        rig.Require();
        var letter = Letter.Plain();
        await rig.Server.SubmitAsync(
            Letter.Sender, [People.Keyless], letter.BytesWithBareLf, TestContext.Current.CancellationToken);

        var bounce = await rig.Sink.WaitForBounceAsync(letter.Mark);
        Assert.Equal([Letter.Sender], bounce.Recipients);
        Assert.True(bounce.Contains(People.Keyless), "the bounce does not name the recipient");
        Assert.True(bounce.Contains("5.7.1"), "the bounce does not say why");
        await rig.SettleAsync();
        Assert.DoesNotContain(rig.Sink.Messages, message => message.Recipients.Contains(People.Keyless));
    }

    [Fact]
    public async Task OneKeylessRecipientOfTheSendmailCommandsMailDoesNotOpenItForTheOthers()
    {
        rig.Require();
        var letter = Letter.Plain();
        await rig.Server.SubmitAsync(
            Letter.Sender, [rig.People.Bob.Address, People.Keyless], letter.BytesWithBareLf, TestContext.Current.CancellationToken);

        // Postfix can only refuse such a message as a whole; Sendmail's submission program asks for each recipient.
        var bounce = await rig.Sink.WaitForBounceAsync(letter.Mark);
        Assert.True(bounce.Contains(People.Keyless), "the bounce does not name the recipient");
        await rig.SettleAsync();
        Assert.DoesNotContain(rig.Sink.Messages, message => message.Recipients.Contains(People.Keyless));
        Assert.DoesNotContain(rig.Sink.With(letter.Mark), message => message.Sender != "" && message.Contains(Letter.Secret));
    }

    [Fact]
    public async Task AMessageRefusedMidwayLeavesTheConnectionUsable()
    {
        rig.Require();
        await using var conversation = await rig.BeginAsync();
        for (int i = 0; i < 5; i++)
        {
            Assert.Equal(550, (await conversation.SendAsync(Letter.Sender, [People.Keyless], [])).Last.Code);
            await conversation.CommandAsync("RSET");
        }

        var letter = Letter.Plain();
        Assert.True((await conversation.SendAsync(Letter.Sender, [rig.People.Bob.Address], letter.Bytes)).IsTaken);
        Assert.False((await rig.Sink.WaitForAsync(letter.Mark)).Contains(Letter.Secret));
    }
}

[Collection(typeof(WithPostfixOverUnix))]
public sealed class MailRefusedByPostfixOverUnix(PostfixOverUnix rig) : RefusedMail(rig);

[Collection(typeof(WithPostfixOverTcp))]
public sealed class MailRefusedByPostfixOverTcp(PostfixOverTcp rig) : RefusedMail(rig);

[Collection(typeof(WithSendmailOverUnix))]
public sealed class MailRefusedBySendmailOverUnix(SendmailOverUnix rig) : RefusedMail(rig);

[Collection(typeof(WithSendmailOverTcp))]
public sealed class MailRefusedBySendmailOverTcp(SendmailOverTcp rig) : RefusedMail(rig);
