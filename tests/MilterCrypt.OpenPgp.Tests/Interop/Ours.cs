using System.Security.Cryptography;
using System.Text;
using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Messages;
using MilterCrypt.OpenPgp.SessionKeys;
using MilterCrypt.OpenPgp.Tests.Messages.Reading;
using MilterCrypt.TestSupport.Peers;

namespace MilterCrypt.OpenPgp.Tests.Interop;

/// <summary>What MilterCrypt does in these cases, as a user of the library would.</summary>
internal static class Ours
{
    /// <summary>The certificate of a peer's key.</summary>
    public static Certificate CertificateOf(PeerKey key)
    {
        CertificateReading reading = Assert.Single(Certificate.ReadAll(key.Certificate, CertificateLimits.Default));
        return reading is CertificateReading.Readable readable
            ? readable.Certificate
            : throw new InvalidOperationException($"MilterCrypt can't read the certificate: {reading}");
    }

    /// <summary>Whether a good signature by a key, and no other, is over data.</summary>
    public static IReadOnlyList<SignatureVerdict> VerifyDetached(PeerKey key, byte[] signature, byte[] data)
    {
        Assert.True(DetachedVerifier.TryCreate(signature, out DetachedVerifier? verifier, out string? reason), reason);
        using (verifier)
        {
            verifier.Write(data);
            return verifier.Judge([CertificateOf(key)], DateTimeOffset.UtcNow, AlgorithmPolicy.Default);
        }
    }

    /// <summary>The text of a message in the cleartext framework, with LF, and the verdicts.</summary>
    public static (byte[] Text, IReadOnlyList<SignatureVerdict> Verdicts) VerifyCleartext(PeerKey key, byte[] message)
    {
        Assert.True(CleartextMessage.TryRead(message, out CleartextMessage? read, out string? reason), reason);
        using (read)
        {
            byte[] text = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(read.Text.Span).ReplaceLineEndings("\n"));
            return (text, read.Judge([CertificateOf(key)], DateTimeOffset.UtcNow, AlgorithmPolicy.Default));
        }
    }

    /// <summary>The secret keys of a peer's key.</summary>
    public static SecretCertificate SecretsOf(PeerKey key)
    {
        SecretCertificateReading reading = Assert.Single(SecretCertificate.ReadAll(key.SecretKey, CertificateLimits.Default));
        return reading is SecretCertificateReading.Readable readable
            ? readable.SecretCertificate
            : throw new InvalidOperationException($"MilterCrypt can't read the secret key: {reading}");
    }

    /// <summary>Reads a message, encrypted to a key or signed by it.</summary>
    public static ReadMessage Read(PeerKey key, byte[] message)
    {
        using SecretCertificate secrets = SecretsOf(key);
        using var random = RandomNumberGenerator.Create();
        return Reading.Message(message, Open, signers: [CertificateOf(key)]);

        SessionKey? Open(SessionKeyRequest wanted) =>
            SessionKeyOpener.Open(wanted.Packets, secrets.DecryptionKeys, wanted.PacketVersion, wanted.Cipher, random);
    }
}
