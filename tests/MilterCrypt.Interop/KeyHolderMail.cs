using System.Text.RegularExpressions;
using MilterCrypt.Interop.Rigs;
using MilterCrypt.TestSupport;
using MilterCrypt.TestSupport.Mta;

namespace MilterCrypt.Interop;

/// <summary>Mail through a real Postfix while the secret keys are with a key holder: signed and opened where it is there, deferred
/// where it was killed, and never in clear or unsigned by accident.</summary>
public sealed partial class KeyHolderMail(KeyHolderRig rig) : IClassFixture<KeyHolderRig>
{
    private string Carol => rig.People.Carol.Address;

    private string Bob => rig.People.Bob.Address;

    [Fact]
    public async Task TheAuthorWhoLoggedInIsFoundToHaveSigned()
    {
        rig.Require();
        var letter = FromCarol();
        int before = rig.Daemon.Log.Length;
        Assert.True((await SendAsync(Carol, letter)).IsTakenForAll);
        await AssertSignedAsync(await rig.Sink.WaitForAsync(letter.Mark), letter);

        // The audit names the message by the id under which Postfix has logged it. Both lines may come after the mail.
        await Patience.UntilAsync(() => QueueId().IsMatch(rig.Daemon.Log[before..]), () => "no line of the message: " + rig.Daemon.Log);
        string id = QueueId().Match(rig.Daemon.Log[before..]).Groups[1].Value;
        string use = $"key-use: operation=sign, key=[0-9A-F]{{40}}, hash=SHA\\d+, message={id}, for=<carol@partner\\.example>, .*outcome=done";
        await Patience.UntilAsync(() => Regex.IsMatch(rig.Holder.Log, use), () => "no line of the audit: " + rig.Holder.Log);
    }

    [Fact]
    public async Task WhileTheKeyHolderIsDeadMailToBeSignedIsDeferredAndAfterwardsSigned()
    {
        rig.Require();
        var letter = FromCarol();
        int before = rig.Daemon.Log.Length;
        await rig.Holder.KillAsync();
        try
        {
            var answer = (await SendAsync(Carol, letter)).Last;
            Assert.Equal(451, answer.Code);
            Assert.StartsWith("4.7.5 ", answer.Text, StringComparison.Ordinal);
            await rig.SettleAsync();
            Assert.Empty(rig.Sink.With(letter.Mark));
            await Patience.UntilAsync(() => Deferred().IsMatch(rig.Daemon.Log[before..]), () => "the log does not say why: " + rig.Daemon.Log);
        }
        finally
        {
            await rig.Holder.StartAsync();
        }

        Assert.True((await UntilTakenAsync(() => SendAsync(Carol, letter))).IsTakenForAll);
        await AssertSignedAsync(await rig.Sink.WaitForAsync(letter.Mark), letter);
        await rig.SettleAsync();
        Assert.Single(rig.Sink.With(letter.Mark));
    }

    [Fact]
    public async Task WhileTheKeyHolderIsDeadMailToBeOpenedIsDeferredAndAfterwardsOpened()
    {
        rig.Require();
        var letter = Letter.Plain();
        var sealedLetter = await EncryptedLetter.SealAsync(letter, rig.People.Bob, rig.People.Carol);
        await using var conversation = await rig.BeginAsync();
        await rig.Holder.KillAsync();
        try
        {
            Assert.Equal(451, (await conversation.SendAsync(KeyHolderRig.Writer, [Carol], sealedLetter.Bytes)).Last.Code);
            await rig.SettleAsync();
            Assert.Empty(rig.Sink.With(letter.Mark));
        }
        finally
        {
            await rig.Holder.StartAsync();
        }

        Assert.True((await UntilTakenAsync(() => conversation.SendAsync(KeyHolderRig.Writer, [Carol], sealedLetter.Bytes))).IsTakenForAll);
        Assert.Equal(letter.Body, (await rig.Sink.WaitForAsync(letter.Mark)).Body);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("bob@partner.example")]
    public async Task WhoDidNotLogInAsCarolIsRefusedAndNothingIsDelivered(string? login)
    {
        rig.Require();
        var letter = FromCarol();
        var answer = (await SendAsync(login, letter)).Last;
        Assert.Equal(550, answer.Code);
        Assert.StartsWith("5.7.1 this message must be signed, but ", answer.Text, StringComparison.Ordinal);
        await rig.SettleAsync();
        Assert.Empty(rig.Sink.With(letter.Mark));
    }

    [GeneratedRegex(@"information: (\w+): from=<carol@partner\.example>, .*outcome=encrypted")]
    private static partial Regex QueueId();

    [GeneratedRegex(@"outcome=refused, reply=451 4\.7\.5, reason=.*key holder")]
    private static partial Regex Deferred();

    private Letter FromCarol()
    {
        var letter = Letter.WithAttachment();
        return letter with { OtherFields = letter.OtherFields.Replace($"Alice <{Letter.Sender}>", $"Carol <{Carol}>", StringComparison.Ordinal) };
    }

    private async Task<SmtpOutcome> SendAsync(string? login, Letter letter)
    {
        await using var conversation = await rig.BeginAsync();
        if (login is not null)
        {
            Assert.Equal(220, (await conversation.CommandAsync($"XCLIENT LOGIN={login}")).Code);
            Assert.Equal(250, (await conversation.CommandAsync("EHLO client.test.example")).Code);
        }
        return await conversation.SendAsync(Carol, [Bob], letter.Bytes, "BODY=8BITMIME");
    }

    /// <summary>As a mail server would, again and again: a key holder that was lost is looked for each two seconds at the latest.</summary>
    private static async Task<SmtpOutcome> UntilTakenAsync(Func<Task<SmtpOutcome>> send)
    {
        SmtpOutcome? outcome = null;
        await Patience.UntilAsync(async () => (outcome = await send()).Last.Code != 451, () => $"deferred for ever: {outcome?.Last.Text}");
        return outcome!;
    }

    private async Task AssertSignedAsync(SinkMessage delivered, Letter letter)
    {
        Assert.False(delivered.Contains(Letter.Secret));
        (await rig.People.Bob.GpgAsync(["--import"], rig.People.Carol.PublicKey)).OrThrow();
        Assert.Contains("[GNUPG:] GOODSIG ", await rig.People.Bob.ExamineAsync(OpenedMessage.Ciphertext(delivered)), StringComparison.Ordinal);
        Assert.Equal(letter.Body, (await OpenedMessage.OpenAsync(delivered, rig.People.Bob)).Body);
    }
}
