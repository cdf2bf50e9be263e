using System.Net;
using System.Security.Cryptography;
using MilterCrypt.Engine.Bodies;
using MilterCrypt.Engine.Deciding;
using MilterCrypt.Engine.Hops;
using MilterCrypt.Engine.Keys;
using MilterCrypt.Engine.Mail;
using MilterCrypt.Engine.Policy;
using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Certificates.Making;

namespace MilterCrypt.Engine.Tests;

/// <summary>A message that passes the filter twice: before the mail server's queue, and behind it.</summary>
public sealed class HopTests : IDisposable
{
    private const string Alice = "alice@example.org", Bob = "bob@partner.example";

    private readonly SecretCertificate bob = SecretCertificate.Generate(new KeyGeneration { UserIds = [Bob] });
    private readonly Workshop workshop = new();
    private readonly HopKeys keys = HopKeys.Of(RandomNumberGenerator.GetBytes(32));

    public HopTests()
    {
        workshop.Know(Bob, Workshop.Judge(bob.Certificate.ToArray()));
        workshop.Hops = keys;
        Assert.True(UserPattern.TryParse("alice", out var alice, out _));
        workshop.Rules.Add(new Rule("alice's", 0, new RuleMatch { Users = [alice] }, new PolicyChoices { Encrypt = EncryptMode.Always }));
        workshop.Rules.Add(new Rule("others'", 0, RuleMatch.Everything, new PolicyChoices { Encrypt = EncryptMode.Never }));
    }

    private static Letter Letter => Letter.Read($"From: {Alice}\nTo: {Bob}\nSubject: plans\nMilterCrypt-Origin: v=1; u=forged\n\nthe secret is 42\n");

    public void Dispose()
    {
        keys.Dispose();
        workshop.Dispose();
        bob.Dispose();
    }

    [Fact]
    public async Task TheSecondHopDecidesByWhomTheFirstHopSaw()
    {
        var stamped = await PassFirstAsync(Letter, "alice");
        Assert.Equal(Letter.Body, stamped.Body);
        Assert.Single(stamped.Header, field => field.Is("MilterCrypt-Origin"));

        var encrypted = await PassSecondAsync(stamped);
        Assert.IsType<MessageOutcome.Rewritten>(encrypted.Outcome);
        Assert.DoesNotContain("secret", encrypted.BodyText, StringComparison.Ordinal);
        Assert.Empty(encrypted.Field("MilterCrypt-Origin"));
    }

    [Fact]
    public async Task WhoeverElseHandsItInGetsHisOwnRule()
    {
        var left = await PassSecondAsync(await PassFirstAsync(Letter, "mallory"));
        Assert.IsType<MessageOutcome.Unchanged>(left.Outcome);
        Assert.Empty(left.Field("MilterCrypt-Origin"));
    }

    [Fact]
    public async Task OfMailThatNeverPassedTheFirstHopNothingIsKnown()
    {
        var stamped = await PassFirstAsync(Letter, "alice");
        var left = await PassSecondAsync(stamped with { Header = [.. stamped.Header.Where(field => !field.Is("MilterCrypt-Origin"))] });
        Assert.Equal("others'", Assert.IsType<MessageOutcome.Unchanged>(left.Outcome).Reason);
        Assert.Null(falseOrigin);
    }

    /// <summary>Nobody can say that it is not Alice's, for whom more is demanded: what a mail server changed does not leave in clear.</summary>
    [Theory]
    [InlineData("a forged word", "its code is not for this sender and header, or of another key")]
    [InlineData("a line cut in two", "it is of another body")]
    [InlineData("another encoding", "its code is not for this sender and header, or of another key")]
    [InlineData("a Date added", "its code is not for this sender and header, or of another key")]
    [InlineData("a word twice", "there are several fields")]
    public async Task WhereTheWordDoesNotHoldTheStrictestRuleThatMayBeTheSendersDecides(string what, string reason)
    {
        var stamped = await PassFirstAsync(Letter, "alice");
        var letter = what switch
        {
            "a forged word" => Letter,
            "a line cut in two" => stamped with { Body = [.. "the sec\r\nret is 42\r\n"u8] },
            "another encoding" => stamped with { Header = [.. stamped.Header, new HeaderField("Content-Transfer-Encoding", " 7bit"u8.ToArray())] },
            "a Date added" => stamped with { Header = [.. stamped.Header, new HeaderField("Date", " Thu, 26 Nov 2026 12:00:00 +0000"u8.ToArray())] },
            _ => stamped with { Header = [stamped.Header.Single(field => field.Is("MilterCrypt-Origin")), .. stamped.Header] },
        };
        var encrypted = await PassSecondAsync(letter);
        Assert.IsType<MessageOutcome.Rewritten>(encrypted.Outcome);
        Assert.DoesNotContain("secret", encrypted.BodyText, StringComparison.Ordinal);
        Assert.Empty(encrypted.Field("MilterCrypt-Origin"));
        Assert.Equal(reason, falseOrigin);
    }

    [Fact]
    public async Task WhoeverMayBeAliceIsRefusedWithHerWhereThereIsNoKey()
    {
        workshop.Know(Bob, KeyAnswer.Unknown);
        workshop.Rules.Insert(0, new Rule("first hop", 0, new RuleMatch { IsEgress = false }, new PolicyChoices { Encrypt = EncryptMode.Never }));
        var stamped = await PassFirstAsync(Letter, "alice");
        var refused = await PassSecondAsync(stamped with { Body = [.. stamped.Body, .. "more\r\n"u8] });
        Assert.Equal("550 5.7.1", Assert.IsType<MessageOutcome.Refused>(refused.Outcome) is var answer ? $"{answer.Refusal.Code} {answer.Refusal.EnhancedStatus}" : "");
    }

    /// <summary>Which of two rules is stricter is asked only of whom it may be: what the rules for all say stands where none of them demands more.</summary>
    [Fact]
    public async Task WhereNoRuleForSomebodyDemandsMoreNothingChanges()
    {
        workshop.Rules.Clear();
        Assert.True(UserPattern.TryParse("*", out var anybody, out _));
        workshop.Rules.Add(new Rule("tried", 0, new RuleMatch { Users = [anybody] }, new PolicyChoices { Encrypt = EncryptMode.Always, Mode = EnforcementMode.Report }));
        workshop.Rules.Add(new Rule("free", 0, new RuleMatch { Users = [anybody] }, new PolicyChoices { Encrypt = EncryptMode.Never }));
        workshop.Rules.Add(new Rule("others'", 0, RuleMatch.Everything, new PolicyChoices { Encrypt = EncryptMode.Never }));
        var left = await PassSecondAsync(Letter);
        Assert.Equal("others'", Assert.IsType<MessageOutcome.Unchanged>(left.Outcome).Reason);
    }

    /// <summary>A rule for Alice's large mail is not the one of a small message, whoever sent it.</summary>
    [Fact]
    public async Task WhatIsKnownStillCounts()
    {
        workshop.Rules[0] = workshop.Rules[0] with { Match = workshop.Rules[0].Match with { LargerThan = 10_000 } };
        Assert.IsType<MessageOutcome.Unchanged>((await PassSecondAsync(Letter)).Outcome);
        Assert.IsType<MessageOutcome.Rewritten>((await PassSecondAsync(Letter with { Body = new byte[20_000] })).Outcome);
    }

    [Fact]
    public async Task MailToUsThatMayBeOursIsTreatedAsTheStricterOfBothWays()
    {
        workshop.LocalDomains = [Policy.Patterns.Domain("partner.example")];
        workshop.Rules.Clear();
        workshop.Rules.Add(new Rule("internal", 0, new RuleMatch { Directions = [MailDirection.Internal] }, new PolicyChoices { Encrypt = EncryptMode.Always }));
        Assert.IsType<MessageOutcome.Rewritten>((await PassSecondAsync(Letter)).Outcome);
        Assert.IsType<MessageOutcome.Unchanged>((await PassSecondAsync(Letter with { Header = [.. Letter.Header.Where(field => !field.Is("MilterCrypt-Origin"))] })).Outcome);
    }

    [Fact]
    public async Task TheFirstHopRefusesWhomNoFormCanReachWhileTheSenderIsThere()
    {
        await using var message = workshop.Begin(new Envelope(Alice, "alice", true));
        Assert.IsType<RecipientOutcome.Refused>(message.AddRecipient("carol@nokey.example"));
        Assert.IsType<RecipientOutcome.Accepted>(message.AddRecipient(Bob));
    }

    [Fact]
    public async Task WhatTheFilterHasHandedOverItselfPassesTheFirstHopAsItIs()
    {
        var letter = Letter;
        var left = await PassAsync(letter, new Envelope(Alice, "alice", true) { IsHandedOver = true });
        Assert.Equal("handed over", Assert.IsType<MessageOutcome.Unchanged>(left.Outcome).Reason);
        Assert.Equal(letter.Header, left.Header);
    }

    [Fact]
    public async Task WhoHandsItInIsProvenThroughABypass()
    {
        workshop.Bypass = new EmergencyBypass(TimeProvider.System.GetUtcNow().AddHours(1), "the keys were lost");
        var stamped = await PassFirstAsync(Letter, "alice");
        workshop.Bypass = null;
        Assert.IsType<MessageOutcome.Rewritten>((await PassSecondAsync(stamped)).Outcome);
    }

    private string? falseOrigin;

    private async Task<Letter> PassFirstAsync(Letter letter, string user)
    {
        var passed = await PassAsync(letter, new Envelope(Alice, user, true) { Client = IPAddress.Parse("192.0.2.1"), Tls = true });
        return new Letter(passed.Header, passed.Body);
    }

    private Task<Processed> PassSecondAsync(Letter letter) =>
        PassAsync(letter, new Envelope(Alice, null, true) { IsEgress = true, IdentityIsOpen = true });

    private async Task<Processed> PassAsync(Letter letter, Envelope envelope)
    {
        await using var message = workshop.Begin(envelope);
        Assert.IsNotType<RecipientOutcome.Refused>(message.AddRecipient(Bob));
        var outcome = message.ReadHeader(letter.Header) is HeaderOutcome.Unchanged unchanged
            ? new MessageOutcome.Unchanged(unchanged.Reason) { Header = unchanged.Header }
            : await message.ReadBodyAsync(Workshop.Feed(letter.Body, 7), "4XyZ", TestContext.Current.CancellationToken);
        falseOrigin = message.FalseOrigin;
        return await Processed.FromAsync(letter, outcome);
    }
}
