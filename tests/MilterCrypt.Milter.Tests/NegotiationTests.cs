using MilterCrypt.Milter.Client;
using MilterCrypt.Milter.Tests.Support;
using MilterCrypt.Milter.Wire;

namespace MilterCrypt.Milter.Tests;

public sealed class NegotiationTests
{
    private static readonly Negotiation Everything = new(6, (MilterActions)0x1FF, (MilterProtocol)0x1FFFFF);

    [Fact]
    public void OnlyAnswersThatCountAreGivenWhereSilenceIsFast()
    {
        Negotiation answer = Everything.Answer(new MilterOptions(), FilterSteps.None, skipReplies: true);
        Assert.Equal(
            MilterProtocol.NoUnknown | MilterProtocol.NoData | MilterProtocol.LeadingSpace | MilterProtocol.SilentConnect
                | MilterProtocol.SilentHelo | MilterProtocol.SilentHeader | MilterProtocol.SilentBody,
            answer.Protocol);
    }

    [Fact]
    public void ElsewhereEveryStepIsAnsweredSinceSilenceCosts40Milliseconds() =>
        Assert.Equal(MilterProtocol.NoUnknown | MilterProtocol.NoData | MilterProtocol.LeadingSpace, Everything.Answer(new MilterOptions(), FilterSteps.None, skipReplies: false).Protocol);

    [Fact]
    public void NothingIsWantedThatWasNotOffered()
    {
        Negotiation answer = new Negotiation(2, MilterActions.ChangeBody, MilterProtocol.NoBody).Answer(new MilterOptions(), FilterSteps.None, skipReplies: true);
        Assert.Equal(new Negotiation(2, MilterActions.ChangeBody, MilterProtocol.None), answer);
    }

    [Fact]
    public void ANewerVersionIsAnsweredWithSix() => Assert.Equal(6u, (Everything with { Version = 9 }).Answer(new MilterOptions(), FilterSteps.None, true).Version);

    [Theory]
    [InlineData(0u)]
    [InlineData(1u)]
    public void VersionsBeforeTwoAreRefused(uint version)
    {
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        (Everything with { Version = version }).Write(output, new Dictionary<MacroStage, string>());
        Assert.Throws<MilterProtocolException>(
            () => Negotiation.Read(new System.Buffers.ReadOnlySequence<byte>(output.WrittenMemory[5..])));
    }

    [Fact]
    public async Task BothListsOfMacrosAreAskedForSinceSendmailHeedsOneOnlyBesideTheOther()
    {
        await using TestServer server = await TestServer.StartAsync(new ScriptedFilter());
        await using MilterClient client = await server.OpenAsync(MtaHabits.Sendmail);
        Assert.Contains("{msg_id}", client.RequestedMacros[MacroStage.EndOfMessage], StringComparison.Ordinal);
        Assert.True(client.RequestedMacros.ContainsKey(MacroStage.EndOfHeader));
        Assert.Contains("{verify}", client.RequestedMacros[MacroStage.Helo], StringComparison.Ordinal);
        Assert.True(client.Agreed.Actions.HasFlag(MilterActions.RequestMacros));
    }

    [Fact]
    public async Task NoListsAreSentToAnMtaThatDidNotOfferThem()
    {
        await using TestServer server = await TestServer.StartAsync(new ScriptedFilter());
        MtaHabits old = MtaHabits.Sendmail with { Offer = new Negotiation(6, (MilterActions)0xFF, (MilterProtocol)0x1FFFFF) };
        await using MilterClient client = await server.OpenAsync(old);
        Assert.Empty(client.RequestedMacros);
    }
}
