using System.Net;
using System.Security.Cryptography;
using MilterCrypt.Engine.Bodies;
using MilterCrypt.Engine.Deciding;
using MilterCrypt.Engine.Hops;
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

    [Theory]
    [InlineData("no word", null)]
    [InlineData("forged word", null)]
    [InlineData("the word of another body", "it is of another body")]
    public async Task AWordThatDoesNotHoldMakesNobodyAlice(string what, string? reason)
    {
        var stamped = await PassFirstAsync(Letter, "alice");
        var letter = what switch
        {
            "no word" => stamped with { Header = [.. stamped.Header.Where(field => !field.Is("MilterCrypt-Origin"))] },
            "forged word" => Letter,
            _ => stamped with { Body = [.. stamped.Body, .. "more\r\n"u8] },
        };
        var left = await PassSecondAsync(letter);
        Assert.Equal("others'", Assert.IsType<MessageOutcome.Unchanged>(left.Outcome).Reason);
        Assert.Equal(letter.Body, left.Body);
        Assert.Empty(left.Field("MilterCrypt-Origin"));
        if (reason is not null)
            Assert.Equal(reason, falseOrigin);
    }

    [Fact]
    public async Task TheFirstHopRefusesWhomNoFormCanReachWhileTheSenderIsThere()
    {
        await using var message = workshop.Begin(new Envelope(Alice, "alice", true));
        Assert.IsType<RecipientOutcome.Refused>(message.AddRecipient("carol@nokey.example"));
        Assert.IsType<RecipientOutcome.Accepted>(message.AddRecipient(Bob));
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
