using System.Buffers;
using System.Text;
using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Messages;
using MilterCrypt.OpenPgp.Secrets;
using MilterCrypt.OpenPgp.Tests.Messages;
using MilterCrypt.TestSupport.Peers;

namespace MilterCrypt.OpenPgp.Tests.Interop;

/// <summary>MilterCrypt writes what peers shall read.</summary>
internal static class OurWriter
{
    /// <summary>Encrypts as the certificate prefers it.</summary>
    public static async Task<byte[]> EncryptAsync(PeerKey key, byte[] plaintext)
    {
        using var input = new MemoryStream(plaintext);
        using var output = new MemoryStream();
        await new Pgp().EncryptAsync(input, output, [OurKeys.CertificateOf(key)]);
        return output.ToArray();
    }

    /// <summary>The same, signed with the key too.</summary>
    public static async Task<byte[]> SignAndEncryptAsync(PeerKey key, byte[] plaintext)
    {
        using var input = new MemoryStream(plaintext);
        using var output = new MemoryStream();
        using SecretCertificate signer = OurKeys.SecretsOf(key);
        await new Pgp().EncryptAsync(input, output, [OurKeys.CertificateOf(key)], [signer]);
        return output.ToArray();
    }

    /// <summary>Encrypts in a form that the certificate does not choose.</summary>
    public static byte[] Encrypt(
        PeerKey key, byte[] plaintext, RecipientCapabilities capabilities, EncryptionOptions? options = null, bool isAnonymous = false)
    {
        var verdict = OurKeys.CertificateOf(key).At(DateTimeOffset.UtcNow, AlgorithmPolicy.Default).ForEncryption();
        var recipients = Assert.IsType<EncryptionVerdict.Usable>(verdict).Recipients
            .Select(recipient => recipient with { Capabilities = capabilities, IsAnonymous = isAnonymous });
        return Encrypting.Message(plaintext, [.. recipients], options);
    }

    /// <summary>Encrypts for a passphrase.</summary>
    public static byte[] EncryptForPassphrase(string passphrase, byte[] plaintext, bool needsRfc9580) => Encrypting.Message(
        plaintext, [], new EncryptionOptions { Passphrases = [Encoding.UTF8.GetBytes(passphrase)], PassphrasesNeedRfc9580 = needsRfc9580 });

    /// <summary>Signs.</summary>
    public static byte[] Sign(PeerKey key, byte[] data, SignatureForm form, bool armor = true)
    {
        using SecretCertificate secrets = OurKeys.SecretsOf(key);
        SecretKey signingKey = secrets.SigningKey(DateTimeOffset.UtcNow, AlgorithmPolicy.Default, out string? refusal)
            ?? throw new InvalidOperationException($"MilterCrypt can't sign with the key: {refusal}");
        var output = new ArrayBufferWriter<byte>();
        var options = new SigningOptions { IsText = form == SignatureForm.DetachedText, Armor = armor };
        using MessageSigner signer = form switch
        {
            SignatureForm.Inline => MessageSigner.Inline([signingKey.PublicKey], output, options, new()),
            SignatureForm.Cleartext => MessageSigner.Cleartext([signingKey.PublicKey], output, options),
            _ => MessageSigner.Detached([signingKey.PublicKey], output, options),
        };
        signer.Write(data);
        signer.Complete([signingKey]);
        return output.WrittenSpan.ToArray();
    }
}
