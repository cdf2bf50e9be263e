using MilterCrypt.Engine.Custody;
using MilterCrypt.Engine.Holding;
using MilterCrypt.Engine.Mail;
using static MilterCrypt.Engine.Tests.Holding.HoldWorkshop;

namespace MilterCrypt.Engine.Tests.Holding;

/// <summary>What was held is sent once there is a key: encrypted, once, to those alone who have one.</summary>
public sealed class ReleaseTests
{
    [Fact]
    public async Task WhoHasAKeyByNowGetsItEncryptedAndTheFileIsGone()
    {
        await using var filter = new HoldWorkshop();
        await filter.SendAsync([Erin]);
        filter.Know(Erin);
        var result = await filter.ReleaseAsync(filter.All[0]);
        Assert.Null(result.Failure);
        Assert.Equal((MessageForm.OpenPgp, Erin), (Assert.Single(result.Parts).Form, result.Parts[0].Recipients[0].Address.ToString()));
        Assert.Empty(filter.All);
        var delivered = Assert.Single(filter.Sink.Messages);
        Assert.Equal([Erin], delivered.Recipients);
        Assert.False(delivered.Contains(Secret));
        Assert.True(delivered.Contains("multipart/encrypted"));
        Assert.False(delivered.Contains("MilterCrypt-Held"));
        Assert.Equal("release", Assert.Single(filter.Keys.Uses).For);
    }

    [Fact]
    public async Task WhileNobodyHasAKeyNothingIsEvenOpened()
    {
        await using var filter = new HoldWorkshop();
        await filter.SendAsync([Erin]);
        var result = await filter.ReleaseAsync(filter.All[0]);
        Assert.Equal([$"<{Erin}>: no key"], result.Staying);
        Assert.Empty(filter.Keys.Uses);
        Assert.Single(filter.All);
        Assert.Empty(filter.Sink.Messages);
    }

    [Fact]
    public async Task WhoStillHasNoneStaysHeldAndIsReleasedLater()
    {
        await using var filter = new HoldWorkshop();
        await filter.SendAsync([Erin, Frank]);
        filter.Know(Frank);
        var result = await filter.ReleaseAsync(filter.All[0]);
        Assert.Equal([$"<{Erin}>: no key"], result.Staying);
        Assert.Equal([Erin], filter.All[0].Left.Select(one => one.Recipient.Address));
        Assert.Equal(new() { [Frank] = 1 }, filter.Deliveries());
        filter.Know(Erin);
        await filter.ReleaseAsync(filter.All[0]);
        Assert.Empty(filter.All);
        Assert.Equal(new() { [Frank] = 1, [Erin] = 1 }, filter.Deliveries());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task WherePolicyIsOnlyTriedByNowNothingThatWasHeldLeavesInClear(bool hasKey)
    {
        await using var filter = new HoldWorkshop();
        await filter.SendAsync([Erin]);
        filter.Rules.Rules[0] = filter.Rules.Rules[0] with { Choices = filter.Rules.Rules[0].Choices with { Mode = Engine.Policy.EnforcementMode.Report } };
        if (hasKey)
            filter.Know(Erin);
        await filter.ReleaseAsync(filter.All[0]);
        Assert.Equal(hasKey ? 0 : 1, filter.All.Count);
        Assert.Equal(hasKey ? [false] : [], filter.Sink.Messages.Select(static message => message.Contains(Secret)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task WhomTheHeaderForbidsItStaysHeldAndKeepsNobodyElseWaiting(bool isThereAnother)
    {
        await using var filter = new HoldWorkshop();
        await filter.SendAsync(isThereAnother ? [Erin, Frank] : [Frank]);
        filter.Know(Erin);
        // A rule by now that the filter knows about only once it has the header.
        filter.Rules.Rules.Insert(0, new Engine.Policy.Rule(
            "plans", 0,
            new Engine.Policy.RuleMatch { Recipients = [Policy.Patterns.Address(Frank)], Subjects = [new Engine.Policy.Trigger.InSubject("plans")] },
            new Engine.Policy.PolicyChoices { Encrypt = Engine.Policy.EncryptMode.Always, WithoutKey = Engine.Policy.WithoutKey.Reject }));
        filter.Rules.Rules.Insert(1, new Engine.Policy.Rule(
            "frank", 0, new Engine.Policy.RuleMatch { Recipients = [Policy.Patterns.Address(Frank)] }, new Engine.Policy.PolicyChoices { Encrypt = Engine.Policy.EncryptMode.Never }));
        var result = await filter.ReleaseAsync(filter.All[0]);
        Assert.Null(result.Failure);
        Assert.Equal([$"<{Frank}>: no key"], result.Staying);
        Assert.Equal(isThereAnother ? new() { [Erin] = 1 } : [], filter.Deliveries());
        Assert.Equal([Frank], filter.All[0].Left.Select(one => one.Recipient.Address));
    }

    [Theory]
    [InlineData("RCPT")]
    [InlineData(".")]
    public async Task WhereTheMailServerRefusesItStaysHeld(string where)
    {
        await using var filter = new HoldWorkshop();
        await filter.SendAsync([Erin]);
        filter.Know(Erin);
        filter.Sink.Answer = line => ValueTask.FromResult(line.StartsWith(where, StringComparison.Ordinal) ? "451 4.3.0 later" : null);
        Assert.NotNull((await filter.ReleaseAsync(filter.All[0])).Failure);
        Assert.Equal([0], filter.All[0].State.Left);
        Assert.Empty(filter.All[0].State.Sending);
        filter.Sink.Answer = null;
        Assert.Null((await filter.ReleaseAsync(filter.All[0])).Failure);
        Assert.Empty(filter.All);
        Assert.Equal(new() { [Erin] = 1 }, filter.Deliveries());
    }

    [Fact]
    public async Task AnAnswerThatIsLostIsWrittenDownAndTheNextReleaseIsCounted()
    {
        await using var filter = new HoldWorkshop();
        await filter.SendAsync([Erin]);
        filter.Know(Erin);
        filter.Sink.Answer = line => ValueTask.FromResult(line == "." ? "354 what?" : null);
        Assert.NotNull((await filter.ReleaseAsync(filter.All[0])).Failure);
        Assert.Equal([0], filter.All[0].State.Sending);
        filter.Sink.Answer = null;
        Assert.Equal(1, (await filter.ReleaseAsync(filter.All[0])).Parts.Sum(part => part.PerhapsTwice));
        Assert.Empty(filter.All);
    }

    [Fact]
    public async Task OfSeveralFormsThoseThatWereTakenAreNotSentAgain()
    {
        await using var filter = new HoldWorkshop();
        await filter.SendAsync([Erin, Frank]);
        filter.Know(Erin);
        filter.Know(Frank);
        // A rule by now that gives Frank his own form.
        filter.Rules.Rules.Insert(0, new Engine.Policy.Rule("frank", 0, new Engine.Policy.RuleMatch { Recipients = [Policy.Patterns.Address(Frank)] }, new Engine.Policy.PolicyChoices { Encrypt = Engine.Policy.EncryptMode.Always, Escrow = [] }));
        int ends = 0;
        filter.Sink.Answer = line => ValueTask.FromResult(line == "." && ++ends == 2 ? "451 4.3.0 later" : null);
        var half = await filter.ReleaseAsync(filter.All[0]);
        Assert.NotNull(half.Failure);
        Assert.Equal(Assert.Single(filter.Sink.Messages).Recipients, Assert.Single(half.Parts).Recipients.Select(one => one.Address.ToString()));
        Assert.Single(filter.All[0].State.Left);
        filter.Sink.Answer = null;
        Assert.Null((await filter.ReleaseAsync(filter.All[0])).Failure);
        Assert.Equal(new() { [Frank] = 1, [Erin] = 1 }, filter.Deliveries());
    }

    [Fact]
    public async Task WhoChangesTheRecipientInTheFileDoesNotGetTheMessage()
    {
        await using var filter = new HoldWorkshop();
        await filter.SendAsync([Erin]);
        string path = filter.All[0].Path;
        await File.WriteAllTextAsync(path, (await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken)).Replace(Erin, Bob, StringComparison.Ordinal), TestContext.Current.CancellationToken);
        await Assert.ThrowsAsync<HoldingException>(() => filter.ReleaseAsync(filter.All[0]));
        Assert.Empty(filter.Sink.Messages);
        Assert.Single(filter.All);
    }

    [Fact]
    public async Task WhileTheKeyIsOutOfReachItStaysHeld()
    {
        await using var filter = new HoldWorkshop();
        await filter.SendAsync([Erin]);
        filter.Know(Erin);
        filter.Keys.OutOfReach = "the key holder is away";
        await Assert.ThrowsAsync<SecretKeyException>(() => filter.ReleaseAsync(filter.All[0]));
        Assert.Single(filter.All);
        Assert.Empty(filter.Sink.Messages);
    }
}
