using MilterCrypt.Interop.Rigs;
using MilterCrypt.TestSupport;
using MilterCrypt.TestSupport.Mta;

namespace MilterCrypt.Interop;

/// <summary>postfix-examples/split, and its twin for Sendmail, as they stand: where mail is handed back no filter of ours is asked, and there is room for what
/// encryption adds.</summary>
public sealed class SplitLayout
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task WhatIsHandedBackIsTakenWhileTheFilterIsBusyOrAway()
    {
        await using var sink = SmtpSink.Start();
        var (server, injection) = await StartAsync(sink, "");
        await using var _ = server;
        await AssertTakenAtTheListenerAloneAsync(sink, server, injection);
    }

    [Fact]
    public async Task WhatIsHandedBackIsTakenBySendmailWhileTheFilterIsBusyOrAway()
    {
        Assert.SkipWhen(SendmailServer.Missing() is not null, SendmailServer.Missing() ?? "");
        await using var sink = SmtpSink.Start();
        int injection = LoopbackPort.Free();
        await using var server = await SendmailServer.StartAsync(new MilterSocket.Tcp(LoopbackPort.Free()), sink.Port, handBackTo: injection);
        await AssertTakenAtTheListenerAloneAsync(sink, server, injection);
    }

    [Fact]
    public async Task WhatAClientMaySendFitsWhenItIsEncrypted()
    {
        await using var sink = SmtpSink.Start();
        var (server, injection) = await StartAsync(sink, "smtpd_milters =");
        await using var _ = server;
        Letter largest = Letter.Large(10_200_000), larger = Letter.Large(10_300_000), encrypted = Letter.Large(14_280_000);
        Assert.True((await SendAsync(server.SmtpPort, largest)).IsTakenForAll);
        Assert.Equal(552, (await SendAsync(server.SmtpPort, larger)).Last.Code);
        Assert.True((await SendAsync(injection, encrypted)).IsTakenForAll);
    }

    private static async Task AssertTakenAtTheListenerAloneAsync(SmtpSink sink, IMailServer server, int injection)
    {
        var letter = Letter.Plain();
        Assert.False((await SendAsync(server.SmtpPort, letter)).IsTakenForAll);
        Assert.True((await SendAsync(injection, letter)).IsTakenForAll);
        Assert.Equal(letter.Body, (await sink.WaitForAsync(letter.Mark)).Body);
    }

    private static async Task<(PostfixServer Server, int Injection)> StartAsync(SmtpSink sink, string main)
    {
        Assert.SkipWhen(PostfixServer.Missing() is not null, PostfixServer.Missing() ?? "");
        int injection = LoopbackPort.Free();
        var server = await PostfixServer.StartAsync((directory, port) =>
        {
            ExampleLayout.Write(directory, "split", sink.Port, port, (10026, injection));
            if (main.Length > 0)
                ExampleLayout.SetMain(directory, main);
        });
        return (server, injection);
    }

    private static async Task<SmtpOutcome> SendAsync(int port, Letter letter)
    {
        await using var conversation = await SmtpConversation.BeginAsync(port, Ct);
        return await conversation.SendAsync(Letter.Sender, ["bob@partner.example"], letter.Bytes);
    }
}
