using System.Net;
using MilterCrypt.Engine.Mail;
using MilterCrypt.Engine.Policy;

namespace MilterCrypt.Engine.Tests.Policy;

/// <summary>The table of which way mail goes.</summary>
public sealed class DirectionTests
{
    private static readonly DirectionDecider Decider = new(
        [Patterns.Domain("example.org"), Patterns.Domain("*.example.org")], [Patterns.Network("127.0.0.0/8"), Patterns.Network("2001:db8::/32")]);

    [Theory]
    [InlineData(null, false, "198.51.100.1", "bob@partner.example", MailDirection.Outbound)]
    [InlineData("alice", false, "198.51.100.1", "bob@partner.example", MailDirection.Outbound)]
    [InlineData(null, true, null, "bob@partner.example", MailDirection.Outbound)]
    [InlineData(null, false, "127.0.0.1", "bob@partner.example", MailDirection.Outbound)]
    [InlineData(null, false, "198.51.100.1", "bob@notexample.org", MailDirection.Outbound)]
    [InlineData(null, false, "198.51.100.1", "bob@example.org", MailDirection.Inbound)]
    [InlineData(null, false, "198.51.100.1", "bob@EXAMPLE.org", MailDirection.Inbound)]
    [InlineData(null, false, "198.51.100.1", "bob@sub.example.org", MailDirection.Inbound)]
    [InlineData(null, false, "198.51.100.1", "postmaster", MailDirection.Inbound)]
    [InlineData(null, false, null, "bob@example.org", MailDirection.Inbound)]
    [InlineData(null, false, "2001:db9::1", "bob@example.org", MailDirection.Inbound)]
    [InlineData("alice", false, "198.51.100.1", "bob@example.org", MailDirection.Internal)]
    [InlineData(null, true, null, "bob@example.org", MailDirection.Internal)]
    [InlineData(null, false, "127.0.0.1", "bob@example.org", MailDirection.Internal)]
    [InlineData(null, false, "2001:db8::1", "bob@example.org", MailDirection.Internal)]
    [InlineData(null, false, "::ffff:127.0.0.1", "postmaster", MailDirection.Internal)]
    public void AMessageHasOneDirection(string? user, bool isLocalSubmission, string? client, string recipient, MailDirection expected)
    {
        var envelope = new Envelope("alice@example.org", user, canRefuseRecipients: true)
        {
            IsLocalSubmission = isLocalSubmission,
            Client = client is null ? null : IPAddress.Parse(client),
        };
        Assert.Equal([expected], Decider.Possible(envelope, Patterns.To(recipient)));
    }

    /// <summary>Everybody can write any sender: it says nothing of where mail comes from.</summary>
    [Theory]
    [InlineData("alice@example.org")]
    [InlineData("")]
    [InlineData("mallory@partner.example")]
    public void TheSendersAddressSaysNothingOfDirection(string sender) =>
        Assert.Equal([MailDirection.Inbound], Decider.Possible(new Envelope(sender, null, canRefuseRecipients: true), Patterns.To("bob@example.org")));

    [Fact]
    public void WithoutLocalDomainsNoMailHasADirectionAndOnlyAddressesWithoutADomainAreHere()
    {
        Assert.Equal([null], DirectionDecider.None.Possible(new Envelope("a@b.example", "alice", true), Patterns.To("bob@example.org")));
        Assert.False(DirectionDecider.None.IsLocal(Patterns.To("bob@example.org")));
        Assert.True(DirectionDecider.None.IsLocal(Patterns.To("postmaster")));
    }

    [Fact]
    public void ThePolicyTableTellsWhoIsHere()
    {
        var table = new PolicyTable([], directions: Decider);
        Assert.True(table.IsLocal(Patterns.To("bob@sub.example.org")));
        Assert.False(table.IsLocal(Patterns.To("bob@partner.example")));
    }

    [Fact]
    public void ARuleForADirectionIsForItAlone()
    {
        var table = new PolicyTable(
            [new Rule("in", 1, new RuleMatch { Directions = [MailDirection.Inbound, MailDirection.Internal] }, new PolicyChoices { Decrypt = DecryptMode.WhenPossible })],
            directions: Decider);
        var mail = new MailFacts(new Envelope("a@b.example", null, canRefuseRecipients: true));
        Assert.Equal("in", ((PolicyAnswer.Decided)table.Decide(mail, Patterns.To("bob@example.org"))).Decision.RuleName);
        Assert.Equal("no rule", ((PolicyAnswer.Decided)table.Decide(mail, Patterns.To("bob@partner.example"))).Decision.RuleName);
    }
}
