using MilterCrypt.Engine.Bodies;
using MilterCrypt.Engine.Deciding;
using MilterCrypt.Engine.Keys;
using MilterCrypt.Engine.Mail;
using MilterCrypt.Engine.Policy;
using MilterCrypt.Engine.Tests.Splitting;
using MilterCrypt.OpenPgp;
using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Certificates.Making;

namespace MilterCrypt.Engine.Tests;

/// <summary>Who only asks what would become of a message gets the answer of who sends it, and nothing happens.</summary>
public sealed class RehearsalTests
{
    private const string Alice = "alice@example.org";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AMessageThatWouldBeSplitIsHandedToNobodyAndLeavesNothingInTheJournal()
    {
        await using var workshop = new SplitWorkshop();
        workshop.Rules.Rule(EncryptMode.WhenPossible);
        string[] recipients = [SplitWorkshop.Bob, SplitWorkshop.Erin, SplitWorkshop.Carol];
        workshop.Rules.Rehearses = true;
        var rehearsed = Assert.IsType<MessageOutcome.HandedOver>(await workshop.SendAsync(SplitWorkshop.Letter(), recipients));
        Assert.Empty(workshop.Sink.Messages);
        Assert.Equal(0, workshop.Journal.Count);

        workshop.Rules.Rehearses = false;
        var done = Assert.IsType<MessageOutcome.HandedOver>(await workshop.SendAsync(SplitWorkshop.Letter(), recipients));
        Assert.Equal(done.Parts.Select(Said), rehearsed.Parts.Select(Said));
        Assert.True(done.Parts.Count > 1);

        static string Said(HandedPart part) =>
            $"{part.Form}: {string.Join(' ', part.Recipients.Select(one => one.Address))} {part.Facts?.Format} {string.Join(' ', part.Facts?.Certificates ?? [])}";
    }

    [Fact]
    public async Task MoreFormsThanCanBeMadeAreRefusedAsTheyWouldBe()
    {
        await using var workshop = new SplitWorkshop(connections: 1);
        workshop.Rules.Rule(EncryptMode.WhenPossible);
        string[] recipients = [SplitWorkshop.Bob, SplitWorkshop.Erin];
        var done = Assert.IsType<MessageOutcome.Refused>(await workshop.SendAsync(SplitWorkshop.Letter(), recipients));
        workshop.Rules.Rehearses = true;
        Assert.Equal(done, await workshop.SendAsync(SplitWorkshop.Letter(), recipients));
    }

    [Fact]
    public async Task NoSecretKeySignsAndItIsToldWhichWould()
    {
        using var alice = SecretCertificate.Generate(new KeyGeneration { UserIds = [Alice] });
        using var workshop = new Workshop { Rehearses = true };
        var holder = new KeysAtHand(alice);
        workshop.Know("bob@partner.example", Workshop.Judge(alice.Certificate.ToArray()));
        workshop.Own = new OwnKeys(holder, (_, at) => alice.Certificate.At(at, AlgorithmPolicy.Default), _ => [], []);
        workshop.Rule(EncryptMode.Always, sign: SignMode.Always);
        var letter = Letter.Read($"From: {Alice}\n\nhello\n");
        await using var message = workshop.Begin(new Envelope(Alice, Alice, canRefuseRecipients: true) { MayUseSecretKeys = true });
        message.AddRecipient("bob@partner.example");
        Assert.Null(await message.WhoSignsAsync(Token));
        message.ReadHeader(letter.Header);
        var signer = Assert.IsType<SigningChoice.Author>(await message.WhoSignsAsync(Token));
        var rewritten = Assert.IsType<MessageOutcome.Rewritten>(await message.ReadBodyAsync(Workshop.Feed(letter.Body, 1000), "4XyZ", Token));
        Assert.Equal(signer.Key.Fingerprint, rewritten.Facts.SignedBy);
        Assert.Empty(holder.Uses);
    }

    [Fact]
    public async Task NoSecretKeyOpensAndItIsToldForWhomItWould()
    {
        using var alice = new Recipient();
        alice.Workshop.Rehearses = true;
        var letter = await EncryptedLetter.ForAsync(alice.AliceKey);
        await using var message = alice.Workshop.Begin(new Envelope(Recipient.Sam, null, canRefuseRecipients: true) { MayUseSecretKeys = true });
        message.AddRecipient(Recipient.Alice);
        message.ReadHeader(letter.Header);
        Assert.Equal(new PlannedWork.Open(message.Recipients[0].Address), message.Planned);
        Assert.IsType<MessageOutcome.Unchanged>(await message.ReadBodyAsync(Workshop.Feed(letter.Body, 1000), "4XyZ", Token));
        Assert.Empty(alice.Holder.Uses);
    }

    [Fact]
    public void WhatIsKnownOfKeysIsToldOfWhoIsRefusedToo()
    {
        using var workshop = new Workshop().Know("carol@partner.example", new KeyAnswer.Unusable("expired 2025-03-01")).Rule(EncryptMode.Always);
        var message = workshop.Begin();
        var recipient = new EnvelopeRecipient("carol+tag@partner.example");
        var refused = Assert.IsType<RecipientOutcome.Refused>(message.AddRecipient(recipient));
        Assert.Same(recipient, refused.Envelope);
        Assert.Equal("rule 1", refused.Decision?.RuleName);
        var finding = Assert.Single(refused.Found);
        Assert.Equal(("carol+tag@partner.example", "carol@partner.example"), (finding.Reader.ToString(), finding.Under.ToString()));
        Assert.Equal(new KeyAnswer.Unusable("expired 2025-03-01"), finding.Answer);
    }
}
