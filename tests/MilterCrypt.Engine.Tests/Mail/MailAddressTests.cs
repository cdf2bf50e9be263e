using MilterCrypt.Engine.Mail;

namespace MilterCrypt.Engine.Tests.Mail;

public sealed class MailAddressTests
{
    [Theory]
    [InlineData("bob@example.org", "bob", "example.org")]
    [InlineData("Bob.Builder+tag@Example.ORG", "Bob.Builder+tag", "example.org")]
    [InlineData("bob@example.org.", "bob", "example.org")]
    [InlineData("\"bob\"@example.org", "bob", "example.org")]
    [InlineData("\"bob the \\\"builder\\\"\"@example.org", "bob the \"builder\"", "example.org")]
    [InlineData("\"a@b\"@example.org", "a@b", "example.org")]
    [InlineData("postmaster", "postmaster", "")]
    [InlineData("bob@[192.0.2.1]", "bob", "[192.0.2.1]")]
    [InlineData("bob@[IPv6:2001:DB8::1]", "bob", "[ipv6:2001:db8::1]")]
    [InlineData("j\u00F6rg@B\u00FCcher.example", "j\u00F6rg", "xn--bcher-kva.example")]
    [InlineData("prvs=0123456789=bob%relay!host@example.org", "prvs=0123456789=bob%relay!host", "example.org")]
    public void AnAddressIsReadIntoItsParts(string text, string localPart, string domain)
    {
        Assert.True(MailAddress.TryParse(text, out var address, out string? reason), reason);
        Assert.Equal(localPart, address.LocalPart);
        Assert.Equal(domain, address.Domain);
        Assert.Equal(text, address.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("@example.org")]
    [InlineData("\"\"@example.org")]
    [InlineData("bob@")]
    [InlineData("bob@.")]
    [InlineData("bob@exa mple.org")]
    [InlineData("bob@example..org")]
    [InlineData("b ob@example.org")]
    [InlineData("bob\u00A0@example.org")]
    [InlineData("<bob@example.org>")]
    [InlineData("bob@example.org,eve@example.net")]
    [InlineData("Bob <bob@example.org>")]
    [InlineData("bob@evil.example@example.org")]
    [InlineData("@relay.example:bob@example.org")]
    [InlineData("\"bob@example.org")]
    [InlineData("\"bob\"eve@example.org")]
    [InlineData("\"bob\\\"@example.org")]
    [InlineData("bob@[192.0.2.1")]
    [InlineData("bob\r\nDATA@example.org")]
    [InlineData("b\u0000b@example.org")]
    [InlineData("b\uFFFDb@example.org")]
    [InlineData("bob@example.org/evil")]
    public void JunkIsNoAddressAndTheReasonIsOneLineOfAscii(string text)
    {
        Assert.False(MailAddress.TryParse(text, out var address, out string? reason));
        Assert.Null(address);
        Assert.All(reason, c => Assert.InRange(c, ' ', '~'));
    }

    [Theory]
    [InlineData("BOB@EXAMPLE.ORG", "bob@example.org", true)]
    [InlineData("\"bob\"@example.org", "bob@example.org", true)]
    [InlineData("bob@b\u00FCcher.example", "bob@xn--bcher-kva.example", true)]
    [InlineData("bob@BU\u0308CHER.example", "bob@b\u00FCcher.example", true)]
    [InlineData("bob+tag@example.org", "bob@example.org", false)]
    [InlineData("J\u00D6RG@example.org", "j\u00F6rg@example.org", false)]
    [InlineData("bob@example.org", "bob@sub.example.org", false)]
    public void TwoAddressesAreOneWhereAMailSystemWouldMostLikelySaySo(string one, string other, bool same)
    {
        Assert.True(MailAddress.TryParse(one, out var first));
        Assert.True(MailAddress.TryParse(other, out var second));
        Assert.Equal(same, first.Equals(second));
        if (same)
            Assert.Equal(first.GetHashCode(), second.GetHashCode());
    }

    [Fact]
    public void RandomTextNeverThrows()
    {
        var random = new Random(1);
        const string alphabet = "ab@@\"\\.[]<> \r\n\0\u00FC\uD83D\uFFFD:-_%!";
        for (int i = 0; i < 20_000; i++)
        {
            string text = new(random.GetItems<char>(alphabet, random.Next(12)));
            if (MailAddress.TryParse(text, out var address, out string? reason))
                Assert.NotEmpty(address.LocalPart);
            else
                Assert.NotEmpty(reason);
        }
    }

    [Fact]
    public void AnAddressOfAMegabyteIsRefusedAtOnce() =>
        Assert.False(MailAddress.TryParse(new string('"', 1_000_000), out _, out _));
}
