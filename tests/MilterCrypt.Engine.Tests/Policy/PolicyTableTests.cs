using MilterCrypt.Engine.Mail;
using MilterCrypt.Engine.Policy;

namespace MilterCrypt.Engine.Tests.Policy;

public sealed class PolicyTableTests
{
    [Fact]
    public void TheFirstRuleThatMatchesDecides()
    {
        var table = new PolicyTable([
            Rule("partners", new RuleMatch { Domains = [Patterns.Domain("*.partner.example"), Patterns.Domain("partner.example")] }, EncryptMode.Always),
            Rule("rest", RuleMatch.Everything, EncryptMode.WhenPossible)]);

        Assert.Equal("partners", Decide(table, "bob@partner.example"));
        Assert.Equal("partners", Decide(table, "bob@sub.partner.example"));
        Assert.Equal("rest", Decide(table, "bob@else.example"));
    }

    [Fact]
    public void AllThatARuleNamesMustMatch()
    {
        var table = new PolicyTable([
            Rule("staff", new RuleMatch
            {
                Senders = [Patterns.Address("*@example.org")],
                Recipients = [Patterns.Address("bob@partner.example"), Patterns.Address("carol@partner.example")],
                Users = [Patterns.User("alice")],
            }, EncryptMode.Always)]);

        Assert.Equal("staff", Decide(table, "carol@partner.example", user: "alice"));
        Assert.Equal("no rule", Decide(table, "dave@partner.example", user: "alice"));
        Assert.Equal("no rule", Decide(table, "carol@partner.example", user: "mallory"));
        Assert.Equal("no rule", Decide(table, "carol@partner.example", user: null));
        Assert.Equal("no rule", Decide(table, "carol@partner.example", user: "alice", sender: "alice@elsewhere.example"));
    }

    [Theory]
    [InlineData("bob+news@partner.example", "+", "bob's")]
    [InlineData("BOB+a+b@partner.example", "+", "bob's")]
    [InlineData("bob-news@partner.example", "+-", "bob's")]
    [InlineData("bob-news@partner.example", "+", "rest")]
    [InlineData("bob+news@partner.example", "", "rest")]
    [InlineData("bobby+news@partner.example", "+", "rest")]
    [InlineData("postmaster+x@any.example", "+", "everywhere")]
    public void ATagLeadsAroundNoRuleForTheAddress(string recipient, string delimiters, string expected)
    {
        var table = new PolicyTable([
            Rule("bob's", new RuleMatch { Recipients = [Patterns.Address("bob@partner.example")] }, EncryptMode.Always),
            Rule("everywhere", new RuleMatch { Recipients = [Patterns.Address("postmaster@*")] }, EncryptMode.Always),
            Rule("rest", RuleMatch.Everything, EncryptMode.Never)]) { Tags = new AddressTags(delimiters) };
        Assert.Equal(expected, Decide(table, recipient));
    }

    [Fact]
    public void ATagOfTheSendersIsHisOwn() =>
        Assert.Equal("no rule", Decide(new PolicyTable([
            Rule("alice's", new RuleMatch { Senders = [Patterns.Address("alice@example.org")] }, EncryptMode.Never)]), "bob@else.example", sender: "alice+x@example.org"));

    [Theory]
    [InlineData(EnforcementMode.Enforce, false, "alice's")]
    [InlineData(EnforcementMode.Report, false, "rest")]
    // What was held is released as if all were enforced.
    [InlineData(EnforcementMode.Report, true, "alice's")]
    public void OfARuleForSomebodyWhomNobodyCanNameTheStrictestThatCountsDecides(EnforcementMode mode, bool isEnforced, string expected)
    {
        var table = new PolicyTable(
        [
            new Rule("alice's", 0, new RuleMatch { Users = [Patterns.User("alice")] }, new PolicyChoices { Encrypt = EncryptMode.Always, Mode = mode }),
            Rule("rest", RuleMatch.Everything, EncryptMode.Never),
        ]);
        var mail = new MailFacts(new Envelope("alice@example.org", null, canRefuseRecipients: false) { IsEgress = true, IdentityIsLost = true });
        var decided = Assert.IsType<PolicyAnswer.Decided>(table.Decide(mail, Patterns.To("bob@partner.example"), isEnforced));
        Assert.Equal(expected, decided.Decision.RuleName);
    }

    [Fact]
    public void WhereNoRuleMatchesTheMailIsLeftAlone() =>
        Assert.Equal(
            new PolicyAnswer.Decided(PolicyDecision.NoRule), new PolicyTable([]).Decide(new MailFacts(new Envelope("", null, true)), Patterns.To("bob@example.org")));

    [Theory]
    [InlineData("*@example.org")]
    [InlineData("alice@example.org")]
    public void AnUnreadableSenderLeavesOpenOnlyWhatARuleForSendersCouldHaveChanged(string named)
    {
        var table = new PolicyTable([
            Rule("reports", new RuleMatch { Senders = [Patterns.Address("<>")] }, EncryptMode.Never),
            Rule("own", new RuleMatch { Senders = [Patterns.Address(named)], Domains = [Patterns.Domain("partner.example")] }, EncryptMode.Always),
            Rule("ours", new RuleMatch { Senders = [Patterns.Address("*")], Domains = [Patterns.Domain("example.org")] }, EncryptMode.WhenPossible),
            Rule("rest", RuleMatch.Everything, EncryptMode.Never),
            Rule("late", new RuleMatch { Senders = [Patterns.Address(named)] }, EncryptMode.Always)]);

        Assert.Null(Decide(table, "bob@partner.example", sender: "alice at example.org"));
        Assert.Equal("ours", Decide(table, "bob@example.org", sender: "alice at example.org"));
        Assert.Equal("rest", Decide(table, "bob@else.example", sender: "alice at example.org"));
        Assert.Equal("reports", Decide(table, "bob@partner.example", sender: ""));
    }

    private static string? Decide(PolicyTable table, string recipient, string? user = null, string sender = "alice@example.org") =>
        (table.Decide(new MailFacts(new Envelope(sender, user, canRefuseRecipients: true)), Patterns.To(recipient)) as PolicyAnswer.Decided)?.Decision.RuleName;

    private static Rule Rule(string name, RuleMatch match, EncryptMode mode) => new(name, 1, match, new PolicyChoices { Encrypt = mode });
}
