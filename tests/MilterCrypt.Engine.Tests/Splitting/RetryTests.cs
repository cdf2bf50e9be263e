using MilterCrypt.Engine.Bodies;
using MilterCrypt.Engine.Mail;
using MilterCrypt.Engine.Policy;
using static MilterCrypt.Engine.Tests.Splitting.SplitWorkshop;

namespace MilterCrypt.Engine.Tests.Splitting;

/// <summary>What becomes of the same message when its client comes again (docs/exactly-once.md).</summary>
public sealed class RetryTests
{
    [Fact]
    public async Task WhoGotTheMessageDoesNotGetItAgainWhenTheClientComesForTheRest()
    {
        await using var filter = New();
        int ends = 0;
        filter.Sink.Answer = line => ValueTask.FromResult(line == "." && ++ends == 2 ? "451 4.3.0 no room" : null);
        var refused = Assert.IsType<MessageOutcome.Refused>(await filter.SendAsync(Letter(), [Bob, Erin]));
        Assert.True(refused.Refusal.IsTemporary);
        // The log is told who has it.
        Assert.Equal(Assert.Single(filter.Sink.Messages).Recipients, Assert.Single(refused.Parts).Recipients.Select(one => one.Address.ToString()));

        filter.Sink.Answer = null;
        var handed = Assert.IsType<MessageOutcome.HandedOver>(await filter.SendAsync(Letter(), [Bob, Erin]));
        Assert.Equal(new() { [Bob] = 1, [Erin] = 1 }, filter.Deliveries());
        Assert.Single(handed.Parts, part => part.WasBefore);
    }

    [Fact]
    public async Task TheRestGoesItsWayAlsoWhereTheClientComesWithFewerRecipients()
    {
        await using var filter = New();
        int ends = 0;
        filter.Sink.Answer = line => ValueTask.FromResult(line == "." && ++ends == 2 ? "451 4.3.0 no room" : null);
        await filter.SendAsync(Letter(), [Bob, Erin, Carol]);
        filter.Sink.Answer = null;
        foreach (string[] some in (string[][])[[Bob], [Erin, Carol], [Bob, Erin, Carol]])
            await SendWholeAsync(filter, some);
        Assert.Equal(1, filter.Deliveries()[filter.Sink.Messages[0].Recipients[0]]);
        Assert.All(filter.Deliveries().Values, times => Assert.Equal(1, times));
    }

    [Fact]
    public async Task AnAnswerThatTheClientNeverHeardDoesNotSendTheMessageAgain()
    {
        await using var filter = New();
        await filter.SendAsync(Letter(), [Bob, Erin]);
        var handed = Assert.IsType<MessageOutcome.HandedOver>(await filter.SendAsync(Letter(), [Bob, Erin]));
        Assert.All(handed.Parts, part => Assert.True(part.WasBefore));
        Assert.Equal(new() { [Bob] = 1, [Erin] = 1 }, filter.Deliveries());
    }

    [Fact]
    public async Task AMessageThatItsClientDidNotNameIsSentTwiceWhereItIsHandedInTwice()
    {
        await using var filter = New();
        for (int i = 0; i < 2; i++)
            Assert.IsType<MessageOutcome.HandedOver>(await filter.SendAsync(Letter(extra: ""), [Bob, Erin]));
        Assert.Equal(new() { [Bob] = 2, [Erin] = 2 }, filter.Deliveries());
        Assert.Equal(0, filter.Journal.OpenCount);
    }

    [Fact]
    public async Task ThoughItIsNotWhereItsClientWasNotToldAnything()
    {
        await using var filter = New();
        await filter.SendAsync(Letter(extra: ""), [Bob, Erin], answered: false);
        await filter.SendAsync(Letter(extra: ""), [Bob, Erin]);
        Assert.Equal(new() { [Bob] = 1, [Erin] = 1 }, filter.Deliveries());
        Assert.Equal(0, filter.Journal.OpenCount);
    }

    [Fact]
    public async Task AnAnswerToTheEndThatIsLostMakesTheMessageComeTwiceAndIsCounted()
    {
        await using var filter = New();
        int ends = 0;
        // What is no reply at all: the message is kept, and nobody knows.
        filter.Sink.Answer = line => ValueTask.FromResult(line == "." && ++ends == 1 ? "354 what?" : null);
        Assert.True(Assert.IsType<MessageOutcome.Refused>(await filter.SendAsync(Letter(), [Bob, Erin])).Refusal.IsTemporary);
        var handed = Assert.IsType<MessageOutcome.HandedOver>(await filter.SendAsync(Letter(), [Bob, Erin]));
        Assert.Equal(1, handed.Parts.Sum(part => part.PerhapsTwice));
    }

    [Fact]
    public async Task AnAnswerToTheEndIsHeardThoughTheClientHasGoneMeanwhile()
    {
        await using var filter = New();
        using var client = new CancellationTokenSource();
        filter.Sink.Answer = async line =>
        {
            if (line == ".")
                await client.CancelAsync();
            return null;
        };
        var refused = Assert.IsType<MessageOutcome.Refused>(await filter.SendAsync(Letter(), [Bob, Erin], answered: false, cancellationToken: client.Token));
        Assert.True(refused.Refusal.IsTemporary);
        Assert.Single(filter.Sink.Messages);

        filter.Sink.Answer = null;
        var handed = Assert.IsType<MessageOutcome.HandedOver>(await filter.SendAsync(Letter(), [Bob, Erin]));
        Assert.Equal(new() { [Bob] = 1, [Erin] = 1 }, filter.Deliveries());
        Assert.Equal(0, handed.Parts.Sum(part => part.PerhapsTwice));
    }

    [Fact]
    public async Task ARefusalBehindTheFirstEndSaysWhoGotTheMessageAllTheSame()
    {
        await using var filter = New();
        int ends = 0;
        filter.Sink.Answer = line => ValueTask.FromResult(line == "." && ++ends == 2 ? "554 5.7.1 spam" : null);
        var refused = Assert.IsType<MessageOutcome.Refused>(await filter.SendAsync(Letter(), [Bob, Erin]));
        Assert.Equal((554, "5.7.1"), (refused.Refusal.Code, refused.Refusal.EnhancedStatus));
        Assert.Contains($"(but {filter.Sink.Messages[0].Recipients[0]} got it)", refused.Refusal.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("another client")]
    [InlineData("another sender")]
    [InlineData("another body")]
    public async Task NobodyCanHaveAnothersMessageTakenForSent(string what)
    {
        await using var filter = New();
        await filter.SendAsync(Letter(), [Bob, Erin], answered: false);
        var letter = what == "another body" ? Letter() with { Body = [.. Letter().Body, (byte)'!'] } : Letter();
        var envelope = what switch
        {
            "another client" => new Envelope(Alice, "mallory", true),
            "another sender" => new Envelope("mallory@example.org", null, true),
            _ => null,
        };
        await filter.SendAsync(letter, [Bob, Erin], envelope);
        Assert.Equal(new() { [Bob] = 2, [Erin] = 2 }, filter.Deliveries());
    }

    private static SplitWorkshop New()
    {
        var filter = new SplitWorkshop();
        filter.Rules.Rules.Add(new Rule("all", 0, RuleMatch.Everything, new PolicyChoices { Encrypt = EncryptMode.WhenPossible, Bcc = BccMode.WithOthers }));
        return filter;
    }

    /// <summary>Sends it; what is rewritten in place is delivered by the MTA, that is, here.</summary>
    private static async Task SendWholeAsync(SplitWorkshop filter, string[] recipients)
    {
        var outcome = await filter.SendAsync(Letter(), recipients);
        Assert.True(outcome is MessageOutcome.HandedOver, $"{string.Join(' ', recipients)}: {outcome}");
    }
}
