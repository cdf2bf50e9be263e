using System.Text;
using MilterCrypt.Engine.Injection;

namespace MilterCrypt.Engine.Tests.Injection;

public sealed class InjectionEnvelopeTests
{
    private static readonly string[] SenderArguments =
        ["SIZE=7", "body=8BITMIME", "RET=HDRS", "ENVID=a+2Bb=", "AUTH=<>", "MT-PRIORITY=9", "RET=FULL"];

    private static readonly string[] RecipientArguments = ["NOTIFY=SUCCESS,FAILURE", "ORCPT=rfc822;bob@x.example", "NOTIFY=NEVER", "XFOO"];

    [Theory]
    [InlineData("", "", "")]
    [InlineData("SIZE", " SIZE=57", "")]
    [InlineData("size 5,8bitmime", " SIZE=57 body=8BITMIME", "")]
    [InlineData("DSN", " RET=HDRS ENVID=a+2Bb=", " NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;bob@x.example")]
    public async Task OnlyArgumentsThatTheListenerOffersAreHandedOn(string offer, string sender, string recipient)
    {
        await using var listener = Offering(offer);
        var envelope = new InjectionEnvelope("", SenderArguments, [new InjectionRecipient("bob@partner.example", RecipientArguments)]);
        Assert.IsType<InjectionResult.Accepted>(await listener.SendAsync(envelope));
        Assert.Equal([$"MAIL FROM:<>{sender}", $"RCPT TO:<bob@partner.example>{recipient}"], listener.Commands[1..3]);
    }

    [Fact]
    public async Task TheFirstLineAfterEhloOffersNothing()
    {
        await using var listener = new ScriptedListener { Script = line => line.StartsWith("EHLO", StringComparison.Ordinal) ? Saying.Line("250 SIZE") : null };
        Assert.IsType<InjectionResult.Accepted>(await listener.SendAsync());
        Assert.Equal("MAIL FROM:<alice@sender.example>", listener.Commands[1]);
    }

    [Fact]
    public async Task ABinaryBodyIsAnnouncedAsTheLinesThatItHasBecome()
    {
        await using var listener = Offering("8BITMIME,BINARYMIME,CHUNKING");
        await listener.SendAsync(Bringing.Envelope with { SenderArguments = ["BODY=binarymime"] });
        Assert.Equal("MAIL FROM:<alice@sender.example> BODY=8BITMIME", listener.Commands[1]);
    }

    [Theory]
    [InlineData("smtputf8", "SMTPUTF8", "5.6.7")]
    [InlineData("REQUIRETLS", "REQUIRETLS", "5.7.30")]
    public async Task WhatTheSenderDependsOnIsRefusedWhereItIsNotPromised(string argument, string extension, string status)
    {
        var envelope = Bringing.Envelope with { Sender = "käthe@bücher.example", SenderArguments = [argument] };
        await using var lacking = Offering("8BITMIME");
        var refused = Assert.IsType<InjectionResult.Refused>(await lacking.SendAsync(envelope));
        await lacking.EndedAsync();
        Assert.Equal((550, status), (refused.Code, refused.EnhancedStatus));
        Assert.Equal("QUIT", lacking.Commands[1]);

        await using var having = Offering(extension);
        Assert.IsType<InjectionResult.Accepted>(await having.SendAsync(envelope));
        Assert.Equal($"MAIL FROM:<käthe@bücher.example> {argument}", Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(having.Commands[1])));
    }

    [Theory]
    [InlineData("bob")]
    [InlineData("\"a b\"@x.example")]
    [InlineData("\"a>b<c\\\" RSET\"@x.example")]
    [InlineData("\"\\\\\"@x.example")]
    [InlineData("a\\b@x.example")]
    [InlineData("@relay.example:bob@[IPv6:2001:db8::1]")]
    [InlineData("\U0001F600@x.example")]
    public async Task AnOddAddressIsSaidAsItWasGiven(string address)
    {
        await using var listener = new ScriptedListener();
        Assert.IsType<InjectionResult.Accepted>(await listener.SendAsync(Bringing.To(address) with { Sender = address }));
        string[] expected = [$"MAIL FROM:<{address}> SIZE=57", $"RCPT TO:<{address}>"];
        Assert.Equal(expected, listener.Commands[1..3].Select(command => Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(command))));
    }

    [Theory]
    [InlineData("bob@x.example>\r\nRCPT TO:<eve@x.example")]
    [InlineData("bob\n@x.example")]
    [InlineData("bob\r@x.example")]
    [InlineData("bob\0@x.example")]
    [InlineData("bob\t@x.example")]
    [InlineData("bob\u007f@x.example")]
    [InlineData("bob\u0085@x.example")]
    [InlineData("\"bob\r\nRSET\"@x.example")]
    [InlineData("bob@x.example> NOTIFY=NEVER")]
    [InlineData("<bob@x.example")]
    [InlineData("bob smith@x.example")]
    [InlineData("\"bob@x.example")]
    [InlineData("\"bob\\\"@x.example")]
    [InlineData("bob@x.example\\")]
    [InlineData("a\\\"> NOTIFY=NEVER \"@x.example")]
    [InlineData("a\\>@x.example")]
    [InlineData("a\\ b@x.example")]
    [InlineData("bob\ufffd@x.example")]
    [InlineData("bob\ud83d@x.example")]
    public async Task AnAddressThatCouldBecomeACommandIsNeverSaid(string address)
    {
        await using var listener = new ScriptedListener();
        var recipient = Assert.IsType<InjectionResult.Refused>(await listener.SendAsync(Bringing.To("bob@x.example", address)));
        Assert.Equal((553, "5.1.3", address), (recipient.Code, recipient.EnhancedStatus, recipient.Recipient));
        var sender = Assert.IsType<InjectionResult.Refused>(await listener.SendAsync(Bringing.Envelope with { Sender = address }));
        Assert.Equal((553, "5.1.7"), (sender.Code, sender.EnhancedStatus));
        Assert.Equal("", listener.Heard);
    }

    [Theory]
    [InlineData("")]
    [InlineData("RET=FULL\r\nRSET")]
    [InlineData("RET=FULL ENVID=x")]
    [InlineData("ENVID=\0")]
    [InlineData("=x")]
    [InlineData("ENVID=\ufffd")]
    public async Task AnArgumentThatCouldBecomeMoreIsNeverSaid(string argument)
    {
        await using var listener = new ScriptedListener();
        var sender = Assert.IsType<InjectionResult.Refused>(await listener.SendAsync(Bringing.Envelope with { SenderArguments = [argument] }));
        var bob = new InjectionRecipient("bob@x.example", [argument]);
        var recipient = Assert.IsType<InjectionResult.Refused>(await listener.SendAsync(Bringing.Envelope with { Recipients = [bob] }));
        Assert.Equal(((501, "5.5.4"), (501, "5.5.4")), ((sender.Code, sender.EnhancedStatus), (recipient.Code, recipient.EnhancedStatus)));
        Assert.Equal("", listener.Heard);
    }

    [Fact]
    public async Task ACommandIsNeverLongerThanListenersRead()
    {
        string longest = new('x', 1800);
        await using var listener = new ScriptedListener();
        Assert.IsType<InjectionResult.Accepted>(await listener.SendAsync(Bringing.To(longest)));
        Assert.IsType<InjectionResult.Refused>(await listener.SendAsync(Bringing.To(longest + "x")));
        Assert.IsType<InjectionResult.Refused>(await listener.SendAsync(Bringing.Envelope with { SenderArguments = ["ENVID=" + longest] }));
    }

    private static ScriptedListener Offering(string offer) => new() { Extensions = offer.Split(',', StringSplitOptions.RemoveEmptyEntries) };
}
