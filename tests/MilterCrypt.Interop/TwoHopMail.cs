using System.Text;
using System.Text.RegularExpressions;
using MilterCrypt.TestSupport;
using MilterCrypt.TestSupport.Mta;

namespace MilterCrypt.Interop;

/// <summary>What no filter before the queue sees, or sees in time, leaves encrypted all the same, and once.</summary>
public abstract partial class TwoHopMail(TwoHopRig rig)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task MailByTheSmtpAndTheCopyOfItForTheArchive()
    {
        TwoHopRig.Require();
        var letter = Letter.Plain();
        await SendAsync(Letter.Sender, rig.Bob.Address, letter);
        await AssertLeftOnceAsync(letter.Mark, rig.Bob.Address, rig.Archive.Address);
        Assert.Equal(letter.Body, (await OpenedMessage.OpenAsync(rig.Sink.With(letter.Mark).Single(copy => copy.Recipients.Contains(rig.Bob.Address)), rig.Bob)).Body);
    }

    [Fact]
    public async Task MailByTheSendmailCommand()
    {
        TwoHopRig.Require();
        var letter = Letter.Plain();
        (await rig.Server.SubmitAsync(Letter.Sender, [rig.Bob.Address], letter.BytesWithBareLf, Ct)).OrThrow();
        await AssertLeftOnceAsync(letter.Mark, rig.Bob.Address, rig.Archive.Address);
    }

    [Fact]
    public async Task MailThatAnAliasForwardsToTheOutside()
    {
        TwoHopRig.Require();
        var letter = Letter.Plain();
        await SendAsync(Letter.Sender, TwoHopRig.Forwarded, letter);
        await AssertLeftOnceAsync(letter.Mark, rig.Bob.Address, rig.Archive.Address);
    }

    [Fact]
    public async Task MailThatIsReleasedFromHold()
    {
        TwoHopRig.Require();
        var letter = Letter.Plain();
        await SendAsync(Letter.Sender, TwoHopRig.Held, letter);
        await rig.Server.ReleaseAsync(Ct);
        await AssertLeftOnceAsync(letter.Mark, rig.Bob.Address, rig.Archive.Address);
    }

    [Fact]
    public async Task MailThatIsQueuedAnew()
    {
        TwoHopRig.Require();
        var letter = Letter.Plain();
        rig.Sink.Answer = command => ValueTask.FromResult(command.StartsWith("RCPT", StringComparison.Ordinal) ? "451 4.3.0 later" : null);
        try
        {
            await SendAsync(Letter.Sender, TwoHopRig.Forwarded, letter);
            // Two copies wait behind the second hop.
            await Patience.UntilAsync(() => Later().Count(rig.Server.Log) >= 2, () => rig.Server.Log);
        }
        finally
        {
            rig.Sink.Answer = null;
        }
        await rig.RequeueAsync();
        await rig.SettleAsync();
        var delivered = rig.Sink.With(letter.Mark);
        Assert.Single(delivered, message => message.Recipients.Contains(rig.Bob.Address));
        // Postfix maps addresses again then, always_bcc among them: the archive gets a copy more for each of the two.
        Assert.All(delivered, AssertSealed);
    }

    [Fact]
    public async Task APostfixReportToSomebodyOutside()
    {
        TwoHopRig.Require();
        var letter = Letter.Plain();
        await SendAsync(rig.Bob.Address, TwoHopRig.Unknown, letter);
        await rig.SettleAsync();
        var report = Assert.Single(rig.Sink.Messages, message => message.Sender == "" && message.Recipients.Contains(rig.Bob.Address));
        AssertSealed(report);
        var opened = await OpenedMessage.OpenAsync(report, rig.Bob);
        Assert.Contains(letter.Mark, Encoding.Latin1.GetString(opened.Body), StringComparison.Ordinal);
    }

    /// <summary>Each of the recipients got it, in one message each or together, none twice, none in clear, all by the second hop.</summary>
    private async Task AssertLeftOnceAsync(string mark, params string[] recipients)
    {
        await rig.SettleAsync();
        var delivered = rig.Sink.With(mark);
        Assert.Equal(recipients.Order(), delivered.SelectMany(message => message.Recipients).Order());
        foreach (var message in delivered)
            AssertSealed(message);
    }

    private void AssertSealed(SinkMessage message)
    {
        Assert.False(message.Contains(Letter.Secret), "the secret left in clear");
        OpenedMessage.Ciphertext(message);
        // Whatever Postfix handed to the next hop had come to it by the second hop.
        string log = rig.Server.Log;
        var bySecondHop = TakenBySecondHop().Matches(log).Select(match => match.Groups[1].Value).ToHashSet();
        var left = new Regex($@"postfix/smtp\[\d+\]: (\w+): to=<[^>]*>.*relay=127\.0\.0\.1\[127\.0\.0\.1\]:{rig.Sink.Port},").Matches(log);
        Assert.NotEmpty(left);
        Assert.All(left, match => Assert.Contains(match.Groups[1].Value, bySecondHop));
    }

    private async Task SendAsync(string sender, string recipient, Letter letter)
    {
        await using var conversation = await SmtpConversation.BeginAsync(rig.Server.SmtpPort, Ct);
        var outcome = await conversation.SendAsync(sender, [recipient], letter.Bytes);
        Assert.True(outcome.IsTakenForAll, outcome.Last.Text);
    }

    [GeneratedRegex(@"postfix/smtp\[\d+\]: \w+: to=<[^>]*>.*status=deferred")]
    private static partial Regex Later();

    [GeneratedRegex(@"postfix/egress/smtpd\[\d+\]: (\w+): client=")]
    private static partial Regex TakenBySecondHop();
}

public sealed class TwoHopMailThroughBoth(BothHops rig) : TwoHopMail(rig), IClassFixture<BothHops>;

public sealed class TwoHopMailThroughTheSecondAlone(SecondHopAlone rig) : TwoHopMail(rig), IClassFixture<SecondHopAlone>;
