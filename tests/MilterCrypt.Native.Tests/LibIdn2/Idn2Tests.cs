using MilterCrypt.Native.LibIdn2;

namespace MilterCrypt.Native.Tests.LibIdn2;

public sealed class Idn2Tests
{
    [Theory]
    [InlineData("example.org", "example.org")]
    [InlineData("EXAMPLE.Org.", "example.org")]
    [InlineData("bücher.example", "xn--bcher-kva.example")]
    [InlineData("BÜCHER.example", "xn--bcher-kva.example")]
    [InlineData("bu\u0308cher.example", "xn--bcher-kva.example")]
    [InlineData("xn--bcher-kva.example", "xn--bcher-kva.example")]
    [InlineData("XN--Bcher-Kva.example", "xn--bcher-kva.example")]
    [InlineData("faß.example", "xn--fa-hia.example")]
    [InlineData("例え.テスト", "xn--r8jz45g.xn--zckzah")]
    [InlineData("ab--cd.example", "ab--cd.example")]
    [InlineData("_dmarc.example", "_dmarc.example")]
    public void ADomainIsComparedAsTheDnsKnowsIt(string written, string expected) =>
        Assert.Equal(expected, Idn2.ToAscii(written));

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("a..b")]
    [InlineData("ü..b")]
    [InlineData(".example")]
    [InlineData("example..")]
    [InlineData("-a.example")]
    [InlineData("a b.example")]
    [InlineData("a\0.example")]
    [InlineData("ü\0.example")]
    [InlineData("☕.example")]
    [InlineData("\u0627\u0644.a\u0627")]
    [InlineData("\ud800.example")]
    [InlineData("[192.0.2.1]")]
    public void WhatIsNoDomainNameHasNoAsciiForm(string written) => Assert.Null(Idn2.ToAscii(written));

    [Fact]
    public void AnOverLongNameHasNoAsciiForm()
    {
        Assert.Null(Idn2.ToAscii(new string('a', 64) + ".example"));
        Assert.Null(Idn2.ToAscii(string.Join('.', Enumerable.Repeat("abcdefg", 40))));
        Assert.Null(Idn2.ToAscii(new string('ü', 100_000)));
    }
}
