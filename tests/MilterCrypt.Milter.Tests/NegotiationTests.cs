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

    [Fact]
    public void AStepThatIsAskedForIsNeitherLeftOutNorSilent()
    {
        const FilterSteps All = FilterSteps.Connect | FilterSteps.Helo | FilterSteps.Unknown | FilterSteps.Data | FilterSteps.RefusedRecipients;
        Assert.Equal(
            MilterProtocol.LeadingSpace | MilterProtocol.SilentHeader | MilterProtocol.SilentBody | MilterProtocol.RejectedRecipients,
            Everything.Answer(new MilterOptions(), All, skipReplies: true).Protocol);
    }

    // Sendmail drops the filter, or the body, upon SKIP before the body; it sends no ABORT at RSET with NR_MAIL.
    [Fact]
    public void WhatIsATrapIsNeverClaimedWhateverTheFilterAsksFor()
    {
        const MilterProtocol Traps = MilterProtocol.Skip | MilterProtocol.SilentMail | MilterProtocol.SilentRecipient
            | MilterProtocol.SilentEndOfHeader | MilterProtocol.NoConnect | MilterProtocol.NoHelo | MilterProtocol.NoMail
            | MilterProtocol.NoRecipient | MilterProtocol.NoBody | MilterProtocol.NoHeaders | MilterProtocol.NoEndOfHeader;
        for (int steps = 0; steps < 0x20; steps++)
        {
            foreach (bool fast in new[] { false, true })
            {
                var all = new Negotiation(6, (MilterActions)0x1FF, (MilterProtocol)0x3FFFFFFF);
                Assert.Equal(MilterProtocol.None, all.Answer(new MilterOptions(), (FilterSteps)steps, fast).Protocol & Traps);
            }
        }
    }

    [Fact]
    public void AnMtaThatNamesNoActionsOrStepsMeansThoseOfVersionOneAsForLibmilter()
    {
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        new Negotiation(6, MilterActions.None, MilterProtocol.None).Write(output, new Dictionary<MacroStage, string>());
        Assert.Equal(
            new Negotiation(6, (MilterActions)0x0F, (MilterProtocol)0x3F),
            Negotiation.Read(new System.Buffers.ReadOnlySequence<byte>(output.WrittenMemory[5..])));
    }

    [Fact]
    public void MoreMacrosOfAStageThanSendmailKeepsAreRefused()
    {
        static MilterOptions Options(int count) => new()
        {
            Macros = new Dictionary<MacroStage, string> { [MacroStage.Mail] = string.Join(' ', Enumerable.Repeat("i", count)) },
        };
        Assert.Single(Options(50).Macros);
        Assert.Throws<ArgumentException>(() => Options(51));
    }

    [Fact]
    public async Task TheListForEndOfMessageNeverGoesAloneAndAnEmptyOneMeansTheDefault()
    {
        var options = new MilterOptions { Macros = new Dictionary<MacroStage, string> { [MacroStage.EndOfMessage] = "{msg_id} i" } };
        var filter = new ScriptedFilter();
        await using TestServer server = await TestServer.StartAsync(filter, options: options);
        foreach (MtaHabits habits in new[] { MtaHabits.Postfix, MtaHabits.Sendmail })
        {
            var macros = new List<string>();
            await using MilterClient client = await server.OpenAsync(habits, frame =>
            {
                if (frame.Name == "SMFIC_MACRO" && frame.Payload.Span is [(byte)'N' or (byte)'E', ..])
                    macros.Add(System.Text.Encoding.ASCII.GetString(frame.Payload.Span).Replace('\0', ' ').TrimEnd());
            });
            Assert.Equal("", client.RequestedMacros[MacroStage.EndOfHeader]);
            await client.RunAsync(new ClientSession(Some.Message), TestContext.Current.CancellationToken);
            // Postfix does not know that macro.
            string[] told = habits.Kind == MtaKind.Postfix ? ["Ni QUEUE1", "Ei QUEUE1"] : ["E{msg_id} <1@a.example> i QUEUE1"];
            Assert.Equal(told, macros);
        }
    }

    [Fact]
    public async Task PostfixTellsMacrosEvenOfStepsThatAreLeftOut()
    {
        var filter = new ScriptedFilter();
        await using TestServer server = await TestServer.StartAsync(filter);
        await using MilterClient client = await server.GreetAsync();
        await client.MailAsync("<a@a.example>", TestContext.Current.CancellationToken);
        await client.RecipientAsync("<b@b.example>", TestContext.Current.CancellationToken);
        var seen = filter.Last.Mail;
        Assert.Null(seen.QueueId);
        await client.DataAsync(TestContext.Current.CancellationToken);
        Assert.True(client.Agreed.Protocol.HasFlag(MilterProtocol.NoData));
        await client.HeaderAsync(Some.Header[0], TestContext.Current.CancellationToken);
        await client.EndOfHeaderAsync(TestContext.Current.CancellationToken);
        Assert.Equal("QUEUE1", seen.QueueId);
    }
}
