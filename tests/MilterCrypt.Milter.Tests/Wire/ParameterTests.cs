namespace MilterCrypt.Milter.Tests.Wire;

/// <summary>The ESMTP arguments that standards define, as a filter sees them.</summary>
public sealed class ParameterTests
{
    [Fact]
    public void TheArgumentsOfMailAreTyped()
    {
        SenderParameters read = Sender(
            "size=12345", "BODY=8bitmime", "SMTPUTF8", "REQUIRETLS", "RET=HDRS", "ENVID=QQ+2B314159", "AUTH=e+3Dmc2@example.com");
        Assert.Equal(12345, read.Size);
        Assert.Equal(BodyType.EightBitMime, read.Body);
        Assert.True(read.SmtpUtf8);
        Assert.True(read.RequireTls);
        Assert.Equal(DsnReturn.Header, read.Return);
        Assert.Equal("QQ+314159", read.EnvelopeId);
        Assert.Equal("e=mc2@example.com", read.Author);
    }

    [Fact]
    public void WhatIsNotThereIsNull() => AssertNothing(Sender());

    [Theory]
    [InlineData("SIZE=")]
    [InlineData("SIZE")]
    [InlineData("SIZE=-1")]
    [InlineData("SIZE=+1")]
    [InlineData("SIZE= 1")]
    [InlineData("SIZE=1x")]
    [InlineData("SIZE=99999999999999999999")]
    [InlineData("SIZE=000000000000000000001")]
    [InlineData("SIZES=1")]
    [InlineData("BODY=9BIT")]
    [InlineData("BODY=")]
    [InlineData("SMTPUTF8=yes")]
    [InlineData("REQUIRETLS=")]
    [InlineData("RET=ALL")]
    [InlineData("ENVID=")]
    [InlineData("ENVID=a+2")]
    [InlineData("ENVID=a+ZZ")]
    [InlineData("ENVID=a+ 2")]
    [InlineData("ENVID=a=b")]
    [InlineData("ENVID=a+0A")]
    [InlineData("ENVID=a+C3+BC")]
    [InlineData("ENVID=a\u00FC")]
    [InlineData("AUTH=")]
    [InlineData("AUTH=a+FF")]
    [InlineData("AUTH=a+0D+0A")]
    [InlineData("")]
    [InlineData("=")]
    public void WhatIsMalformedIsNull(string argument) => AssertNothing(Sender(argument));

    [Theory]
    [InlineData("SIZE=1", "SIZE=1")]
    [InlineData("RET=FULL", "RET=HDRS")]
    [InlineData("SMTPUTF8", "smtputf8")]
    public void WhatIsGivenTwiceIsNull(string first, string second) => AssertNothing(Sender(first, second));

    [Fact]
    public void AnEnvelopeIdHasAtMost100Characters()
    {
        Assert.Equal(100, Sender("ENVID=" + new string('x', 100)).EnvelopeId?.Length);
        Assert.Null(Sender("ENVID=" + new string('x', 101)).EnvelopeId);
    }

    [Theory]
    [InlineData("AUTH=<>", "")]
    [InlineData("AUTH=alice@a.example", "alice@a.example")]
    [InlineData("AUTH=j+C3+BCrgen@a.example", "jürgen@a.example")]
    [InlineData("AUTH=jürgen@a.example", "jürgen@a.example")]
    [InlineData("AUTH=+f0+9f+98+80@a", "\U0001F600@a")]
    [InlineData("AUTH=\U0001F600@a", "\U0001F600@a")]
    public void TheSubmitterIsDecoded(string argument, string expected) => Assert.Equal(expected, Sender(argument).Author);

    [Theory]
    [InlineData("BODY=7BIT", BodyType.SevenBit)]
    [InlineData("BODY=BINARYMIME", BodyType.BinaryMime)]
    public void EveryKindOfBodyIsKnown(string argument, BodyType expected) => Assert.Equal(expected, Sender(argument).Body);

    [Theory]
    [InlineData("NOTIFY=NEVER", DsnNotify.Never)]
    [InlineData("NOTIFY=success", DsnNotify.Success)]
    [InlineData("notify=FAILURE,DELAY", DsnNotify.Failure | DsnNotify.Delay)]
    [InlineData("NOTIFY=SUCCESS,FAILURE,DELAY", DsnNotify.Success | DsnNotify.Failure | DsnNotify.Delay)]
    [InlineData("NOTIFY=", null)]
    [InlineData("NOTIFY", null)]
    [InlineData("NOTIFY=NEVER,SUCCESS", null)]
    [InlineData("NOTIFY=SUCCESS,", null)]
    [InlineData("NOTIFY=SOMETIMES", null)]
    public void WhenToReportIsRead(string argument, DsnNotify? expected) =>
        Assert.Equal(expected, RecipientParameters.Read([argument]).Notify);

    [Theory]
    [InlineData("ORCPT=rfc822;bob@b.example", "rfc822", "bob@b.example")]
    [InlineData("ORCPT=rfc822;bob+2Btag@b.example", "rfc822", "bob+tag@b.example")]
    [InlineData("orcpt=RFC822;a;b", "RFC822", "a;b")]
    [InlineData("ORCPT=utf-8;j\\x{FC}rgen@b\\x{FC}cher.example", "utf-8", "jürgen@bücher.example")]
    [InlineData("ORCPT=UTF-8;\\x{1F600}@b.example", "UTF-8", "\U0001F600@b.example")]
    [InlineData("ORCPT=utf-8;jürgen@b.example", "utf-8", "jürgen@b.example")]
    [InlineData("ORCPT=utf-8;bob+tag@b.example", "utf-8", "bob+tag@b.example")]
    public void TheOriginalRecipientIsDecodedByItsType(string argument, string type, string address) =>
        Assert.Equal(new OriginalRecipient(type, address), RecipientParameters.Read([argument]).OriginalRecipient);

    [Theory]
    [InlineData("ORCPT=")]
    [InlineData("ORCPT=bob@b.example")]
    [InlineData("ORCPT=;bob@b.example")]
    [InlineData("ORCPT=rfc822;")]
    [InlineData("ORCPT=rfc 822;bob@b.example")]
    [InlineData("ORCPT=<x>;bob@b.example")]
    [InlineData("ORCPT=rfc822;bob+2@b.example")]
    [InlineData("ORCPT=rfc822;bob+0A@b.example")]
    [InlineData("ORCPT=utf-8;a\\")]
    [InlineData("ORCPT=utf-8;a\\x{}")]
    [InlineData("ORCPT=utf-8;a\\x{FC")]
    [InlineData("ORCPT=utf-8;a\\x{0A}b")]
    [InlineData("ORCPT=utf-8;a\\x{D800}")]
    [InlineData("ORCPT=utf-8;a\\x{110000}")]
    [InlineData("ORCPT=utf-8;a\\x{1234567}")]
    [InlineData("ORCPT=utf-8;a\\y{FC}")]
    public void AMalformedOriginalRecipientIsNull(string argument) =>
        Assert.Null(RecipientParameters.Read([argument]).OriginalRecipient);

    [Fact]
    public void WhateverStandsThereNothingIsThrown()
    {
        var random = new Random(7);
        const string Alphabet = "+=\\x{}0AFfg;,<>@ \u00FC\uD83D\uDE00\0\r\nNEVR";
        string[] keywords = ["SIZE", "BODY", "RET", "ENVID", "AUTH", "NOTIFY", "ORCPT", "ORCPT=utf-8;", "ORCPT=rfc822;"];
        for (int round = 0; round < 20_000; round++)
        {
            string value = string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => Alphabet[random.Next(Alphabet.Length)]));
            string argument = keywords[random.Next(keywords.Length)] + (random.Next(2) == 0 ? "=" : "") + value;
            _ = Sender(argument);
            if (RecipientParameters.Read([argument]).OriginalRecipient is { } read)
                Assert.DoesNotContain(read.Address, char.IsControl);
        }
    }

    private static SenderParameters Sender(params string[] arguments) => SenderParameters.Read(arguments);

    private static void AssertNothing(SenderParameters read)
    {
        Assert.Null(read.Size);
        Assert.Null(read.Body);
        Assert.False(read.SmtpUtf8);
        Assert.False(read.RequireTls);
        Assert.Null(read.Return);
        Assert.Null(read.EnvelopeId);
        Assert.Null(read.Author);
    }
}
