using System.Diagnostics;
using MilterCrypt.Engine.Mail;
using MilterCrypt.Engine.Policy;

namespace MilterCrypt.Engine.Tests.Policy;

/// <summary>Tables as Postfix has them.</summary>
public sealed class TableTests
{
    [Theory]
    [InlineData("bob@example.org", true)]
    [InlineData("BOB@Example.ORG", true)]
    [InlineData("carol@example.org", false)]
    [InlineData("dave@example.org", false)]
    [InlineData("anybody@partner.example", true)]
    [InlineData("anybody@sub.partner.example", false)]
    [InlineData("anybody@a.below.example", true)]
    [InlineData("anybody@below.example", false)]
    [InlineData("anybody@not.below.example", false)]
    [InlineData("anybody@at.example", true)]
    [InlineData("postmaster@elsewhere.example", true)]
    [InlineData("postmaster@not.below.example", false)]
    [InlineData("postmaster", true)]
    [InlineData("anybody@b\u00FCcher.example", true)]
    public void TheMostSpecialKeyDecides(string address, bool expected)
    {
        var table = new LookupTable();
        foreach (var (key, isIn) in (IEnumerable<(string, bool)>)
            [("bob@example.org", true), ("bob@example.org", false), ("example.org", false), ("partner.example", true), (".below.example", true),
                (".not.below.example", false), ("not.below.example", false), ("@at.example", true), ("postmaster@", true), ("xn--bcher-kva.example", true)])
            Assert.True(table.TryAdd(key, isIn, out string? reason), reason);
        Assert.Equal(expected, table.Includes(Patterns.To(address)));
        Assert.Equal(expected, AddressPattern.OfTable("texthash:/x", table.Includes).Matches(Patterns.To(address)));
        Assert.False(AddressPattern.OfTable("texthash:/x", table.Includes).Matches(null));
    }

    [Theory]
    [InlineData("bob+news@example.org", true)]
    [InlineData("bob+spam@example.org", false)]
    [InlineData("carol+x@example.org", false)]
    [InlineData("postmaster+x@elsewhere.example", true)]
    [InlineData("postmaster+not@elsewhere.example", false)]
    [InlineData("+news@elsewhere.example", false)]
    public void ATagIsTriedBeforeTheAddressWithoutItAndThatBeforeTheDomain(string address, bool expected)
    {
        var table = new LookupTable();
        foreach (var (key, isIn) in (IEnumerable<(string, bool)>)
            [("bob@example.org", true), ("bob+spam@example.org", false), ("example.org", false), ("postmaster@", true), ("postmaster+not@", false)])
            Assert.True(table.TryAdd(key, isIn, out string? reason), reason);
        var match = new RuleMatch { Recipients = [AddressPattern.OfTable("texthash:/x", table.Includes)] };
        Assert.Equal(expected, new PolicyTable([new Rule("listed", 1, match, new PolicyChoices { Encrypt = EncryptMode.Always })])
            .Decide(new MailFacts(new Envelope("", null, true)), Patterns.To(address)) is PolicyAnswer.Decided { Decision.RuleName: "listed" });
    }

    [Theory]
    [InlineData("")]
    [InlineData("@")]
    [InlineData("a b@c.example")]
    [InlineData("bob@..")]
    [InlineData(".")]
    [InlineData("a..b")]
    public void AKeyThatMeansNothingIsExplained(string key)
    {
        Assert.False(new LookupTable().TryAdd(key, true, out string? reason));
        Assert.NotEmpty(reason);
    }

    [Theory]
    [InlineData("^bob@", "", false, "Bob@example.org", true)]
    [InlineData("^Bob@", "", false, "bob@example.org", true)]
    [InlineData("^Bob@", "i", false, "bob@example.org", false)]
    [InlineData("^Bob@example\\.org$", "i", false, "Bob@Example.ORG", true)]
    [InlineData("^bob@", "i", false, "Bob@example.org", false)]
    [InlineData("@(sub\\.)?example\\.org$", "", false, "x@sub.example.org", true)]
    [InlineData("@example\\.org$", "", true, "x@example.org", false)]
    [InlineData("@example\\.org$", "", true, "x@partner.example", true)]
    [InlineData("^x@xn--bcher-kva\\.example$", "", false, "x@b\u00FCcher.example", true)]
    public void ExpressionsMatchTheWholeAddressItsDomainInLowerCase(string expression, string flags, bool isNegated, string address, bool expected)
    {
        var table = new ExpressionTable();
        Assert.True(table.TryAdd(expression, flags, isNegated, isIn: true, out string? reason), reason);
        Assert.Equal(expected, table.Includes(Patterns.To(address)));
    }

    [Fact]
    public void TheFirstExpressionThatMatchesDecides()
    {
        var table = new ExpressionTable();
        Assert.True(table.TryAdd("^boss@", "", false, isIn: false, out _));
        Assert.True(table.TryAdd("@example\\.org$", "", false, isIn: true, out _));
        Assert.Equal((false, true, false), (table.Includes("boss@example.org"), table.Includes("bob@example.org"), table.Includes("bob@partner.example")));
    }

    [Theory]
    [InlineData("(a)\\1", "", "it refers back")]
    [InlineData("(?=a)b", "", "it refers back")]
    [InlineData("(?<!a)b", "", "it refers back")]
    [InlineData("(a", "", "it is not a regular expression: ")]
    [InlineData("[[:digit:]]", "", "classes such as [[:digit:]] are not taken: write [0-9]")]
    [InlineData("\\<a", "", "\\< and \\> are not taken: write \\b")]
    [InlineData("a", "g", "there are no flags 'g'")]
    [InlineData("", "", "the expression is empty")]
    public void AnExpressionThatCouldHurtOrMisleadIsRefused(string expression, string flags, string why)
    {
        Assert.False(new ExpressionTable().TryAdd(expression, flags, false, true, out string? reason));
        Assert.StartsWith(why, reason, StringComparison.Ordinal);
    }

    [Fact]
    public void ThereAreNoMoreExpressionsThanAreTriedInTime()
    {
        var table = new ExpressionTable();
        for (int i = 0; i < ExpressionTable.MaxLines; i++)
            Assert.True(table.TryAdd("a", "", false, true, out _));
        Assert.False(table.TryAdd("a", "", false, true, out _));
        Assert.False(new ExpressionTable().TryAdd(new string('a', 1001), "", false, true, out _));
    }

    /// <summary>What would take an expression that looks back longer than the world will stand ends at once.</summary>
    [Fact]
    public void AnEvilAddressTakesNoLongerThanAnother()
    {
        var table = new ExpressionTable();
        Assert.True(table.TryAdd("^(a+)+$", "", false, true, out _));
        Assert.False(table.Includes(new string('a', 900) + "!@example.org"));
    }

    /// <summary>A list of 100,000 is asked by a key, not from its top: of as many recipients each finds its entry.</summary>
    [Fact]
    public void ALongListIsNotWalkedThrough()
    {
        const int many = 100_000;
        var match = new RuleMatch { Recipients = [.. Enumerable.Range(0, many).Select(i => Patterns.Address($"u{i}@d{i % 100}.example")), Patterns.Address("*@all.example")] };
        var byDomain = new RuleMatch { Domains = [.. Enumerable.Range(0, many).Select(i => Patterns.Domain(i % 2 == 0 ? $"d{i}.example" : $"*.d{i}.example"))] };
        var byUser = new RuleMatch { Users = [.. Enumerable.Range(0, many).Select(i => Patterns.User($"User{i}"))] };
        var facts = new MailFacts(new Envelope("", "user99999", true));
        var last = Patterns.To("U99999@d99.example");
        var none = Patterns.To("nobody@a.d99998.example");
        var below = Patterns.To("nobody@a.d99999.example");
        var watch = Stopwatch.StartNew();
        for (int i = 0; i < many; i++)
        {
            Assert.Equal(Matching.Yes, match.Matches(facts, last, null, out _));
            Assert.Equal(Matching.No, match.Matches(facts, none, null, out _));
            Assert.Equal(Matching.No, byDomain.Matches(facts, none, null, out _));
            Assert.Equal(Matching.Yes, byDomain.Matches(facts, below, null, out _));
            Assert.Equal(Matching.Yes, byUser.Matches(facts, last, null, out _));
        }
        // Walked through, this would be 50,000,000,000 comparisons: minutes, or hours.
        TestContext.Current.TestOutputHelper?.WriteLine($"{watch.Elapsed.TotalMicroseconds / many / 5:F2} microseconds a question");
    }
}
