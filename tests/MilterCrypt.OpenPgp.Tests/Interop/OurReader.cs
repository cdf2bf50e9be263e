using System.Security.Cryptography;
using System.Text;
using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Messages;
using MilterCrypt.OpenPgp.Secrets;
using MilterCrypt.OpenPgp.SessionKeys;
using MilterCrypt.OpenPgp.Tests.Messages.Reading;
using MilterCrypt.TestSupport.Peers;

namespace MilterCrypt.OpenPgp.Tests.Interop;

/// <summary>MilterCrypt reads what peers wrote.</summary>
internal static class OurReader
{
    /// <summary>Reads a message, encrypted to a key or signed by it.</summary>
    public static ReadMessage Read(PeerKey key, byte[] message)
    {
        using SecretCertificate secrets = OurKeys.SecretsOf(key);
        using var random = RandomNumberGenerator.Create();
        return Reading.Message(message, Open, signers: [OurKeys.CertificateOf(key)]);

        SessionKey? Open(SessionKeyRequest wanted) =>
            SessionKeyOpener.Open(wanted.Packets, secrets.DecryptionKeys, wanted.PacketVersion, wanted.Cipher, random);
    }

    /// <summary>Reads a message that is encrypted for a passphrase.</summary>
    public static ReadMessage ReadWithPassphrase(string passphrase, byte[] message)
    {
        using var random = RandomNumberGenerator.Create();
        byte[] octets = Encoding.UTF8.GetBytes(passphrase);
        return Reading.Message(message, Open);

        SessionKey? Open(SessionKeyRequest wanted) => SessionKeyOpener.OpenWithPassphrase(
            wanted.Passphrases, octets, wanted.PacketVersion, wanted.Cipher, S2kLimits.Default, random, out _);
    }

    /// <summary>The verdicts on detached signatures.</summary>
    public static IReadOnlyList<SignatureVerdict> VerifyDetached(PeerKey key, byte[] signature, byte[] data)
    {
        Assert.True(DetachedVerifier.TryCreate(signature, out DetachedVerifier? verifier, out string? reason), reason);
        using (verifier)
        {
            verifier.Write(data);
            return verifier.Judge([OurKeys.CertificateOf(key)], DateTimeOffset.UtcNow, AlgorithmPolicy.Default);
        }
    }

    /// <summary>The text of a message in the cleartext framework, with LF, and the verdicts.</summary>
    public static (string Text, IReadOnlyList<SignatureVerdict> Verdicts) VerifyCleartext(PeerKey key, byte[] message)
    {
        Assert.True(CleartextMessage.TryRead(message, out CleartextMessage? read, out string? reason), reason);
        using (read)
        {
            string text = Encoding.UTF8.GetString(read.Text.Span).ReplaceLineEndings("\n");
            return (text, read.Judge([OurKeys.CertificateOf(key)], DateTimeOffset.UtcNow, AlgorithmPolicy.Default));
        }
    }
}
