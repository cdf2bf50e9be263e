using System.Text;
using MilterCrypt.Engine.Bodies;
using MilterCrypt.Engine.Deciding;
using MilterCrypt.Engine.Mail;
using MilterCrypt.OpenPgp;
using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.TestSupport.Peers;
using MessageForm = MilterCrypt.TestSupport.Peers.MessageForm;

namespace MilterCrypt.Engine.Tests.Opening;

/// <summary>What other programs encrypt is opened.</summary>
public sealed class OthersMailTests : IDisposable
{
    private const string Bob = "bob@example.org";

    private readonly Workshop workshop = new();

    public static TheoryData<string, MessageForm, bool> Programs => new()
    {
        { "gpg", MessageForm.Default, false },
        { "gpg", MessageForm.Default, true },
        { "gpg", MessageForm.Anonymous, true },
        { "sq", MessageForm.Default, true },
        { "sqop", MessageForm.Default, true },
        { "gosop", MessageForm.Default, true },
        { "rnp", MessageForm.Default, true },
        { Peer.JavaScript, MessageForm.Default, true },
    };

    [Theory]
    [MemberData(nameof(Programs))]
    public async Task MailOfOtherProgramsIsOpened(string program, MessageForm form, bool isSigned)
    {
        if (await Peer.FindAsync(program) is not PeerFinding.Found(var peer))
        {
            Assert.Skip($"{program} is not here");
            return;
        }
        await using var _ = peer;
        var key = await peer.MakeKeyAsync(peer.WhyNot(KeyUse.Make, KeyKind.Cv25519) is null ? KeyKind.Cv25519 : KeyKind.Rsa);
        using var secret = SecretCertificate.Read(key.SecretKey);
        var armor = (await peer.EncryptAsync(key, Encoding.UTF8.GetBytes(EncryptedLetter.Inner), form, isSigned)).OrThrow().OutputText;

        // They know themselves alone: Bob writes to himself.
        workshop.OpeningRule(Bob);
        workshop.Own = new OwnKeys(new KeysAtHand(secret), (address, at) => address.ToString() == Bob ? secret.Certificate.At(at, AlgorithmPolicy.Default) : null, _ => [], []);
        await using var message = workshop.Begin(new Envelope(Bob, null, true) { MayUseSecretKeys = true });
        message.AddRecipient(Bob);
        var letter = Letter.Read(EncryptedLetter.Header.Replace("Sam <sam@partner.example>", Bob, StringComparison.Ordinal)
            + "\n" + EncryptedLetter.Control + EncryptedLetter.Data + armor.ReplaceLineEndings("\n") + "\n--b--\n");
        message.ReadHeader(letter.Header);
        var processed = await Processed.FromAsync(letter, await message.ReadBodyAsync(Workshop.Feed(letter.Body, 1000), "4XyZ", TestContext.Current.CancellationToken));

        Assert.True(processed.Outcome is MessageOutcome.Opened, processed.Outcome.ToString());
        Assert.Equal(EncryptedLetter.InnerBody, processed.BodyText);
        Assert.Equal(isSigned ? AuthorSignature.Good : AuthorSignature.None, ((MessageOutcome.Opened)processed.Outcome).Facts.Signature);
    }

    public void Dispose() => workshop.Dispose();
}
