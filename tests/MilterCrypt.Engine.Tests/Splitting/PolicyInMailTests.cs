using System.Globalization;
using System.Text;
using MilterCrypt.Engine.Bodies;
using MilterCrypt.Engine.Deciding;
using MilterCrypt.Engine.Mail;
using MilterCrypt.Engine.Policy;
using static MilterCrypt.Engine.Tests.Splitting.SplitWorkshop;

namespace MilterCrypt.Engine.Tests.Splitting;

/// <summary>What policy can ask for, seen in the message that comes of it.</summary>
public sealed class PolicyInMailTests
{
    private const string Team = "team@example.org";

    [Theory]
    [InlineData(Bob)]
    [InlineData("bob+offers@partner.example")]
    [InlineData("BOB@Partner.Example")]
    public async Task ATagOrAnotherCaseFindsTheSameKey(string address)
    {
        await using var filter = New(new PolicyChoices { Encrypt = EncryptMode.Always });
        var outcome = Assert.IsType<MessageOutcome.Rewritten>(await filter.SendAsync(Letter(), [address]));
        Assert.True(await NamesAsync(outcome, Bob));
    }

    [Fact]
    public async Task MailForAnAliasIsEncryptedToAllWhoReadIt()
    {
        await using var filter = New(new PolicyChoices { Encrypt = EncryptMode.Always });
        filter.Rules.Aliases = [new AddressAlias(Address(Team), [Address(Bob), Address(Carol)], Readdresses: false)];
        var outcome = Assert.IsType<MessageOutcome.Rewritten>(await filter.SendAsync(Letter(Team), [Team]));
        Assert.Equal(2, outcome.Facts.Certificates.Count);
        Assert.True(await NamesAsync(outcome, Bob));
        Assert.True(await NamesAsync(outcome, Carol));
    }

    [Fact]
    public async Task AnAliasOneOfWhoseReadersHasNoKeyHasNone()
    {
        await using var filter = New(new PolicyChoices { Encrypt = EncryptMode.Always });
        filter.Rules.Aliases = [new AddressAlias(Address(Team), [Address(Bob), Address(Erin)], Readdresses: false)];
        Assert.Equal(550, Assert.IsType<MessageOutcome.Refused>(await filter.SendAsync(Letter(Team), [Team])).Refusal.Code);
    }

    [Fact]
    public async Task WhoReadsAnAliassMailGetsItInItsPlaceWhereThatIsWanted()
    {
        await using var filter = New(new PolicyChoices { Encrypt = EncryptMode.WhenPossible });
        filter.Rules.Aliases = [new AddressAlias(Address(Team), [Address(Bob), Address(Carol)], Readdresses: true)];
        Assert.IsType<MessageOutcome.HandedOver>(await filter.SendAsync(Letter(Team), [Team, Erin]));
        Assert.Equal(
            ["RCPT TO:<bob@partner.example> ORCPT=rfc822;team@example.org", "RCPT TO:<carol@partner.example> ORCPT=rfc822;team@example.org"],
            filter.For(Bob).RcptCommands);

        await using var message = filter.Rules.Begin();
        message.AddRecipient(new EnvelopeRecipient(Team) { Arguments = ["NOTIFY=NEVER", "ORCPT=rfc822;all@example.org"] });
        var (given, readers) = Assert.Single(message.Readdressed);
        Assert.Equal(Team, given.Given);
        Assert.Equal([Bob, Carol], readers.Select(reader => reader.Address));
        Assert.All(readers, reader => Assert.Equal(["NOTIFY=NEVER", "ORCPT=rfc822;all@example.org"], reader.Arguments));
    }

    [Fact]
    public async Task AnEscrowKeyCanOpenWhatIsEncryptedAndNothingElseWhereItsHolderIsNotAskedFor()
    {
        await using var filter = New(
            new Rule("escrowed", 0, new RuleMatch { Recipients = [Pattern(Bob)] }, new PolicyChoices { Encrypt = EncryptMode.Always, Escrow = [Address(Dave)] }),
            new Rule("others", 0, RuleMatch.Everything, new PolicyChoices { Encrypt = EncryptMode.Always }));
        Assert.IsType<MessageOutcome.HandedOver>(await filter.SendAsync(Letter($"{Bob}, {Carol}"), [Bob, Carol]));
        Assert.True(Names(filter.For(Bob).Body, Dave));
        Assert.False(Names(filter.For(Carol).Body, Dave));
    }

    [Fact]
    public async Task WithoutTheEscrowKeyMailWaits()
    {
        await using var filter = New(new PolicyChoices { Encrypt = EncryptMode.WhenPossible, Escrow = [Address(Frank)] });
        var refused = Assert.IsType<MessageOutcome.Refused>(await filter.SendAsync(Letter(), [Bob]));
        Assert.Equal((451, "4.3.5"), (refused.Refusal.Code, refused.Refusal.EnhancedStatus));
    }

    [Fact]
    public async Task UnderReportNothingIsDoneAndItIsSaidWhatWouldBe()
    {
        await using var filter = New(new PolicyChoices { Encrypt = EncryptMode.Always, Mode = EnforcementMode.Report });
        await using var message = filter.Rules.Begin();
        Assert.Equal("encrypted", Assert.IsType<RecipientOutcome.Accepted>(message.AddRecipient(Bob)).WouldBe?.Word);
        var refused = Assert.IsType<RecipientOutcome.Accepted>(message.AddRecipient(Erin)).WouldBe;
        Assert.Equal(("refused", 550), (refused?.Word, refused?.Refusal?.Code));

        var letter = Letter(extra: "MilterCrypt-Forecast: forged\n");
        var unchanged = Assert.IsType<HeaderOutcome.Unchanged>(message.ReadHeader(letter.Header));
        var field = Assert.Single(unchanged.Header.Apply(letter.Header), field => field.Is("MilterCrypt-Forecast"));
        Assert.Equal(" encrypted=1, refused=1", Encoding.ASCII.GetString(field.Value.Span));
    }

    [Fact]
    public async Task UnderReportTheHeaderKeepsWhatItsSenderWroteForTheFilter()
    {
        var marked = new RuleMatch { Subjects = [new Trigger.InSubject("[secure]")] };
        var choices = new PolicyChoices { Encrypt = EncryptMode.WhenPossible };
        await using var filter = New(
            new Rule("tried", 0, marked with { Recipients = [Pattern(Erin)] }, choices with { Mode = EnforcementMode.Report, Mixed = MixedMode.Separate }) { RemovesTriggers = true },
            new Rule("in force", 0, marked, choices) { RemovesTriggers = true });
        Assert.IsType<MessageOutcome.HandedOver>(await filter.SendAsync(Subject("[secure] plans"), [Bob, Erin]));
        Assert.Equal(["[secure] plans"], filter.For(Erin).Field("Subject"));
        Assert.Equal(["plans"], filter.For(Bob).Field("Subject"));

        await using var tried = filter.Rules.Begin();
        tried.AddRecipient(Erin);
        var unchanged = Assert.IsType<HeaderOutcome.Unchanged>(tried.ReadHeader(Subject("[secure] plans").Header));
        Assert.IsType<HeaderChange.Add>(Assert.Single(unchanged.Header));
    }

    [Fact]
    public async Task UnderReportAndWhileABypassLastsAnAliassMailGoesToTheAlias()
    {
        await using var filter = New(new PolicyChoices { Encrypt = EncryptMode.WhenPossible, Mode = EnforcementMode.Report });
        filter.Rules.Aliases = [new AddressAlias(Address(Team), [Address(Bob)], Readdresses: true)];
        await AssertReaddressedAsync(false);
        filter.Rules.Rules[0] = new Rule("all", 0, RuleMatch.Everything, new PolicyChoices { Encrypt = EncryptMode.WhenPossible });
        await AssertReaddressedAsync(true);
        filter.Rules.Bypass = new EmergencyBypass(TimeProvider.System.GetUtcNow().AddHours(1), "the keys were lost");
        await AssertReaddressedAsync(false);

        async Task AssertReaddressedAsync(bool isReaddressed)
        {
            await using var message = filter.Rules.Begin();
            message.AddRecipient(Team);
            Assert.Equal(isReaddressed, message.Readdressed.Count == 1);
        }
    }

    public static TheoryData<string, string, bool> WhomRulesDoNotSee => new()
    {
        { "joe,x@y.example", Alice, true },
        { "joe@my-.example", Alice, true },
        { "bob!joe@x.example", Alice, false },
        { Bob, "alice at example.org", true },
        { "joe,x@y.example", "alice at example.org", false },
    };

    [Theory]
    [MemberData(nameof(WhomRulesDoNotSee))]
    public async Task WhomRulesDoNotSeeIsRefusedOnlyWhereSomethingMayBeEncrypted(string recipient, string sender, bool canRefuseRecipients)
    {
        Assert.True(AddressPattern.TryParse(Alice, out var alice, out _));
        var forAlice = new RuleMatch { Senders = [alice] };
        var always = new PolicyChoices { Encrypt = EncryptMode.Always };
        foreach (var (rules, isRefused) in (IEnumerable<(Rule[], bool)>)
            [
                ([new Rule("alice", 0, forAlice, always), new Rule("all", 0, RuleMatch.Everything, new PolicyChoices { Encrypt = EncryptMode.Never })], true),
                ([new Rule("alice", 0, forAlice, always with { Mode = EnforcementMode.Report }), new Rule("all", 0, RuleMatch.Everything, new PolicyChoices { Encrypt = EncryptMode.WhenPossible })], true),
                ([new Rule("alice", 0, forAlice, always with { Mode = EnforcementMode.Report })], false),
                ([new Rule("alice", 0, forAlice, new PolicyChoices { Decrypt = DecryptMode.WhenPossible })], false),
            ])
        {
            await using var filter = New(rules);
            filter.Rules.Aliases = [new AddressAlias(Address(Bob), [Address(Carol)], Readdresses: true)];
            await using var message = filter.Rules.Begin(sender, canRefuseRecipients);
            var outcome = message.AddRecipient(recipient);
            Assert.Equal(isRefused, outcome is RecipientOutcome.Refused or RecipientOutcome.RefusedWithMessage);
            if (!isRefused)
            {
                Assert.IsType<HeaderOutcome.Unchanged>(message.ReadHeader(Letter().Header));
                bool isTried = rules[0].Choices.Mode == EnforcementMode.Report;
                Assert.Equal(isTried ? "refused" : null, ((RecipientOutcome.Accepted)outcome).WouldBe?.Word);
                Assert.True(!isTried || message.Readdressed.Count == 0);
            }

            filter.Rules.Bypass = new EmergencyBypass(TimeProvider.System.GetUtcNow().AddHours(1), "the keys were lost");
            await using var bypassed = filter.Rules.Begin(sender, canRefuseRecipients);
            Assert.Equal(recipient, Assert.IsType<RecipientOutcome.Accepted>(bypassed.AddRecipient(recipient)).Address.ToString());
            Assert.Equal("emergency bypass", Assert.IsType<HeaderOutcome.Unchanged>(bypassed.ReadHeader(Letter().Header)).Reason);
        }
    }

    /// <summary>It ends: comparing each with each, 200,000 would take hours.</summary>
    [Fact]
    public async Task VeryManyRecipientsWhomTheHeaderDoesNotNameAreOneGroup()
    {
        const int many = 200_000;
        var shared = SomeKey.New();
        using var workshop = new Workshop().Rule(EncryptMode.Always);
        await using var message = workshop.Begin();
        for (int i = 0; i < many; i++)
        {
            string address = string.Create(CultureInfo.InvariantCulture, $"r{i}@partner.example");
            workshop.Know(address, shared);
            Assert.IsType<RecipientOutcome.Accepted>(message.AddRecipient(address));
        }
        Assert.IsType<HeaderOutcome.BodyWanted>(message.ReadHeader(Letter().Header));
        Assert.Equal(many, Assert.IsType<PlannedWork.Rewrite>(message.Planned).Form.Recipients.Count);
    }

    [Theory]
    [InlineData(100, false)]
    [InlineData(5000, true)]
    public async Task WhatHangsOnTheLengthIsDecidedWhenAllOfItIsThere(int length, bool isLarge)
    {
        await using var filter = New(
            new Rule("large", 0, new RuleMatch { LargerThan = 1000 }, new PolicyChoices { Encrypt = EncryptMode.Never }),
            new Rule("others", 0, RuleMatch.Everything, new PolicyChoices { Encrypt = EncryptMode.Always }));
        var letter = Letter() with { Body = [.. Enumerable.Repeat((byte)'x', length)] };
        var outcome = await filter.SendAsync(letter, [Bob]);
        Assert.Equal(isLarge, outcome is MessageOutcome.Unchanged { Reason: "large" });
        Assert.Equal(!isLarge, outcome is MessageOutcome.Rewritten { Facts.OriginalBytes: 100 });
    }

    [Fact]
    public async Task ARecipientWhomNoLengthCouldHelpIsRefusedAtOnce()
    {
        await using var filter = New(
            new Rule("large", 0, new RuleMatch { LargerThan = 1000 }, new PolicyChoices { Encrypt = EncryptMode.Always, WithoutKey = WithoutKey.Defer }),
            new Rule("others", 0, RuleMatch.Everything, new PolicyChoices { Encrypt = EncryptMode.Always }));
        await using var message = filter.Rules.Begin();
        Assert.True(Assert.IsType<RecipientOutcome.Refused>(message.AddRecipient(Erin)).Refusal.IsTemporary);
        Assert.IsType<RecipientOutcome.Pending>(message.AddRecipient(Bob));
    }

    [Fact]
    public async Task WhatTheHeaderForbidsIsRefusedOnceItIsKnownAndNamesTheRecipient()
    {
        var secure = new RuleMatch { Subjects = [new Trigger.InSubject("[secure]")] };
        await using var filter = New(
            new Rule("secure", 0, secure, new PolicyChoices { Encrypt = EncryptMode.Always }),
            new Rule("others", 0, RuleMatch.Everything, new PolicyChoices { Encrypt = EncryptMode.Never }));
        var refused = Assert.IsType<MessageOutcome.Refused>(await filter.SendAsync(Subject("[SECURE] plans"), [Erin]));
        Assert.Equal(550, refused.Refusal.Code);
        Assert.Contains(Erin, refused.Refusal.Text, StringComparison.Ordinal);
        Assert.IsType<MessageOutcome.Unchanged>(await filter.SendAsync(Subject("plans"), [Erin]));
    }

    [Fact]
    public async Task ATriggerLeavesTheHeaderOfThoseForWhomItDecided()
    {
        var secure = new RuleMatch { Subjects = [new Trigger.InSubject("[secure]")], Recipients = [Pattern(Bob)] };
        await using var filter = New(
            new Rule("secure", 0, secure, new PolicyChoices { Encrypt = EncryptMode.Always }) { RemovesTriggers = true },
            new Rule("others", 0, RuleMatch.Everything, new PolicyChoices { Encrypt = EncryptMode.Never }));
        Assert.IsType<MessageOutcome.HandedOver>(await filter.SendAsync(Subject("[secure] plans"), [Bob, Erin]));
        Assert.Equal(["plans"], filter.For(Bob).Field("Subject"));
        Assert.Equal(["[secure] plans"], filter.For(Erin).Field("Subject"));
    }

    [Fact]
    public async Task WhoeverRunsTheSiteIsReachableWhateverTheRulesSay()
    {
        Assert.True(DomainPattern.TryParse("example.org", out var here, out _));
        await using var filter = New(new PolicyChoices { Encrypt = EncryptMode.Always });
        filter.Rules.LocalDomains = [here];
        foreach (var (address, isReachable) in (IEnumerable<(string, bool)>)
            [("postmaster", true), ("Postmaster@example.org", true), ("abuse@example.org", true), ("alice@example.org", false), ("postmaster@nokey.example", false)])
        {
            await using var message = filter.Rules.Begin();
            Assert.Equal(isReachable, message.AddRecipient(address) is RecipientOutcome.Accepted { Form: MessageForm.Clear });
        }
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(-1, false)]
    public async Task WhileABypassLastsAllMailGoesAsItCame(int hours, bool isBypassed)
    {
        await using var filter = New(new PolicyChoices { Encrypt = EncryptMode.Always });
        filter.Rules.Bypass = new EmergencyBypass(TimeProvider.System.GetUtcNow().AddHours(hours), "the key holder's machine is on fire");
        var outcome = await filter.SendAsync(Letter(), [Bob, Erin]);
        Assert.Equal(isBypassed, outcome is MessageOutcome.Unchanged { Reason: "emergency bypass" });
        Assert.Equal(!isBypassed, outcome is MessageOutcome.Refused);
    }

    private static SplitWorkshop New(PolicyChoices choices) => New(new Rule("all", 0, RuleMatch.Everything, choices));

    private static SplitWorkshop New(params Rule[] rules)
    {
        var filter = new SplitWorkshop();
        filter.Rules.Rules.AddRange(rules);
        return filter;
    }

    private static Letter Subject(string subject) => Tests.Letter.Read($"From: {Alice}\nTo: {Bob}\nSubject: {subject}\nMessage-ID: <1@example.org>\n\nhello\n");

    private static MailAddress Address(string text) => MailAddress.TryParse(text, out var address) ? address : throw new ArgumentException(text);

    private static AddressPattern Pattern(string text) => AddressPattern.TryParse(text, out var pattern, out _) ? pattern : throw new ArgumentException(text);

    private static async Task<bool> NamesAsync(MessageOutcome.Rewritten outcome, string reader)
    {
        using var whole = new MemoryStream();
        outcome.Body.Position = 0;
        await outcome.Body.CopyToAsync(whole, TestContext.Current.CancellationToken);
        return Names(whole.ToArray(), reader);
    }
}
