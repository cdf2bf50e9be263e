using System.Text;
using MilterCrypt.Interop.Rigs;
using MilterCrypt.TestSupport;

namespace MilterCrypt.Interop;

/// <summary>What leaves a real mail server that MilterCrypt stands before, when all recipients have keys.</summary>
public abstract class DeliveredMail(MailRig rig)
{
    [Fact]
    public async Task AMessageWithAnAttachmentIsOpenedByItsRecipientAsItWasSent()
    {
        rig.Require();
        var letter = Letter.WithAttachment();
        var outcome = await rig.SendAsync([rig.People.Bob.Address], letter.Bytes, "BODY=8BITMIME");
        Assert.True(outcome.IsTakenForAll, outcome.Last.Text);

        await rig.AssertReadableAsync(letter, rig.People.Bob);
    }

    [Fact]
    public async Task EachOfSeveralRecipientsCanOpenTheMessage()
    {
        rig.Require();
        var letter = Letter.Plain();
        Assert.True((await rig.SendAsync([rig.People.Bob.Address, rig.People.Carol.Address], letter.Bytes)).IsTakenForAll);

        await rig.AssertReadableAsync(letter, rig.People.Bob, rig.People.Carol);
    }

    [Fact]
    public async Task EightBitTextWithoutAnyMimeFieldSurvives()
    {
        rig.Require();
        var letter = Letter.EightBitWithoutMime();
        Assert.True((await rig.SendAsync([rig.People.Carol.Address], letter.Bytes, "BODY=8BITMIME")).IsTakenForAll);

        var delivered = await rig.Sink.WaitForAsync(letter.Mark);
        Assert.Equal(letter.Body, (await OpenedMessage.OpenAsync(delivered, rig.People.Carol)).Body);
    }

    [Fact]
    public async Task MessagesOnOneConnectionDoNotMixUp()
    {
        rig.Require();
        Letter first = Letter.Plain(), clear = Letter.Plain(), dropped = Letter.Plain(), refused = Letter.Plain(), last = Letter.WithAttachment();
        await using var conversation = await rig.BeginAsync();
        Assert.True((await conversation.SendAsync(Letter.Sender, [rig.People.Bob.Address], first.Bytes)).IsTakenForAll);
        Assert.True((await conversation.SendAsync(Letter.Sender, ["anyone@clear.example"], clear.Bytes)).IsTakenForAll);
        await conversation.CommandAsync($"MAIL FROM:<{Letter.Sender}>");
        await conversation.CommandAsync($"RCPT TO:<{rig.People.Carol.Address}>");
        Assert.True((await conversation.CommandAsync("RSET")).IsSuccess);
        Assert.True((await conversation.SendAsync(Letter.Sender, [People.Keyless], refused.Bytes)).Last.IsPermanent);
        await conversation.CommandAsync("RSET");
        Assert.True((await conversation.SendAsync(Letter.Sender, [rig.People.Bob.Address], last.Bytes, "BODY=8BITMIME")).IsTakenForAll);
        Assert.Equal(221, (await conversation.CommandAsync("QUIT")).Code);

        await rig.AssertReadableAsync(first, rig.People.Bob);
        await rig.AssertReadableAsync(last, rig.People.Bob);
        Assert.Equal(clear.Body, (await rig.Sink.WaitForAsync(clear.Mark)).Body);
        await rig.SettleAsync();
        Assert.Empty(rig.Sink.With(dropped.Mark));
        Assert.Empty(rig.Sink.With(refused.Mark));
        Assert.Single(rig.Sink.With(last.Mark));
    }

    [Fact]
    public async Task PipelinedCommandsAreAnsweredInOrder()
    {
        rig.Require();
        var letter = Letter.Plain();
        await using var conversation = await rig.BeginAsync();
        await conversation.WriteAsync(Encoding.UTF8.GetBytes(
            $"MAIL FROM:<{Letter.Sender}>\r\nRCPT TO:<{rig.People.Bob.Address}>\r\nRCPT TO:<{People.Keyless}>\r\nDATA\r\n"));
        Assert.Equal(250, (await conversation.ReadAnswerAsync()).Code);
        Assert.Equal(250, (await conversation.ReadAnswerAsync()).Code);
        Assert.Equal(550, (await conversation.ReadAnswerAsync()).Code);
        Assert.Equal(354, (await conversation.ReadAnswerAsync()).Code);
        Assert.True((await conversation.SendDataAsync(letter.Bytes)).IsSuccess);

        await rig.AssertReadableAsync(letter, rig.People.Bob);
        Assert.Equal([rig.People.Bob.Address], (await rig.Sink.WaitForAsync(letter.Mark)).Recipients);
    }

    [Fact]
    public async Task MailFromTheSendmailCommandIsEncrypted()
    {
        rig.Require();
        var letter = Letter.WithAttachment();
        string[] recipients = [rig.People.Bob.Address, rig.People.Carol.Address];
        var result = await rig.Server.SubmitAsync(
            Letter.Sender, recipients, letter.BytesWithBareLf, TestContext.Current.CancellationToken);
        Assert.Equal(0, result.ExitCode);

        var delivered = await rig.Sink.WaitForAsync(letter.Mark);
        Assert.Equal(recipients, delivered.Recipients);
        foreach (var reader in (Correspondent[])[rig.People.Bob, rig.People.Carol])
            Assert.Equal(letter.Body, (await OpenedMessage.OpenAsync(delivered, reader)).Body);
    }

    [Fact]
    public async Task ThirtyMegabytesArriveWhole()
    {
        rig.Require();
        var letter = Letter.Large(30_000_000);
        var outcome = await rig.SendAsync([rig.People.Bob.Address], letter.Bytes);
        Assert.True(outcome.IsTakenForAll, outcome.Last.Text);

        var delivered = await rig.Sink.WaitForAsync(letter.Mark);
        Assert.False(delivered.Contains(Letter.Secret));
        var opened = await rig.People.Bob.OpenAsync(OpenedMessage.Ciphertext(delivered));
        Assert.True(opened.AsSpan().EndsWith(letter.Body), "the body is not what was sent");
    }

    [Fact]
    public async Task WhereEncryptionIsOptionalSomebodyWithoutAKeyGetsTheMessageAsItWas()
    {
        rig.Require();
        var letter = Letter.Plain();
        Assert.True((await rig.SendAsync(["nobody@maybe.example"], letter.Bytes)).IsTakenForAll);
        Assert.Equal(letter.Body, (await rig.Sink.WaitForAsync(letter.Mark)).Body);
    }
}

[Collection(typeof(WithPostfixOverUnix))]
public sealed class MailDeliveredByPostfixOverUnix(PostfixOverUnix rig) : DeliveredMail(rig);

[Collection(typeof(WithPostfixOverTcp))]
public sealed class MailDeliveredByPostfixOverTcp(PostfixOverTcp rig) : DeliveredMail(rig);

[Collection(typeof(WithSendmailOverUnix))]
public sealed class MailDeliveredBySendmailOverUnix(SendmailOverUnix rig) : DeliveredMail(rig);

[Collection(typeof(WithSendmailOverTcp))]
public sealed class MailDeliveredBySendmailOverTcp(SendmailOverTcp rig) : DeliveredMail(rig);
