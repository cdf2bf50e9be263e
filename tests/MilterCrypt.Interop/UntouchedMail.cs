using MilterCrypt.Interop.Rigs;
using MilterCrypt.TestSupport.Mta;

namespace MilterCrypt.Interop;

/// <summary>Mail that no rule changes leaves exactly as it would without MilterCrypt, which has settled it at the end of its
/// header.</summary>
public abstract class UntouchedMail(MailRig rig)
{
    [Fact]
    public Task MailThatIsNeverEncryptedIsByteIdentical() => CompareAsync("bob@clear.example");

    [Fact]
    public Task MailToThoseWithoutAKeyIsByteIdenticalWhereEncryptionIsOptional() => CompareAsync("bob@maybe.example");

    private async Task CompareAsync(string recipient)
    {
        rig.Require();
        await using var plainSink = SmtpSink.Start();
        await using var plainServer = await rig.StartServerAsync(filter: null, plainSink.Port);
        await new SameAsUnfiltered(plainServer, plainSink, rig.Server, rig.Sink).AssertAsync(
            OddMail.All.Where(mail => rig.KeepsFieldsAsSent || !OddMail.IsForPostfixOnly(mail.Key)), recipient,
            TestContext.Current.CancellationToken);
    }
}

[Collection(typeof(WithPostfixOverUnix))]
public sealed class MailUntouchedByPostfixOverUnix(PostfixOverUnix rig) : UntouchedMail(rig);

[Collection(typeof(WithPostfixOverTcp))]
public sealed class MailUntouchedByPostfixOverTcp(PostfixOverTcp rig) : UntouchedMail(rig);

[Collection(typeof(WithSendmailOverUnix))]
public sealed class MailUntouchedBySendmailOverUnix(SendmailOverUnix rig) : UntouchedMail(rig);

[Collection(typeof(WithSendmailOverTcp))]
public sealed class MailUntouchedBySendmailOverTcp(SendmailOverTcp rig) : UntouchedMail(rig);
