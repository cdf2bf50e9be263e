using System.Text;
using MilterCrypt.Engine.Bodies;
using MilterCrypt.Engine.Custody;
using MilterCrypt.Engine.Policy;
using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Certificates.Making;

namespace MilterCrypt.Engine.Tests.Opening;

/// <summary>Who gets mail opened, and who gets it as it came.</summary>
public sealed class OpeningTests : IDisposable
{
    private readonly Recipient alice = new();

    [Fact]
    public async Task AMessageToItsRecipientIsOpened()
    {
        var letter = await EncryptedLetter.ForAsync(alice.AliceKey);
        var processed = await alice.GetAsync(letter);

        var facts = Assert.IsType<MessageOutcome.Opened>(processed.Outcome).Facts;
        Assert.Equal(EncryptedLetter.InnerBody, processed.BodyText);
        Assert.Equal((letter.Body.Length, processed.Body.Length), (facts.OriginalBytes, facts.OpenedBytes));
        Assert.Equal(
            ["MilterCrypt-Result", "Received", "From", "To", "Subject", "MIME-Version", "Content-Type", "X-Last", "Content-Language"],
            processed.Header.Select(field => field.Name));
        Assert.Equal([" multipart/mixed; boundary=\"inner\";\n protected-headers=\"v1\""], processed.Field("Content-Type"));
        Assert.Equal([" de"], processed.Field("Content-Language"));
        Assert.Equal([" Sam <sam@partner.example>"], processed.Field("From"));
        Assert.Equal([" ..."], processed.Field("Subject"));
        Assert.Equal([$" decrypted; key={facts.Key}; signature=none"], processed.Field("MilterCrypt-Result"));
        Assert.Contains(alice.AliceKey.Keys, key => key.PublicKey.KeyId == facts.Key);
        Assert.Equal([new KeyUse("4XyZ", "<alice@example.org>")], alice.Holder.Uses);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(77)]
    [InlineData(65_535)]
    public async Task HoweverTheBodyIsCutTheSameComesOut(int piece)
    {
        var processed = await alice.GetAsync(await EncryptedLetter.ForAsync(alice.AliceKey), piece: piece);
        Assert.Equal(EncryptedLetter.InnerBody, processed.BodyText);
    }

    [Fact]
    public async Task ItIsOpenedForTwoAddressesOfOnePerson()
    {
        var processed = await alice.GetAsync(await EncryptedLetter.ForAsync(alice.AliceKey), [Recipient.Alice, Recipient.AliceToo]);
        Assert.IsType<MessageOutcome.Opened>(processed.Outcome);
    }

    [Theory]
    [InlineData(KeyProfile.Rfc9580, "SEIPDv2")]
    [InlineData(KeyProfile.Rsa3072, "SEIPDv1")]
    public async Task EachKindOfKeyOpens(KeyProfile profile, string format)
    {
        using var somebody = new Recipient(profile);
        var processed = await somebody.GetAsync(await EncryptedLetter.ForAsync(somebody.AliceKey));
        Assert.Equal(format, Assert.IsType<MessageOutcome.Opened>(processed.Outcome).Facts.Format);
    }

    [Fact]
    public async Task OfSeveralReadersEachOneGetsItOpened()
    {
        var letter = await EncryptedLetter.ForAsync(alice.SamKey, alice.BobKey, alice.AliceKey);
        Assert.IsType<MessageOutcome.Opened>((await alice.GetAsync(letter, [Recipient.Bob])).Outcome);
        Assert.IsType<MessageOutcome.Opened>((await alice.GetAsync(letter, [Recipient.Alice])).Outcome);
    }

    [Fact]
    public async Task WhoMailsHerselfSomebodyElsesCiphertextGetsItAsItIs()
    {
        var letter = await EncryptedLetter.ForAsync(alice.BobKey);
        await AssertAsItCameAsync(letter, [Recipient.Alice], "it is not encrypted to the recipient");
        Assert.Empty(alice.Holder.Uses);
    }

    [Theory]
    [InlineData(true, "the recipient's key is not held here")]
    [InlineData(false, "the recipient's key stands in somebody else's certificate, too")]
    public async Task WhoBindsSomebodyElsesKeyToHerCertificateDoesNotGetHisMailOpened(bool holderKnowsOwners, string reason)
    {
        alice.Holder.KnowsOwners = holderKnowsOwners;
        if (holderKnowsOwners)
            alice.Known.RemoveAt(1);
        // Bob's subkey, its binding behind it, in Alice's certificate.
        byte[] bob = alice.BobKey.Certificate.ToArray();
        int subkey = bob.AsSpan().IndexOf(alice.BobKey.DecryptionKeys[0].PublicKey.Body.Span) - 2;
        alice.Known[0] = Certificate.Read((byte[])[.. alice.AliceKey.Certificate.ToArray(), .. bob[subkey..]]);
        Assert.Contains(alice.Known[0].Subkeys, key => alice.Known[0].IsForDecryption(key.Key) && key.Key.Fingerprint.Equals(alice.BobKey.DecryptionKeys[0].PublicKey.Fingerprint));

        await AssertAsItCameAsync(await EncryptedLetter.ForAsync(alice.BobKey), [Recipient.Alice], reason);
        Assert.Empty(alice.Holder.Uses);
        Assert.IsType<MessageOutcome.Opened>((await alice.GetAsync(await EncryptedLetter.ForAsync(alice.AliceKey))).Outcome);
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("sam", true)]
    [InlineData("\"s a m\"@partner.example", true)]
    [InlineData("s a m@partner.example", false)]
    [InlineData("sam>@partner.example", false)]
    public async Task WhatASenderWroteWhomWeCouldNotNameAnewIsNotOpened(string sender, bool isOpened)
    {
        var letter = await EncryptedLetter.ForAsync(alice.AliceKey);
        var processed = await alice.GetAsync(letter, sender: sender);
        if (isOpened)
            Assert.IsType<MessageOutcome.Opened>(processed.Outcome);
        else
            AssertAsItCame(letter, processed, "the sender is no address");
    }

    [Fact]
    public async Task WhatIsForTwoPeopleIsOpenedForNone()
    {
        var letter = await EncryptedLetter.ForAsync(alice.AliceKey, alice.BobKey);
        await AssertAsItCameAsync(letter, [Recipient.Alice, Recipient.Bob], "the recipients do not share a certificate");
        await AssertAsItCameAsync(letter, [Recipient.Alice, "list@example.org"], "the recipients do not share a certificate");
        Assert.Empty(alice.Holder.Uses);
    }

    [Fact]
    public async Task AMailServerThatIsNotTrustedGetsNothingOpened()
    {
        var letter = await EncryptedLetter.ForAsync(alice.AliceKey);
        var processed = await alice.GetAsync(letter, trusted: false);
        AssertAsItCame(letter, processed, "the mail server is not trusted with secret keys here");
        Assert.Empty(alice.Holder.Uses);
    }

    [Fact]
    public async Task WhereSomeRecipientsRuleDoesNotAskItStaysAsItIs()
    {
        alice.Workshop.Rules.Clear();
        alice.Workshop.OpeningRule(Recipient.Alice).Rule(EncryptMode.Never);
        var letter = await EncryptedLetter.ForAsync(alice.AliceKey);
        await AssertAsItCameAsync(letter, [Recipient.Alice, Recipient.AliceToo], "not all recipients' rules ask for it");

        var asToday = await alice.GetAsync(letter, [Recipient.AliceToo]);
        Assert.Equal("rule 2", Assert.IsType<MessageOutcome.Unchanged>(asToday.Outcome).Reason);
    }

    [Fact]
    public async Task WithoutSecretKeysOrACertificateOrAHeldKeyItStaysAsItIs()
    {
        var letter = await EncryptedLetter.ForAsync(alice.AliceKey);
        var own = alice.Workshop.Own!;
        alice.Workshop.Own = null;
        await AssertAsItCameAsync(letter, [Recipient.Alice], "no secret keys are configured");
        alice.Workshop.Own = own with { Source = new KeysAtHand(alice.BobKey) };
        await AssertAsItCameAsync(letter, [Recipient.Alice], "the recipient's key is not held here");
        alice.Workshop.Own = own;
        alice.Known.Clear();
        await AssertAsItCameAsync(letter, [Recipient.Alice], "no certificate of the recipient is known");
    }

    [Fact]
    public async Task OrdinaryMailOfThoseRecipientsIsNotLookedInto()
    {
        var letter = Letter.Read("From: sam@partner.example\nSubject: x\n\nhello\n");
        Assert.Equal("rule 1", Assert.IsType<MessageOutcome.Unchanged>((await alice.GetAsync(letter)).Outcome).Reason);
    }

    [Theory]
    [InlineData("Content-Transfer-Encoding: base64\n", false)]
    [InlineData("Content-Transfer-Encoding: 7bit\n", true)]
    public async Task AFalseEncodingOfTheWholeStaysAsItIs(string field, bool isOpened)
    {
        string armor = await EncryptedLetter.ArmorAsync(Encoding.ASCII.GetBytes(EncryptedLetter.Inner), [alice.AliceKey.Certificate]);
        var letter = Letter.Read(EncryptedLetter.Header + field + "\n" + EncryptedLetter.Control + EncryptedLetter.Data + armor + "\n--b--\n");
        Assert.Equal(isOpened, (await alice.GetAsync(letter)).Outcome is MessageOutcome.Opened);
    }

    [Fact]
    public async Task AHolderOutOfReachMeansTryAgain()
    {
        var letter = await EncryptedLetter.ForAsync(alice.AliceKey);
        alice.Holder.OutOfReach = "the key holder is not there";
        var refused = Assert.IsType<MessageOutcome.Refused>((await alice.GetAsync(letter)).Outcome);
        Assert.Equal((451, "4.7.5", "the key holder is not there"), (refused.Refusal.Code, refused.Refusal.EnhancedStatus, refused.Reason));
        Assert.DoesNotContain("holder", refused.Refusal.Text, StringComparison.Ordinal);

        // What is nothing to the holder does not wait for it.
        await AssertAsItCameAsync(await EncryptedLetter.ForAsync(alice.BobKey), [Recipient.Alice], "it is not encrypted to the recipient");
    }

    [Fact]
    public async Task OldMailIsOpenedWithAKeyThatHasExpired()
    {
        var then = new DateTimeOffset(2024, 5, 6, 0, 0, 0, TimeSpan.Zero);
        var clock = new StoppedClock(then);
        using var old = SecretCertificate.Generate(new KeyGeneration { UserIds = [Recipient.Alice], Time = clock, Validity = TimeSpan.FromDays(30) });
        string armor = await EncryptedLetter.ArmorAsync(Encoding.ASCII.GetBytes(EncryptedLetter.Inner), [old.Certificate], clock: clock);
        alice.Known[0] = old.Certificate;
        alice.Workshop.Own = alice.Workshop.Own! with { Source = new KeysAtHand(old) };

        Assert.IsType<MessageOutcome.Opened>((await alice.GetAsync(EncryptedLetter.Around(armor))).Outcome);
    }

    public static TheoryData<string, bool> FalseResults => new()
    {
        { "MilterCrypt-Result: decrypted; key=0123456789ABCDEF; signature=good", true },
        { "miltercrypt-RESULT:decrypted", true },
        { "MilterCrypt-Result : decrypted", true },
        { "MilterCrypt-Result:\n decrypted", true },
        { "X-MilterCrypt-Result: decrypted", false },
        { "MilterCrypt-Results: decrypted", false },
    };

    [Theory]
    [MemberData(nameof(FalseResults))]
    public async Task NobodyElsesResultReachesARecipientWhoMayGetOurs(string field, bool isTakenOut)
    {
        var encrypted = await EncryptedLetter.ForAsync(alice.AliceKey);
        var forBob = await EncryptedLetter.ForAsync(alice.BobKey);
        var plain = Letter.Read("From: sam@partner.example\n\nhello\n");
        var forged = Letter.Read(field + "\n\n").Header;
        foreach (var (letter, trusted) in new[] { (encrypted, true), (encrypted, false), (forBob, true), (plain, true), (plain, false) })
        {
            var processed = await alice.GetAsync(letter with { Header = [forged[0], .. letter.Header, forged[0]] }, trusted: trusted);
            int own = processed.Outcome is MessageOutcome.Opened ? 1 : 0;
            Assert.Equal(isTakenOut ? 0 : 2, processed.Header.Count(one => one == forged[0]));
            Assert.Equal(own, processed.Header.Count(one => one.Name == "MilterCrypt-Result" && one != forged[0]));
            Assert.Equal(own == 0, letter.Body.AsSpan().SequenceEqual(processed.Body));
        }
    }

    [Fact]
    public async Task NorWhileABypassLasts()
    {
        var letter = await EncryptedLetter.ForAsync(alice.AliceKey);
        alice.Workshop.Bypass = new EmergencyBypass(TimeProvider.System.GetUtcNow().AddHours(1), "the keys were lost");
        var processed = await alice.GetAsync(letter with { Header = [.. Letter.Read("MilterCrypt-Result: decrypted\n\n").Header, .. letter.Header] });
        Assert.Equal("emergency bypass", Assert.IsType<MessageOutcome.Unchanged>(processed.Outcome).Reason);
        Assert.Equal(letter.Header, processed.Header);
        Assert.Equal(letter.Body, processed.Body);
    }

    [Fact]
    public async Task UnderReportNothingIsOpenedAndItIsForeseen()
    {
        Report(0);
        var letter = await EncryptedLetter.ForAsync(alice.AliceKey);
        await AssertForeseenAsync(letter, [Recipient.Alice], "mode: report", " decrypted=1");
        await AssertForeseenAsync(letter, [Recipient.Alice, Recipient.AliceToo], "mode: report", " decrypted=2");
        // Two people, of whom none would get it opened; and what nobody encrypted.
        await AssertForeseenAsync(letter, [Recipient.Alice, Recipient.Bob], "mode: report", " unchanged=2");
        await AssertForeseenAsync(Letter.Read("From: sam@partner.example\n\nhello\n"), [Recipient.Alice], "mode: report", " unchanged=1");
        Assert.Empty(alice.Holder.Uses);
    }

    [Fact]
    public async Task WhatIsInForceForOneAndTriedForTheOtherIsNotOpened()
    {
        alice.Workshop.Rules.Clear();
        alice.Workshop.OpeningRule(Recipient.Alice).OpeningRule(Recipient.AliceToo);
        Report(1);
        var letter = await EncryptedLetter.ForAsync(alice.AliceKey);
        await AssertForeseenAsync(letter, [Recipient.Alice, Recipient.AliceToo], "not opened: not all recipients' rules ask for it", " decrypted=1");
        Assert.Empty(alice.Holder.Uses);
    }

    [Fact]
    public async Task WhoWouldGetItEncryptedWouldNotGetItOpened()
    {
        alice.Workshop.Rules.Clear();
        alice.Workshop.OpeningRule("*").Know(Recipient.Alice, Workshop.Judge(alice.AliceKey.Certificate.ToArray()));
        alice.Workshop.Rules[0] = alice.Workshop.Rules[0] with
        {
            Choices = new PolicyChoices { Encrypt = EncryptMode.WhenPossible, Decrypt = DecryptMode.WhenPossible, Mode = EnforcementMode.Report },
        };
        await AssertForeseenAsync(await EncryptedLetter.ForAsync(alice.AliceKey), [Recipient.Alice], "mode: report", " encrypted=1");
    }

    [Fact]
    public async Task TheResultOfWhomNoRuleConcernsIsLeftAlone()
    {
        alice.Workshop.Rules.Clear();
        alice.Workshop.Rule(EncryptMode.Never);
        var letter = Letter.Read("MilterCrypt-Result: decrypted\nFrom: sam@partner.example\n\nhello\n");
        Assert.Single((await alice.GetAsync(letter)).Field("MilterCrypt-Result"));
    }

    [Fact]
    public async Task AResultIsTakenOutOfWhatIsEncryptedToo()
    {
        alice.Workshop.Rules.Clear();
        alice.Workshop.OpeningRule("*").Know(Recipient.Bob, Workshop.Judge(alice.BobKey.Certificate.ToArray()));
        alice.Workshop.Rules[0] = alice.Workshop.Rules[0] with { Choices = new PolicyChoices { Encrypt = EncryptMode.Always, Decrypt = DecryptMode.WhenPossible } };
        var processed = await alice.GetAsync(Letter.Read("MilterCrypt-Result: decrypted\nFrom: sam@partner.example\n\nhello\n"), [Recipient.Bob]);
        Assert.IsType<MessageOutcome.Rewritten>(processed.Outcome);
        Assert.Empty(processed.Field("MilterCrypt-Result"));
    }

    public void Dispose() => alice.Dispose();

    private void Report(int rule) => alice.Workshop.Rules[rule] = alice.Workshop.Rules[rule] with
    {
        Choices = alice.Workshop.Rules[rule].Choices with { Mode = EnforcementMode.Report },
    };

    private async Task AssertForeseenAsync(Letter letter, string[] recipients, string reason, string forecast)
    {
        var processed = await alice.GetAsync(letter, recipients);
        Assert.Equal(reason, Assert.IsType<MessageOutcome.Unchanged>(processed.Outcome).Reason);
        Assert.Equal(letter.Header, processed.Header.Where(field => !field.Is("MilterCrypt-Forecast")));
        Assert.Equal([forecast], processed.Field("MilterCrypt-Forecast"));
        Assert.Equal(letter.Body, processed.Body);
    }

    private async Task AssertAsItCameAsync(Letter letter, string[] recipients, string reason) =>
        AssertAsItCame(letter, await alice.GetAsync(letter, recipients), reason);

    private static void AssertAsItCame(Letter letter, Processed processed, string reason)
    {
        var unchanged = Assert.IsType<MessageOutcome.Unchanged>(processed.Outcome);
        Assert.Equal($"not opened: {reason}", unchanged.Reason);
        Assert.Equal(letter.Header, processed.Header);
        Assert.Equal(letter.Body, processed.Body);
    }
}
