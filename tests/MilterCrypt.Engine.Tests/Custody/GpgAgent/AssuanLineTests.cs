using System.Text;
using MilterCrypt.Engine.Custody.GpgAgent;

namespace MilterCrypt.Engine.Tests.Custody.GpgAgent;

public sealed class AssuanLineTests
{
    [Theory]
    [InlineData("OK", nameof(AssuanKind.Ok), "")]
    [InlineData("OK Pleased to meet you", nameof(AssuanKind.Ok), "Pleased to meet you")]
    [InlineData("ERR 67108881 No secret key <GPG Agent>", nameof(AssuanKind.Error), "67108881 No secret key <GPG Agent>")]
    [InlineData("D (5:value1:x)", nameof(AssuanKind.Data), "(5:value1:x)")]
    [InlineData("S PADDING 0", nameof(AssuanKind.Status), "PADDING 0")]
    [InlineData("INQUIRE CIPHERTEXT", nameof(AssuanKind.Inquire), "CIPHERTEXT")]
    [InlineData("# anything", nameof(AssuanKind.Comment), " anything")]
    public void ALineThatAServerSaysIsKnownByItsKeyword(string said, string kind, string rest)
    {
        Assert.True(AssuanLine.TryRead(Encoding.ASCII.GetBytes(said), out var line));
        Assert.Equal(kind, line.Kind.ToString());
        Assert.Equal(rest, Encoding.ASCII.GetString(line.Rest));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("OKAY")]
    [InlineData("ok")]
    [InlineData("END")]
    [InlineData("BYE")]
    [InlineData("OK\nOK")]
    [InlineData("HTTP/1.1 200 OK")]
    public void WhatNoServerSaysIsRefused(string said) => Assert.False(AssuanLine.TryRead(Encoding.ASCII.GetBytes(said), out _));

    [Fact]
    public void ALineMayHaveAThousandOctetsAndItsEndAndNoMore()
    {
        byte[] longest = [(byte)'D', (byte)' ', .. new byte[AssuanLine.MaxLength - 3]];
        Assert.True(AssuanLine.TryRead(longest, out _));
        Assert.False(AssuanLine.TryRead([.. longest, 0], out _));
    }

    [Theory]
    [InlineData("a%25b%0Ac%0d", "a%b\nc\r")]
    [InlineData("", "")]
    [InlineData("+ is a plus", "+ is a plus")]
    public void EscapesAreTakenOut(string escaped, string plain)
    {
        byte[] destination = new byte[escaped.Length];
        Assert.True(AssuanLine.TryUnescape(Encoding.ASCII.GetBytes(escaped), destination, out int length));
        Assert.Equal(plain, Encoding.ASCII.GetString(destination, 0, length));
    }

    [Theory]
    [InlineData("%")]
    [InlineData("%2")]
    [InlineData("x%2")]
    [InlineData("%2g")]
    [InlineData("%%")]
    [InlineData("%-1")]
    [InlineData("% 1")]
    public void AMalformedEscapeIsRefused(string escaped) =>
        Assert.False(AssuanLine.TryUnescape(Encoding.ASCII.GetBytes(escaped), new byte[escaped.Length], out _));

    [Theory]
    [InlineData("ERR 67108881 No secret key <GPG Agent>", 67108881u, "No secret key <GPG Agent>")]
    [InlineData("ERR 1", 1u, "")]
    [InlineData("ERR 4294967295 \u0007bell\ttab", uint.MaxValue, "?bell?tab")]
    public void AnErrorHasANumberAndWordsThatForgeNoLogLine(string said, uint number, string text)
    {
        Assert.True(AssuanLine.TryRead(Encoding.UTF8.GetBytes(said), out var line));
        Assert.True(line.TryReadError(out var error));
        Assert.Equal(new AgentError(number, text), error);
    }

    [Theory]
    [InlineData("ERR")]
    [InlineData("ERR ")]
    [InlineData("ERR x")]
    [InlineData("ERR -1 x")]
    [InlineData("ERR 4294967296 x")]
    [InlineData("ERR 12x")]
    public void AnErrorWithoutANumberIsNone(string said)
    {
        Assert.True(AssuanLine.TryRead(Encoding.ASCII.GetBytes(said), out var line));
        Assert.False(line.TryReadError(out _));
    }

    [Fact]
    public void WhatAnErrorSaysIsNotShownWithoutEnd()
    {
        Assert.True(AssuanLine.TryRead(Encoding.ASCII.GetBytes("ERR 1 " + new string('x', 900)), out var line));
        Assert.True(line.TryReadError(out var error));
        Assert.Equal(200, error.Text.Length);
    }
}
