using System.Net;
using MilterCrypt.Engine.Mail;
using MilterCrypt.Engine.Policy;

namespace MilterCrypt.Engine.Tests.Policy;

/// <summary>defaults ← direction ← domain ← address ← rule: who has the last word, and who fills what it leaves open.</summary>
public sealed class CascadeTests
{
    private static readonly string[] General = ["defaults", "outbound", "domain *", "domain *.example", "domain *.partner.example", "domain partner.example",
        "address *@*.example", "address *@partner.example", "address bob@*", "address bob@partner.example", "rule"];

    /// <summary>Each of the places alone, and each with all that are more general, has the say.</summary>
    [Fact]
    public void TheMostSpecialEntryHasTheSayAndNamesTheDecision()
    {
        string[] forBob = [.. General.Except(["domain *.partner.example"])];
        for (int last = 0; last < forBob.Length; last++)
        {
            foreach (var places in (string[][])[[forBob[last]], forBob[..(last + 1)], [.. forBob[..(last + 1)].Reverse()]])
            {
                var decision = Decide(places.Select(place => (place, Saying(place))), "bob@partner.example");
                Assert.Equal((NameOf(forBob[last]), WordOf(forBob[last])), (decision.RuleName, decision.Escrow[0].ToString()));
            }
        }
    }

    [Theory]
    [InlineData("bob@partner.example", "domain partner.example")]
    [InlineData("bob@sub.partner.example", "domain *.partner.example")]
    [InlineData("bob@a.sub.partner.example", "domain *.partner.example")]
    [InlineData("bob@other.example", "domain *.example")]
    [InlineData("bob@example", "domain *")]
    [InlineData("bob", "domain *")]
    public void TheMoreSpecialDomainComesFirst(string recipient, string expected) =>
        Assert.Equal(expected, Decide(General.Where(place => place.StartsWith("domain", StringComparison.Ordinal)).Select(place => (place, Saying(place))), recipient).RuleName);

    /// <summary>Every pair of places and every choice: what the special one says it decides, what it leaves open the general one does.</summary>
    [Fact]
    public void WhatAnEntryLeavesOpenComesFromTheNextMoreGeneralOne()
    {
        string[] forBob = [.. General.Except(["domain *.partner.example"])];
        var all = new PolicyChoices
        {
            Encrypt = EncryptMode.Always,
            WithoutKey = WithoutKey.Defer,
            ReportsWithoutKey = ReportsWithoutKey.HeadersOnly,
            Sign = SignMode.Always,
            Decrypt = DecryptMode.WhenPossible,
            Form = FormMode.OpenPgp,
            Mixed = MixedMode.Separate,
            Bcc = BccMode.WithOthers,
            Escrow = [Patterns.To("escrow@example.org")],
            Mode = EnforcementMode.Report,
        };
        Assert.Equal(10, all.Keys.Count());
        PolicyChoices[] singles =
        [
            new() { Encrypt = EncryptMode.Never }, new() { WithoutKey = WithoutKey.Clear }, new() { ReportsWithoutKey = ReportsWithoutKey.Defer },
            new() { Sign = SignMode.WhenPossible }, new() { Decrypt = DecryptMode.Never }, new() { Form = FormMode.Either }, new() { Mixed = MixedMode.Split },
            new() { Bcc = BccMode.Anonymous }, new() { Escrow = [] }, new() { Mode = EnforcementMode.Enforce },
        ];
        for (int general = 0; general < forBob.Length; general++)
        {
            for (int special = general + 1; special < forBob.Length; special++)
            {
                foreach (var single in singles)
                {
                    var decision = Decide([(forBob[general], all), (forBob[special], single)], "bob@partner.example");
                    var expected = PolicyDecision.Of(NameOf(forBob[special]), single.Or(all));
                    Assert.Equal(expected with { Entries = decision.Entries, Direction = MailDirection.Outbound }, decision);
                    string said = Assert.Single(single.Keys);
                    Assert.All(all.Keys, key => Assert.Equal(NameOf(forBob[key == said ? special : general]), decision.Origins()[key].Name));
                }
            }
        }
    }

    [Fact]
    public void WhereNothingIsSaidTheMailIsLeftAlone()
    {
        var decision = Decide([("domain other.example", Saying("x@y.example"))], "bob@partner.example");
        Assert.Equal(PolicyDecision.NoRule with { Direction = MailDirection.Outbound }, decision);
        Assert.Empty(decision.Origins());
    }

    [Fact]
    public void ADecisionTellsTheLinesThatItComesFrom()
    {
        var table = new PolicyTable(
            [new Rule("tagged", 30, RuleMatch.Everything, new PolicyChoices { Encrypt = EncryptMode.Always })],
            new PolicyCascade(new PolicyEntry("defaults", 3, new PolicyChoices { Encrypt = EncryptMode.Never, Mode = EnforcementMode.Report }), new Dictionary<MailDirection, PolicyEntry>()));
        var origins = Assert.IsType<PolicyAnswer.Decided>(table.Decide(From("alice@example.org"), Patterns.To("bob@partner.example"))).Decision.Origins();
        Assert.Equal([("encrypt", "tagged", 30), ("mode", "defaults", 3)], origins.Select(pair => (pair.Key, pair.Value.Name, pair.Value.Line)));
    }

    [Theory]
    [InlineData("*.partner.example", "*.PARTNER.example.")]
    [InlineData("*", "*")]
    [InlineData("b\u00FCcher.example", "xn--bcher-kva.example")]
    public void OneDomainHasOneEntry(string one, string other)
    {
        var cascade = new PolicyCascade(null, new Dictionary<MailDirection, PolicyEntry>());
        var entry = new PolicyEntry("x", 1, PolicyChoices.None);
        Assert.True(cascade.TryAdd(Patterns.Domain(one), entry));
        Assert.False(cascade.TryAdd(Patterns.Domain(other), entry));
        Assert.Single(cascade.Entries);
    }

    [Theory]
    [InlineData("bob@partner.example", "BOB@Partner.Example")]
    [InlineData("postmaster@*", "Postmaster@*")]
    [InlineData("*@partner.example", "*@PARTNER.example")]
    [InlineData("*", "*")]
    public void OneAddressHasOneEntry(string one, string other)
    {
        var cascade = new PolicyCascade(null, new Dictionary<MailDirection, PolicyEntry>());
        var entry = new PolicyEntry("x", 1, PolicyChoices.None);
        Assert.True(cascade.TryAdd(Patterns.Address(one), entry));
        Assert.False(cascade.TryAdd(Patterns.Address(other), entry));
    }

    [Fact]
    public void AskingForEncryptionOrDecryptionIsSeenWhereverItStands()
    {
        foreach (string place in General)
        {
            var encrypts = Table([(place, new PolicyChoices { Encrypt = EncryptMode.WhenPossible })]);
            var decrypts = Table([(place, new PolicyChoices { Decrypt = DecryptMode.WhenPossible })]);
            Assert.Equal((true, false, false, true), (encrypts.AsksForEncryption, encrypts.AsksForDecryption, decrypts.AsksForEncryption, decrypts.AsksForDecryption));
        }
    }

    [Fact]
    public void WhereItIsNotKnownWhoSendsBothWaysArePossible()
    {
        var table = Table([("inbound", new PolicyChoices { Decrypt = DecryptMode.WhenPossible }), ("internal", new PolicyChoices { Encrypt = EncryptMode.Never })]);
        var open = From("alice@example.org", IPAddress.Loopback) with { Envelope = new Envelope("alice@example.org", null, true) { IdentityIsOpen = true } };
        var possible = Assert.IsType<PolicyAnswer.Open>(table.Decide(open, Patterns.To("bob@example.org"))).Possible;
        Assert.Equal(["direction internal", "direction inbound"], possible.Select(decision => decision.RuleName));
        Assert.Equal("no rule", Assert.IsType<PolicyAnswer.Decided>(table.Decide(open, Patterns.To("bob@partner.example"))).Decision.RuleName);
    }

    [Fact]
    public void TwoWaysThatComeToTheSameAreOne()
    {
        var table = Table([("defaults", new PolicyChoices { Encrypt = EncryptMode.Always })]);
        var open = new MailFacts(new Envelope("alice@example.org", null, true) { IdentityIsOpen = true });
        Assert.Equal("defaults", Assert.IsType<PolicyAnswer.Decided>(table.Decide(open, Patterns.To("bob@example.org"))).Decision.RuleName);
    }

    private static PolicyDecision Decide(IEnumerable<(string Place, PolicyChoices Choices)> entries, string recipient) =>
        Assert.IsType<PolicyAnswer.Decided>(Table(entries).Decide(From("alice@example.org"), Patterns.To(recipient))).Decision;

    private static PolicyTable Table(IEnumerable<(string Place, PolicyChoices Choices)> entries)
    {
        var byPlace = entries.Select(entry => (entry.Place, Entry: new PolicyEntry(NameOf(entry.Place), 1, entry.Choices))).ToList();
        var cascade = new PolicyCascade(
            byPlace.FirstOrDefault(one => one.Place == "defaults").Entry,
            byPlace.Where(one => one.Place is "outbound" or "inbound" or "internal").ToDictionary(one => Enum.Parse<MailDirection>(one.Place, ignoreCase: true), one => one.Entry));
        foreach (var (place, entry) in byPlace)
        {
            string pattern = place.Split(' ')[^1];
            if (place.StartsWith("domain ", StringComparison.Ordinal))
                Assert.True(cascade.TryAdd(Patterns.Domain(pattern), entry));
            else if (place.StartsWith("address ", StringComparison.Ordinal))
                Assert.True(cascade.TryAdd(Patterns.Address(pattern), entry));
        }
        return new PolicyTable(
            [.. byPlace.Where(one => one.Place == "rule").Select(one => new Rule("rule", 1, RuleMatch.Everything, one.Entry.Choices))],
            cascade,
            new DirectionDecider([Patterns.Domain("example.org")], NetworkPattern.Loopback));
    }

    private static MailFacts From(string sender, IPAddress? client = null) => new(new Envelope(sender, null, canRefuseRecipients: true) { Client = client });

    private static string NameOf(string place) => place is "outbound" or "inbound" or "internal" ? $"direction {place}" : place;

    private static string WordOf(string place) => $"{place.Replace("@", ".", StringComparison.Ordinal).Replace("*", "any", StringComparison.Ordinal).Replace(' ', '.')}@escrow.example";

    private static PolicyChoices Saying(string place) => new() { Escrow = [Patterns.To(WordOf(place))] };
}
