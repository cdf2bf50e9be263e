using System.Buffers;
using System.Net;
using System.Text;
using MilterCrypt.Milter.Wire;

namespace MilterCrypt.Milter.Tests.Wire;

public sealed class ReadingTests
{
    [Theory]
    [InlineData("<a@b>\0", "a@b", "")]
    [InlineData("<>\0", "", "")]
    [InlineData("\0", "", "")]
    [InlineData("a@b\0", "a@b", "")]
    [InlineData("<a@b>\0SIZE=1\0BODY=8BITMIME\0", "a@b", "SIZE=1|BODY=8BITMIME")]
    [InlineData("<a@b> SMTPUTF8 AUTH=<>\0", "a@b", "SMTPUTF8|AUTH=<>")]
    [InlineData("<\"x>y\"@b>\0", "\"x>y\"@b", "")]
    [InlineData("<\"x\\\">y\"@b>\0", "\"x\\\">y\"@b", "")]
    [InlineData("<a@b\0", "a@b", "")]
    public void AnAddressIsTakenOutOfItsBrackets(string payload, string address, string arguments)
    {
        EnvelopePath path = EnvelopePath.Read(Encoding.UTF8.GetBytes(payload));
        Assert.Equal(address, path.Address);
        Assert.Equal(arguments, string.Join('|', path.Arguments));
    }

    [Fact]
    public void AnAddressMayBeUtf8() =>
        Assert.Equal("jürgen@bücher.example", EnvelopePath.Read("<jürgen@bücher.example>\0"u8).Address);

    [Theory]
    [InlineData("h\0U", null, 0)]
    [InlineData("h\0L\0\0/run/x\0", null, 0)]
    [InlineData("h\0" + "4\u0001\u0002" + "192.0.2.7\0", "192.0.2.7", 258)]
    [InlineData("h\0" + "6\0\0" + "2001:db8::1\0", "2001:db8::1", 0)]
    [InlineData("h\0" + "6\0\0" + "IPv6:2001:db8::1\0", "2001:db8::1", 0)]
    [InlineData("h\0" + "4\0\0" + "nonsense\0", null, 0)]
    public void EveryAddressFamilyIsRead(string payload, string? address, int port)
    {
        ClientInfo client = ClientInfo.Read(Encoding.Latin1.GetBytes(payload));
        Assert.Equal("h", client.Host);
        Assert.Equal(address is null ? null : IPAddress.Parse(address), client.Address);
        Assert.Equal(port, client.Port);
    }

    [Fact]
    public void MacrosAreTheSameWithAndWithoutBraces()
    {
        var macros = new MilterMacros();
        macros.Set(MacroStage.Mail, new ReadOnlySequence<byte>("{i}\0Q1\0j\0mx\0{auth_authen}\0jürgen\0"u8.ToArray()), 1000);
        Assert.Equal("Q1", macros["i"]);
        Assert.Equal("Q1", macros["{i}"]);
        Assert.Equal("mx", macros["{j}"]);
        Assert.Equal("jürgen", macros["auth_authen"]);
        Assert.Null(macros["auth"]);
        Assert.Null(macros[""]);
    }

    [Fact]
    public void ALaterStageWinsAndClearingTakesItAndWhatFollowsAway()
    {
        var macros = new MilterMacros();
        foreach ((MacroStage stage, string value) in new[] { (MacroStage.Connect, "c"), (MacroStage.Mail, "m"), (MacroStage.EndOfHeader, "h"), (MacroStage.EndOfMessage, "e") })
            macros.Set(stage, new ReadOnlySequence<byte>(Encoding.ASCII.GetBytes($"i\0{value}\0")), 1000);
        Assert.Equal("e", macros["i"]);
        macros.ClearFrom(MacroStage.EndOfMessage);
        Assert.Equal("h", macros["i"]);
        macros.ClearFrom(MacroStage.Mail);
        Assert.Equal("c", macros["i"]);
    }

    [Fact]
    public void AStageReplacesItsValuesAsAWhole()
    {
        var macros = new MilterMacros();
        macros.Set(MacroStage.Recipient, new ReadOnlySequence<byte>("a\0one\0b\0two\0"u8.ToArray()), 1000);
        macros.Set(MacroStage.Recipient, new ReadOnlySequence<byte>("b\0three\0"u8.ToArray()), 1000);
        Assert.Null(macros["a"]);
        macros.Set(MacroStage.Recipient, ReadOnlySequence<byte>.Empty, 1000);
        Assert.Null(macros["b"]);
    }

    [Theory]
    [InlineData(" x", true, " x")]
    [InlineData("x", true, "x")]
    [InlineData("x", false, " x")]
    [InlineData(" two", false, "  two")]
    [InlineData("\ttab", false, "\ttab")]
    [InlineData("", false, "")]
    public void AValueIsWhatStoodBehindTheColon(string sent, bool leadingSpace, string expected) =>
        Assert.Equal(expected, Encoding.ASCII.GetString(HeaderValue.FromWire(Encoding.ASCII.GetBytes(sent), leadingSpace)));

    [Theory]
    [InlineData(400, "4.0.0")]
    [InlineData(599, "5.123.123")]
    public void AReplyKeepsToItsForm(int code, string status) =>
        Assert.Equal($"{code} {status} text?", new SmtpReply(code, status, "text\n").ToString());

    [Theory]
    [InlineData(399, "4.0.0")]
    [InlineData(600, "5.0.0")]
    [InlineData(550, "4.0.0")]
    [InlineData(450, "5.0.0")]
    [InlineData(550, "5.7")]
    [InlineData(550, "5.7.1.1")]
    [InlineData(550, "5..1")]
    [InlineData(550, "5.7.x")]
    [InlineData(550, "5.7.1234")]
    public void AReplyThatNoMtaTakesIsRefused(int code, string status) =>
        Assert.Throws<ArgumentException>(() => new SmtpReply(code, status, "x"));

    [Fact]
    public void AReplyFitsIntoALineOfSmtp() =>
        Assert.True(new SmtpReply(550, "5.123.123", new string('x', 5000)).ToString().Length <= 510);
}
