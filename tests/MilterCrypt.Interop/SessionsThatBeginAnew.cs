using MilterCrypt.Interop.Rigs;

namespace MilterCrypt.Interop;

/// <summary>An SMTP connection on which the session begins anew: what was true of the client before is forgotten, what is to be
/// done with its mail is not.</summary>
public sealed class SessionsThatBeginAnew(PostfixWithSessions rig) : IClassFixture<PostfixWithSessions>
{
    [Fact]
    public async Task MailAfterStartTlsIsEncryptedAsThatBeforeIs()
    {
        rig.Require();
        Letter before = Letter.Plain(), after = Letter.WithAttachment();
        string[] carol = [rig.People.Carol.Address];
        await using var conversation = await rig.BeginAsync();
        Assert.True((await conversation.SendAsync(Letter.Sender, carol, before.Bytes)).IsTakenForAll);
        Assert.Contains("STARTTLS", conversation.Capabilities, StringComparison.Ordinal);
        await conversation.StartTlsAsync(rig.Certificate);
        Assert.DoesNotContain("STARTTLS", conversation.Capabilities, StringComparison.Ordinal);
        Assert.True((await conversation.SendAsync(Letter.Sender, carol, after.Bytes, "BODY=8BITMIME")).IsTakenForAll);

        await rig.AssertReadableAsync(before, rig.People.Carol);
        await rig.AssertReadableAsync(after, rig.People.Carol);
    }

    [Fact]
    public async Task AClientThatXclientIntroducesAnewIsStillSubjectToTheRules()
    {
        rig.Require();
        Letter before = Letter.Plain(), after = Letter.Plain();
        string[] carol = [rig.People.Carol.Address];
        await using var conversation = await rig.BeginAsync();
        Assert.True((await conversation.SendAsync(Letter.Sender, carol, before.Bytes)).IsTakenForAll);
        await IntroduceAsync(conversation, "NAME=inside.test.example ADDR=127.0.0.9");
        Assert.True((await conversation.SendAsync(Letter.Sender, carol, after.Bytes)).IsTakenForAll);
        Assert.Equal(550, (await conversation.SendAsync(Letter.Sender, [People.Keyless], Letter.Plain().Bytes)).Last.Code);

        await rig.AssertReadableAsync(before, rig.People.Carol);
        await rig.AssertReadableAsync(after, rig.People.Carol);
        Assert.Contains("[127.0.0.9]", (await rig.Sink.WaitForAsync(after.Mark)).HeaderText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TheUserWhomXclientNamesDecidesWhileItIsThatUser()
    {
        rig.Require();
        Letter nobodys = Letter.Plain(), alices = Letter.Plain(), mallorys = Letter.Plain();
        string[] bob = [rig.People.Bob.Address];
        await using var conversation = await rig.BeginAsync();
        Assert.True((await conversation.SendAsync(Letter.Sender, bob, nobodys.Bytes)).IsTakenForAll);
        await IntroduceAsync(conversation, "LOGIN=alice");
        Assert.True((await conversation.SendAsync(Letter.Sender, bob, alices.Bytes)).IsTakenForAll);
        await IntroduceAsync(conversation, "LOGIN=mallory");
        Assert.True((await conversation.SendAsync(Letter.Sender, bob, mallorys.Bytes)).IsTakenForAll);

        Assert.Equal(nobodys.Body, (await rig.Sink.WaitForAsync(nobodys.Mark)).Body);
        await rig.AssertReadableAsync(alices, rig.People.Bob);
        Assert.Equal(mallorys.Body, (await rig.Sink.WaitForAsync(mallorys.Mark)).Body);
    }

    [Fact]
    public async Task AMessageThatXclientCutsShortIsForgotten()
    {
        rig.Require();
        var letter = Letter.Plain();
        await using var conversation = await rig.BeginAsync();
        await IntroduceAsync(conversation, "LOGIN=alice");
        Assert.True((await conversation.CommandAsync($"MAIL FROM:<{Letter.Sender}>")).IsSuccess);

        // Within a message Postfix does not take it; after RSET it does.
        Assert.True((await conversation.CommandAsync("XCLIENT LOGIN=mallory")).IsPermanent);
        Assert.True((await conversation.CommandAsync("RSET")).IsSuccess);
        Assert.True((await conversation.SendAsync(Letter.Sender, [rig.People.Bob.Address], letter.Bytes)).IsTakenForAll);
        await rig.AssertReadableAsync(letter, rig.People.Bob);
    }

    private static async Task IntroduceAsync(TestSupport.Mta.SmtpConversation conversation, string attributes)
    {
        Assert.Equal(220, (await conversation.CommandAsync("XCLIENT " + attributes)).Code);
        Assert.Equal(250, (await conversation.CommandAsync("EHLO client.test.example")).Code);
    }
}
