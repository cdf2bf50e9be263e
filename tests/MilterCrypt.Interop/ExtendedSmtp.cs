using MilterCrypt.Interop.Rigs;

namespace MilterCrypt.Interop;

/// <summary>SMTP extensions that Postfix has, and Debian's Sendmail does not: addresses beyond ASCII (SMTPUTF8, RFC 6531) and
/// messages in chunks (BDAT, RFC 3030).</summary>
public abstract class ExtendedSmtp(MailRig rig)
{
    [Fact]
    public async Task AnAddressBeyondAsciiFindsItsKeyInAnySpellingOfItsDomain()
    {
        rig.Require();
        await using var conversation = await rig.BeginAsync();
        foreach (string spelling in (string[])["käthe@bücher.example", "käthe@BÜCHER.example", "käthe@xn--bcher-kva.example"])
        {
            var letter = Letter.Plain();
            var outcome = await conversation.SendAsync(Letter.Sender, [spelling], letter.Bytes, "SMTPUTF8");
            Assert.True(outcome.IsTakenForAll, $"{spelling}: {outcome.Last.Text}");
            await rig.AssertReadableAsync(letter, rig.People.Kaethe);
        }
    }

    [Fact]
    public async Task AMessageInBdatChunksIsEncryptedToo()
    {
        rig.Require();
        await using var conversation = await rig.BeginAsync();
        var letter = Letter.Plain();
        await conversation.CommandAsync($"MAIL FROM:<{Letter.Sender}>");
        await conversation.CommandAsync($"RCPT TO:<{rig.People.Bob.Address}>");
        int half = letter.Bytes.Length / 2;
        Assert.True((await conversation.SendChunkAsync(letter.Bytes.AsMemory(0, half), last: false)).IsSuccess);
        Assert.True((await conversation.SendChunkAsync(letter.Bytes.AsMemory(half), last: true)).IsSuccess);

        await rig.AssertReadableAsync(letter, rig.People.Bob);
    }
}

[Collection(typeof(WithPostfixOverUnix))]
public sealed class ExtendedSmtpOverUnix(PostfixOverUnix rig) : ExtendedSmtp(rig);

[Collection(typeof(WithPostfixOverTcp))]
public sealed class ExtendedSmtpOverTcp(PostfixOverTcp rig) : ExtendedSmtp(rig);
