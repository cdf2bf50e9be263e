using System.Net;
using MilterCrypt.Engine.Mail;
using MilterCrypt.Engine.Policy;

namespace MilterCrypt.Engine.Tests.Policy;

public sealed class PatternTests
{
    [Theory]
    [InlineData("*", "bob@example.org", true)]
    [InlineData("bob@example.org", "BOB@Example.Org", true)]
    [InlineData("bob@example.org", "bobby@example.org", false)]
    [InlineData("*@example.org", "bob@example.org", true)]
    [InlineData("*@example.org", "bob@sub.example.org", false)]
    [InlineData("*@*.example.org", "bob@a.sub.example.org", true)]
    [InlineData("*@*.example.org", "bob@example.org", false)]
    [InlineData("*@*.example.org", "bob@evilexample.org", false)]
    [InlineData("*@b\u00FCcher.example", "bob@xn--bcher-kva.example", true)]
    [InlineData("*@XN--BCHER-KVA.example", "bob@b\u00FCcher.example", true)]
    [InlineData("postmaster@*", "PostMaster@sub.example.org", true)]
    [InlineData("postmaster@*", "postmaster", true)]
    [InlineData("postmaster@*", "postmasters@example.org", false)]
    [InlineData("postmaster@*.example.org", "postmaster@sub.example.org", true)]
    [InlineData("postmaster@*.example.org", "postmaster@example.org", false)]
    [InlineData("<>", "bob@example.org", false)]
    public void AddressesMatch(string pattern, string address, bool expected)
    {
        Assert.True(AddressPattern.TryParse(pattern, out var read, out string? reason), reason);
        Assert.True(MailAddress.TryParse(address, out var parsed));
        Assert.Equal(expected, read.Matches(parsed));
    }

    [Theory]
    [InlineData("*", true)]
    [InlineData("postmaster@*", false)]
    [InlineData("<>", true)]
    [InlineData("*@example.org", false)]
    public void TheNullSenderIsMatchedByItsOwnPatternAndByEverything(string pattern, bool expected)
    {
        Assert.True(AddressPattern.TryParse(pattern, out var read, out _));
        Assert.Equal(expected, read.Matches(null));
    }

    [Theory]
    [InlineData("example.org")]
    [InlineData("*example.org")]
    [InlineData("bob@*org")]
    [InlineData("b(b@*")]
    [InlineData("bob@x@*")]
    [InlineData("bo*@example.org")]
    [InlineData("bob@")]
    [InlineData("*@")]
    [InlineData("")]
    [InlineData("b ob@example.org")]
    public void APatternThatMeansNothingIsExplained(string pattern)
    {
        Assert.False(AddressPattern.TryParse(pattern, out _, out string? reason));
        Assert.NotEmpty(reason);
    }

    [Theory]
    [InlineData("example.org", "example.org", true)]
    [InlineData("EXAMPLE.org.", "example.org", true)]
    [InlineData("example.org", "sub.example.org", false)]
    [InlineData("*.example.org", "sub.example.org", true)]
    [InlineData("*", "anything.example", true)]
    public void DomainsMatch(string pattern, string domain, bool expected)
    {
        Assert.True(DomainPattern.TryParse(pattern, out var read, out string? reason), reason);
        Assert.Equal(expected, read.Matches(domain));
    }

    [Theory]
    [InlineData("")]
    [InlineData("*example.org")]
    [InlineData("a..b")]
    [InlineData("bob@example.org")]
    public void ADomainThatIsNoneIsExplained(string pattern)
    {
        Assert.False(DomainPattern.TryParse(pattern, out _, out string? reason));
        Assert.NotEmpty(reason);
    }

    [Theory]
    [InlineData("192.0.2.0/24", "192.0.2.255", true)]
    [InlineData("192.0.2.0/24", "192.0.3.0", false)]
    [InlineData("192.0.2.7", "192.0.2.7", true)]
    [InlineData("192.0.2.7", "192.0.2.8", false)]
    [InlineData("192.0.2.0/24", "::ffff:192.0.2.1", true)]
    [InlineData("2001:db8::/32", "2001:db8:ffff::1", true)]
    [InlineData("2001:db8::/32", "2001:db9::1", false)]
    [InlineData("0.0.0.0/0", "2001:db8::1", false)]
    public void NetworksMatch(string pattern, string client, bool expected)
    {
        Assert.True(NetworkPattern.TryParse(pattern, out var read, out string? reason), reason);
        Assert.Equal(expected, read.Matches(IPAddress.Parse(client)));
    }

    [Theory]
    [InlineData("192.0.2.1/24", "192.0.2.1 is an address in a network; the network is 192.0.2.0/24")]
    [InlineData("2001:db8::1/33", "2001:db8::1 is an address in a network; the network is 2001:db8::/33")]
    [InlineData("192.0.2.0/33", "it is not a network: ")]
    [InlineData("127.1", "it is not a network: ")]
    [InlineData("fe80::%eth0/64", "it is not a network: ")]
    [InlineData("example.org", "it is not a network: ")]
    [InlineData("", "it is not a network: ")]
    public void ANetworkThatIsNoneIsExplained(string pattern, string why)
    {
        Assert.False(NetworkPattern.TryParse(pattern, out _, out string? reason));
        Assert.StartsWith(why, reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("alice", "ALICE", true)]
    [InlineData("alice", "alice2", false)]
    [InlineData("*", "alice", true)]
    [InlineData("*", null, false)]
    [InlineData("alice", null, false)]
    [InlineData("*@example.org", "alice@example.org", true)]
    [InlineData("sales-*", "Sales-7", true)]
    [InlineData("sales-*", "sale", false)]
    public void LoginNamesMatch(string pattern, string? user, bool expected)
    {
        Assert.True(UserPattern.TryParse(pattern, out var read, out string? reason), reason);
        Assert.Equal(expected, read.Matches(user));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a*b")]
    [InlineData("**")]
    public void ALoginPatternThatMeansNothingIsExplained(string pattern)
    {
        Assert.False(UserPattern.TryParse(pattern, out _, out string? reason));
        Assert.NotEmpty(reason);
    }
}
