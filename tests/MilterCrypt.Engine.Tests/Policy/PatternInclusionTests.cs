using MilterCrypt.Engine.Mail;
using MilterCrypt.Engine.Policy;

namespace MilterCrypt.Engine.Tests.Policy;

/// <summary>A pattern that includes another has all that the other has.</summary>
public sealed class PatternInclusionTests
{
    private static readonly string[] Addresses =
        ["*", "<>", "bob@example.org", "BOB@Example.org", "al@a.example.org", "*@example.org", "*@*.example.org", "*@*.a.example.org", "*@a.example.org", "*@*", "*@evilexample.org", "al@*", "AL@*", "bob@*", "al@*.example.org"];

    private static readonly string[] Domains =
        ["*", "example.org", "EXAMPLE.org", "*.example.org", "a.example.org", "*.a.example.org", "evilexample.org", "b\u00FCcher.example", "xn--bcher-kva.example"];

    private static readonly string[] Users =
        ["*", "alice", "Alice", "alice@example.org", "*@example.org", "*e@example.org", "*example.org", "sales-*", "sales-eu-*", "s*", "SALES-*", "sales-eu-1", "@example.org"];

    [Theory]
    [InlineData("*", "<>", true)]
    [InlineData("*", "*@*", true)]
    [InlineData("*@*", "*", false)]
    [InlineData("<>", "*", false)]
    [InlineData("<>", "<>", true)]
    [InlineData("*@*", "<>", false)]
    [InlineData("*@example.org", "Bob@EXAMPLE.org", true)]
    [InlineData("*@example.org", "*@example.org", true)]
    [InlineData("*@example.org", "*@*.example.org", false)]
    [InlineData("*@*.example.org", "*@example.org", false)]
    [InlineData("*@*.example.org", "*@*.a.example.org", true)]
    [InlineData("*@*.a.example.org", "*@*.example.org", false)]
    [InlineData("*@*.example.org", "*@a.example.org", true)]
    [InlineData("bob@example.org", "BOB@example.org", true)]
    [InlineData("bob@example.org", "*@example.org", false)]
    [InlineData("postmaster@*", "Postmaster@*.example.org", true)]
    [InlineData("postmaster@*", "postmaster@example.org", true)]
    [InlineData("postmaster@*", "*@*", false)]
    [InlineData("*@*", "postmaster@*", true)]
    [InlineData("postmaster@*.example.org", "postmaster@*", false)]
    [InlineData("postmaster@*", "hostmaster@*", false)]
    public void AnAddressPatternIncludesAnother(string wide, string narrow, bool expected) => Assert.Equal(expected, Address(wide).Includes(Address(narrow)));

    [Theory]
    [InlineData("*", "*.example.org", true)]
    [InlineData("*.example.org", "*", false)]
    [InlineData("*.example.org", "example.org", false)]
    [InlineData("example.org", "*.example.org", false)]
    [InlineData("xn--bcher-kva.example", "b\u00FCcher.example", true)]
    [InlineData("*.example.org", "evilexample.org", false)]
    public void ADomainPatternIncludesAnother(string wide, string narrow, bool expected) => Assert.Equal(expected, Domain(wide).Includes(Domain(narrow)));

    [Theory]
    [InlineData("*", "*", true)]
    [InlineData("*", "sales-*", true)]
    [InlineData("sales-*", "*", false)]
    [InlineData("sales-*", "SALES-eu-*", true)]
    [InlineData("sales-eu-*", "sales-*", false)]
    [InlineData("*@example.org", "*e@example.org", true)]
    [InlineData("*@example.org", "@example.org*", false)]
    [InlineData("s*", "*s", false)]
    [InlineData("*@example.org", "alice@Example.org", true)]
    [InlineData("alice", "ALICE", true)]
    [InlineData("alice", "*", false)]
    public void AUserPatternIncludesAnother(string wide, string narrow, bool expected) => Assert.Equal(expected, User(wide).Includes(User(narrow)));

    [Fact]
    public void WhatATableHasIsKnownOnlyOneByOne()
    {
        AddressPattern addresses = AddressPattern.OfTable("file:/a", (address, _) => address.Domain == "example.org"), same = AddressPattern.OfTable("file:/a", (_, _) => true);
        Assert.True(addresses.Includes(Address("bob@example.org")));
        Assert.False(addresses.Includes(Address("*@example.org")));
        Assert.False(Address("*@*").Includes(addresses));
        Assert.True(Address("*").Includes(addresses));
        Assert.True(addresses.Includes(addresses));
        Assert.False(addresses.Includes(same));
        var domains = DomainPattern.OfTable("file:/d", domain => domain == "example.org");
        Assert.Equal((true, false, true, true), (domains.Includes(Domain("example.org")), domains.Includes(Domain("*.example.org")), Domain("*").Includes(domains), domains.Includes(domains)));
        Assert.False(Domain("*.example.org").Includes(domains));
        var users = UserPattern.OfTable("file:/u", user => user == "alice");
        Assert.Equal((true, false, true, true), (users.Includes(User("alice")), users.Includes(User("a*")), User("*").Includes(users), users.Includes(users)));
        Assert.False(User("f*").Includes(users));
    }

    [Fact]
    public void WhateverTheIncludedPatternHasTheOtherHas()
    {
        MailAddress?[] addresses = [null, .. new[] { "bob@example.org", "al@a.example.org", "al@b.a.example.org", "x@evilexample.org", "x@org" }.Select(Read)];
        AssertHolds(Addresses, Address, (one, other) => one.Includes(other), addresses, (pattern, address) => pattern.Matches(address));
        AssertHolds(Domains, Domain, (one, other) => one.Includes(other), ["example.org", "a.example.org", "b.a.example.org", "evilexample.org", "org", "xn--bcher-kva.example"],
            (pattern, domain) => pattern.Matches(domain));
        AssertHolds(Users, User, (one, other) => one.Includes(other), ["alice", "alice@example.org", "sales-", "sales-eu-1", "sales-us", "s", "", "@example.org", "example.org"],
            (pattern, user) => pattern.Matches(user));
    }

    private static void AssertHolds<TPattern, TValue>(
        string[] texts, Func<string, TPattern> read, Func<TPattern, TPattern, bool> includes, TValue[] values, Func<TPattern, TValue, bool> matches)
    {
        foreach (var wide in texts.Select(read))
        {
            Assert.True(includes(wide, wide), $"{wide}");
            foreach (var narrow in texts.Select(read).Where(narrow => includes(wide, narrow)))
                Assert.All(values, value => Assert.True(matches(wide, value) || !matches(narrow, value), $"{wide} includes {narrow}, but for {value}"));
        }
    }

    private static MailAddress Read(string text) => MailAddress.TryParse(text, out var address) ? address : throw new ArgumentException(text);

    private static AddressPattern Address(string text) => AddressPattern.TryParse(text, out var pattern, out string? reason) ? pattern : throw new ArgumentException(reason);

    private static DomainPattern Domain(string text) => DomainPattern.TryParse(text, out var pattern, out string? reason) ? pattern : throw new ArgumentException(reason);

    private static UserPattern User(string text) => UserPattern.TryParse(text, out var pattern, out string? reason) ? pattern : throw new ArgumentException(reason);
}
