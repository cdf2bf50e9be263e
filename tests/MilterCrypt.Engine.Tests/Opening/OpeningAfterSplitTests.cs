using MilterCrypt.Engine.Bodies;
using MilterCrypt.Engine.Mail;
using MilterCrypt.Engine.Policy;
using MilterCrypt.Engine.Tests.Splitting;

namespace MilterCrypt.Engine.Tests.Opening;

/// <summary>Mail from a sender of whom a message was split before: it is opened as ever, and nobody gets it twice.</summary>
public sealed class OpeningAfterSplitTests : IAsyncDisposable
{
    private readonly Recipient alice = new();
    private readonly SplitWorkshop splitter = new();

    public OpeningAfterSplitTests()
    {
        splitter.Rules.Rules.Add(new Rule("all", 0, RuleMatch.Everything, new PolicyChoices { Encrypt = EncryptMode.WhenPossible }));
        alice.Workshop.Split = splitter.Rules.Split;
    }

    [Fact]
    public async Task AMessageIsOpenedThoughAnotherOfItsSenderWasSplit()
    {
        await SplitOneAsync();
        var processed = await alice.GetAsync(await EncryptedLetter.ForAsync(alice.AliceKey));
        Assert.IsType<MessageOutcome.Opened>(processed.Outcome);
        Assert.Equal(EncryptedLetter.InnerBody, processed.BodyText);
    }

    [Fact]
    public async Task OneThatCannotBeOpenedStaysAsItCame()
    {
        await SplitOneAsync();
        var processed = await alice.GetAsync(await EncryptedLetter.ForAsync(alice.SamKey));
        Assert.StartsWith("not opened: ", Assert.IsType<MessageOutcome.Unchanged>(processed.Outcome).Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task WhoHasACopyFromTheTryThatWasSplitGetsNoOtherOne(bool canBeOpened)
    {
        // Carol's form is refused behind Alice's, who has it as it came by then.
        alice.Workshop.Rules.Insert(0, new Rule("carol", 0, new RuleMatch { Recipients = [Policy.Patterns.Address(SplitWorkshop.Carol)] }, new PolicyChoices { Encrypt = EncryptMode.Always }));
        alice.Workshop.Know(SplitWorkshop.Carol, Workshop.Judge(alice.SamKey.Certificate.ToArray()));
        int ends = 0;
        splitter.Sink.Answer = line => ValueTask.FromResult(line == "." && ++ends == 2 ? "451 4.3.0 no room" : null);
        var letter = canBeOpened ? await EncryptedLetter.ForAsync(alice.AliceKey) : EncryptedLetter.Around("no armor");
        Assert.IsType<MessageOutcome.Refused>((await alice.GetAsync(letter, [Recipient.Alice, SplitWorkshop.Carol])).Outcome);
        Assert.Equal(new() { [Recipient.Alice] = 1 }, splitter.Deliveries());

        splitter.Sink.Answer = null;
        var again = Assert.IsType<MessageOutcome.HandedOver>((await alice.GetAsync(letter)).Outcome);
        Assert.True(Assert.Single(again.Parts).WasBefore);

        // Her other address has not got it: as it came, as she did.
        Assert.IsType<MessageOutcome.HandedOver>((await alice.GetAsync(letter, [Recipient.Alice, Recipient.AliceToo])).Outcome);
        Assert.Equal(new() { [Recipient.Alice] = 1, [Recipient.AliceToo] = 1 }, splitter.Deliveries());
        Assert.Equal(letter.Body, splitter.For(Recipient.AliceToo).Body);
    }

    public async ValueTask DisposeAsync()
    {
        await splitter.DisposeAsync();
        alice.Dispose();
    }

    private async Task SplitOneAsync() => Assert.IsType<MessageOutcome.HandedOver>(await splitter.SendAsync(
        SplitWorkshop.Letter(), [SplitWorkshop.Bob, SplitWorkshop.Erin], new Envelope(Recipient.Sam, null, canRefuseRecipients: true)));
}
