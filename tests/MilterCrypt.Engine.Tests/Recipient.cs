using MilterCrypt.Engine.Bodies;
using MilterCrypt.Engine.Deciding;
using MilterCrypt.Engine.Mail;
using MilterCrypt.Engine.Policy;
using MilterCrypt.OpenPgp;
using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Certificates.Making;
using MilterCrypt.OpenPgp.Packets;

namespace MilterCrypt.Engine.Tests;

/// <summary>Somebody whose mail is opened by the filter, those who write to her, and others who get mail there.</summary>
internal sealed class Recipient : IDisposable
{
    public const string Alice = "alice@example.org", AliceToo = "a.smith@example.org", Bob = "bob@example.org", Sam = "sam@partner.example";

    private readonly List<SecretCertificate> own = [];

    public Recipient(KeyProfile profile = KeyProfile.Curve25519)
    {
        AliceKey = SecretCertificate.Generate(new KeyGeneration { UserIds = [$"Alice <{Alice}>", AliceToo], Profile = profile });
        BobKey = SecretCertificate.Generate(new KeyGeneration { UserIds = [Bob] });
        SamKey = SecretCertificate.Generate(new KeyGeneration { UserIds = [Sam] });
        own.AddRange([AliceKey, BobKey]);
        Holder = new KeysAtHand(AliceKey, BobKey);
        Known = [AliceKey.Certificate, BobKey.Certificate, SamKey.Certificate];
        Workshop.OpeningRule("*@example.org");
        Workshop.Rule(EncryptMode.Never);
        Workshop.Own = new OwnKeys(Holder, CertificateOf, CertificatesWith, []);
    }

    public SecretCertificate AliceKey { get; }

    public SecretCertificate BobKey { get; }

    public SecretCertificate SamKey { get; }

    public KeysAtHand Holder { get; }

    /// <summary>The certificates in the store.</summary>
    public List<Certificate> Known { get; }

    public Workshop Workshop { get; } = new();

    /// <summary>What becomes of a letter.</summary>
    public async Task<Processed> GetAsync(Letter letter, string[]? recipients = null, bool trusted = true, int piece = 65_535, string sender = Sam)
    {
        await using var message = Workshop.Begin(new Envelope(sender, null, canRefuseRecipients: true) { MayUseSecretKeys = trusted });
        foreach (string recipient in recipients ?? [Alice])
            Assert.IsType<RecipientOutcome.Accepted>(message.AddRecipient(recipient));
        if (message.ReadHeader(letter.Header) is HeaderOutcome.Unchanged unchanged)
            return await Processed.FromAsync(letter, new MessageOutcome.Unchanged(unchanged.Reason) { Header = unchanged.Header });
        var outcome = await message.ReadBodyAsync(Workshop.Feed(letter.Body, piece), "4XyZ", TestContext.Current.CancellationToken);
        return await Processed.FromAsync(letter, outcome);
    }

    public void Dispose()
    {
        Workshop.Dispose();
        own.ForEach(key => key.Dispose());
        SamKey.Dispose();
    }

    private IReadOnlyList<Fingerprint> CertificatesWith(PublicKey key) =>
        [.. Known.Where(certificate => certificate.ToArray().AsSpan().IndexOf(key.SecretsNumber.Span) >= 0).Select(certificate => certificate.Fingerprint)];

    private CertificateView? CertificateOf(MailAddress address, DateTimeOffset at) => Known
        .Select(certificate => certificate.At(at, AlgorithmPolicy.Default))
        .FirstOrDefault(view => view.UserIds.Any(userId => userId.Problem is null && address.Is(userId.UserId.Address)));
}
