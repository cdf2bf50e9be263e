using System.Text;
using MilterCrypt.Interop.Rigs;
using MilterCrypt.TestSupport.Mta;

namespace MilterCrypt.Interop;

/// <summary>Mail that no rule changes leaves exactly as it would without MilterCrypt: the same server without a filter, beside
/// the one with it, is what it is compared with, since mail servers change this and that themselves.</summary>
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
        var ct = TestContext.Current.CancellationToken;
        await using var plain = await SmtpConversation.BeginAsync(plainServer.SmtpPort, ct);
        await using var filtered = await rig.BeginAsync();
        foreach (var (what, message) in OddMail.All)
        {
            // The envelope sender tells the copies apart; the message itself must not carry a mark of ours.
            string sender = $"odd-{Guid.NewGuid():N}@sender.example";
            var expected = await plain.SendAsync(sender, [recipient], message, "BODY=8BITMIME");
            var actual = await filtered.SendAsync(sender, [recipient], message, "BODY=8BITMIME");
            Assert.True(expected.IsTaken && actual.IsTaken, $"{what}: {expected.Last.Text} / {actual.Last.Text}");

            byte[] without = WithoutTrace(await plainSink.WaitForSenderAsync(sender));
            byte[] with = WithoutTrace(await rig.Sink.WaitForSenderAsync(sender));
            Assert.True(
                without.AsSpan().SequenceEqual(with),
                $"{what}: without filter\n{Encoding.Latin1.GetString(without)}\nand with it\n{Encoding.Latin1.GetString(with)}");
        }
    }

    /// <summary>The message without the Received field that the server put on top: it names queue id and time.</summary>
    private static byte[] WithoutTrace(SinkMessage message)
    {
        Assert.StartsWith("Received:", message.HeaderText, StringComparison.Ordinal);
        int end = 0;
        do
            end += message.Data.AsSpan(end).IndexOf("\r\n"u8) + 2;
        while (message.Data[end] is (byte)' ' or (byte)'\t');
        return message.Data[end..];
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
