using System.Buffers;
using System.Text;
using MilterCrypt.Engine.Bodies;
using MilterCrypt.Engine.Mail;
using MilterCrypt.OpenPgp;
using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Certificates.Making;
using MilterCrypt.OpenPgp.Messages;

namespace MilterCrypt.Engine.Tests.Opening;

/// <summary>What a recipient is told about who signed: only the author's signature is good.</summary>
public sealed class AuthorSignatureTests : IDisposable
{
    private static readonly byte[] Entity = Encoding.ASCII.GetBytes(EncryptedLetter.Inner);

    private readonly Recipient alice = new();

    [Fact]
    public async Task TheAuthorsSignatureIsGood()
    {
        var (facts, field) = await OpenAsync(await SignedAsync(alice.SamKey));
        Assert.Equal((AuthorSignature.Good, alice.SamKey.Certificate.Fingerprint), (facts.Signature, facts.Signer));
        Assert.Equal($" decrypted; key={facts.Key}; signature=good;\n\tsigner={alice.SamKey.Certificate.Fingerprint}", field);
    }

    public static TheoryData<string> WorthNothing =>
        ["somebody else's", "of a stranger who says that he is the author", "under another From", "under two From fields", "for another recipient", "of a key that expired"];

    [Theory]
    [MemberData(nameof(WorthNothing))]
    public async Task AnyOtherIsUnknown(string which)
    {
        using var mallory = SecretCertificate.Generate(new KeyGeneration { UserIds = ["Sam <sam@partner.example>"] });
        var letter = which switch
        {
            "somebody else's" => await SignedAsync(alice.BobKey),
            "of a stranger who says that he is the author" => await SignedAsync(mallory),
            "for another recipient" => Carrying(alice.BobKey, Entity),
            "of a key that expired" => SignedByOldKey(),
            _ => await SignedAsync(alice.SamKey),
        };
        IEnumerable<HeaderField> from = which switch
        {
            "under another From" => [new HeaderField("From", " bob@example.org"u8.ToArray())],
            "under two From fields" => letter.Header.Where(field => field.Is("From")).SelectMany(field => new[] { field, field }),
            _ => letter.Header.Where(field => field.Is("From")),
        };
        letter = letter with { Header = [.. from, .. letter.Header.Where(field => !field.Is("From"))] };

        var (facts, field) = await OpenAsync(letter);
        Assert.Equal((AuthorSignature.Unknown, null), (facts.Signature, facts.Signer));
        Assert.Equal($" decrypted; key={facts.Key}; signature=unknown", field);
    }

    [Fact]
    public async Task ASignatureThatWasMadeForAnotherTextIsBad()
    {
        // Sam's signature over one text, in a message with another.
        var letter = Carrying(alice.AliceKey, "another text"u8.ToArray());
        var (facts, field) = await OpenAsync(letter);
        Assert.Equal(AuthorSignature.Bad, facts.Signature);
        Assert.EndsWith("; signature=bad", field, StringComparison.Ordinal);
    }

    public void Dispose() => alice.Dispose();

    private async Task<Letter> SignedAsync(SecretCertificate signer) =>
        EncryptedLetter.Around(await EncryptedLetter.ArmorAsync(Entity, [alice.AliceKey.Certificate], [signer]));

    /// <summary>A message to Alice with the signature that Sam made in another.</summary>
    private Letter Carrying(SecretCertificate readerOfTheOther, byte[] textOfTheOther)
    {
        var signer = alice.SamKey.SigningKey(DateTimeOffset.UtcNow, AlgorithmPolicy.Default, out _)!;
        var options = new EncryptionOptions { Signers = [signer.PublicKey] };
        using var other = MessageEncryptor.Create(KeysOf(readerOfTheOther), new ArrayBufferWriter<byte>(), options);
        other.Write(textOfTheOther);
        var signature = other.Finish()[0].Complete(signer);
        var armor = new ArrayBufferWriter<byte>();
        using var toAlice = MessageEncryptor.Create(KeysOf(alice.AliceKey), armor, options);
        toAlice.Write(Entity);
        toAlice.Finish();
        toAlice.Complete([signature]);
        return EncryptedLetter.Around(Encoding.ASCII.GetString(armor.WrittenSpan));
    }

    private Letter SignedByOldKey()
    {
        var clock = new StoppedClock(DateTimeOffset.UtcNow - TimeSpan.FromDays(60));
        var old = SecretCertificate.Generate(new KeyGeneration { UserIds = [Recipient.Sam], Time = clock, Validity = TimeSpan.FromDays(30) });
        alice.Known.Add(old.Certificate);
        var signer = old.SigningKey(clock.GetUtcNow(), AlgorithmPolicy.Default, out _)!;
        var armor = new ArrayBufferWriter<byte>();
        using var message = MessageEncryptor.Create(KeysOf(alice.AliceKey), armor, new EncryptionOptions { Signers = [signer.PublicKey] });
        message.Write(Entity);
        message.Complete([signer]);
        return EncryptedLetter.Around(Encoding.ASCII.GetString(armor.WrittenSpan));
    }

    private static IReadOnlyList<EncryptionRecipient> KeysOf(SecretCertificate owner) =>
        ((EncryptionVerdict.Usable)owner.Certificate.At(DateTimeOffset.UtcNow, AlgorithmPolicy.Default).ForEncryption()).Recipients;

    private async Task<(OpeningFacts Facts, string Field)> OpenAsync(Letter letter)
    {
        var processed = await alice.GetAsync(letter);
        var facts = Assert.IsType<MessageOutcome.Opened>(processed.Outcome).Facts;
        Assert.Equal(EncryptedLetter.InnerBody, processed.BodyText);
        return (facts, Assert.Single(processed.Field("MilterCrypt-Result")));
    }
}
