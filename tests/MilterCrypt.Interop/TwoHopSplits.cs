using System.Text.RegularExpressions;
using MilterCrypt.TestSupport;
using MilterCrypt.TestSupport.Mta;

namespace MilterCrypt.Interop;

/// <summary>postfix-examples/two-hop-split as it stands: what has passed the first hop together is split at the second, and each gets
/// his form, once.</summary>
public sealed partial class TwoHopSplits(SplittingSecondHop rig) : IClassFixture<SplittingSecondHop>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task MailBySmtpToSomebodyWithAKeyAndSomebodyInClear()
    {
        TwoHopRig.Require();
        var letter = Letter.WithAttachment();
        await SendAsync(Letter.Sender, letter, "BODY=8BITMIME RET=HDRS ENVID=two-hop", rig.Bob.Address, TwoHopRig.Anna);
        await AssertSplitAsync(letter, rig.Bob.Address, TwoHopRig.Anna, rig.Archive.Address);
        Assert.All(rig.Sink.With(letter.Mark), message => Assert.Superset(new HashSet<string>(["RET=HDRS", "ENVID=two-hop"]), message.MailCommand.Split(' ').ToHashSet()));
    }

    [Fact]
    public async Task MailByTheSendmailCommand()
    {
        TwoHopRig.Require();
        var letter = Letter.Plain();
        (await rig.Server.SubmitAsync(Letter.Sender, [TwoHopRig.Anna, rig.Bob.Address], letter.BytesWithBareLf, Ct)).OrThrow();
        await AssertSplitAsync(letter, rig.Bob.Address, TwoHopRig.Anna, rig.Archive.Address);
    }

    [Fact]
    public async Task MailForAnAddressOfWhichTheFirstHopDoesNotKnowWhomItLeadsTo()
    {
        TwoHopRig.Require();
        var letter = Letter.Plain();
        await SendAsync(Letter.Sender, letter, "", TwoHopRig.Team);
        await AssertSplitAsync(letter, rig.Bob.Address, TwoHopRig.Anna, rig.Archive.Address);
    }

    [Fact]
    public async Task WhatIsPutOffAtOneFormsEndComesAgainFromTheQueueAndToNobodyTwice()
    {
        TwoHopRig.Require();
        var letter = Letter.Plain();
        rig.HandingBack.Arm(new SmtpMoment(FromServer: false, SmtpStep.Dot, Nth: 2) { Refusal = "451 4.3.0 the disk is full" }, () => Task.CompletedTask);
        await SendAsync(Letter.Sender, letter, "", rig.Bob.Address, TwoHopRig.Anna);
        await Patience.UntilAsync(() => rig.HandingBack.HasFired && Later().IsMatch(rig.Server.Log), () => rig.Server.Log);
        await rig.Server.FlushAsync(Ct);
        await AssertSplitAsync(letter, rig.Bob.Address, TwoHopRig.Anna, rig.Archive.Address);
    }

    /// <summary>Each recipient got it once, and whoever has a key alone can read his; the second hop made it so, not the first, and asked
    /// nobody again about the pieces.</summary>
    private async Task AssertSplitAsync(Letter letter, params string[] recipients)
    {
        await rig.SettleAsync();
        var delivered = rig.Sink.With(letter.Mark);
        Assert.Equal(recipients.Order(), delivered.SelectMany(message => message.Recipients).Order());
        foreach (var message in delivered)
        {
            string recipient = Assert.Single(message.Recipients);
            Assert.Single(message.Field("Received"), field => field.Contains("(MilterCrypt)", StringComparison.Ordinal));
            Assert.Empty(message.Field("MilterCrypt-Origin"));
            if (recipient == TwoHopRig.Anna)
            {
                Assert.Equal(letter.Body, message.Body);
                continue;
            }
            var reader = recipient == rig.Bob.Address ? rig.Bob : rig.Archive;
            Assert.False(message.Contains(Letter.Secret), "the secret left in clear");
            Assert.Equal(letter.Body, (await OpenedMessage.OpenAsync(message, reader)).Body);
            string said = await reader.ExamineAsync(OpenedMessage.Ciphertext(message));
            Assert.Equal(1, said.Split("[GNUPG:] ENC_TO ").Length - 1);
        }

        // The queue IDs by which the pieces came back are those that left.
        var handedBack = HandedBack().Matches(rig.Server.Log).Select(match => match.Groups[1].Value).ToHashSet();
        foreach (string recipient in recipients)
            Assert.Contains(Left(recipient).Matches(rig.Server.Log).Select(match => match.Groups[1].Value), handedBack.Contains);
    }

    private Regex Left(string recipient) =>
        new($@"postfix/smtp\[\d+\]: (\w+): to=<{Regex.Escape(recipient)}>.*relay=127\.0\.0\.1\[127\.0\.0\.1\]:{rig.Sink.Port},.*status=sent");

    private async Task SendAsync(string sender, Letter letter, string arguments, params string[] recipients)
    {
        await using var conversation = await SmtpConversation.BeginAsync(rig.Server.SmtpPort, Ct);
        var outcome = await conversation.SendAsync(sender, recipients, letter.Bytes, arguments);
        Assert.True(outcome.IsTakenForAll, outcome.Last.Text);
    }

    [GeneratedRegex(@"postfix/egress/smtp\[\d+\]: \w+: to=<[^>]*>.*status=deferred")]
    private static partial Regex Later();

    [GeneratedRegex(@"postfix/reinject/smtpd\[\d+\]: (\w+): client=")]
    private static partial Regex HandedBack();
}
