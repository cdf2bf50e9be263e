using System.Buffers;
using MilterCrypt.Native.Memory;
using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Messages;
using MilterCrypt.OpenPgp.Secrets;
using MilterCrypt.OpenPgp.Tests.Certificates;
using MilterCrypt.TestSupport.Peers;

namespace MilterCrypt.OpenPgp.Tests.Messages;

/// <summary>Signs whole data with keys of tests/vectors/openpgp-rfc9580.</summary>
internal static class Signer
{
    /// <summary>One of each kind of key that signs.</summary>
    public static string[] Keys { get; } =
    [
        "v4-ed25519-x25519", "v4-legacy", "v4-nistp", "v4-rsa",
        "v6-25519-annex-a-4", "v6-ed448-x448", "v6-nistp", "v6-rsa",
    ];

    public static SecretCertificate Read(string name) => Read(Vectors.File($"openpgp-rfc9580/{name}/tsk.asc"));

    public static SecretCertificate Read(byte[] secretKey) => Assert.IsType<SecretCertificateReading.Readable>(
        Assert.Single(SecretCertificate.ReadAll(secretKey, CertificateLimits.Default))).SecretCertificate;

    public static SecretKey SigningKey(this SecretCertificate certificate)
    {
        var key = certificate.SigningKey(TimeProvider.System.GetUtcNow(), AlgorithmPolicy.Default, out string? refusal);
        Assert.True(key is not null, refusal);
        return key;
    }

    public static byte[] Sign(SignatureForm form, byte[] data, SigningOptions options, params SecretKey[] keys)
    {
        var output = new ArrayBufferWriter<byte>();
        using var buffers = new ClearedBufferPool();
        var publicKeys = keys.Select(key => key.PublicKey).ToList();
        using var signer = form switch
        {
            SignatureForm.Cleartext => MessageSigner.Cleartext(publicKeys, output, options),
            SignatureForm.Inline => MessageSigner.Inline(publicKeys, output, options, buffers),
            SignatureForm.DetachedText => MessageSigner.Detached(publicKeys, output, options with { IsText = true }),
            _ => MessageSigner.Detached(publicKeys, output, options),
        };
        foreach (byte[] piece in data.Chunk(1000))
            signer.Write(piece);
        signer.Complete(keys);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>The verdicts of any form.</summary>
    public static IReadOnlyList<SignatureVerdict> Verdicts(SignatureForm form, byte[] signed, byte[] data, params Certificate[] candidates)
    {
        var now = TimeProvider.System.GetUtcNow();
        switch (form)
        {
            case SignatureForm.Cleartext:
                Assert.True(CleartextMessage.TryRead(signed, out var message, out string? reason), reason);
                using (message)
                    return message.Judge(candidates, now, AlgorithmPolicy.Default);
            case SignatureForm.Inline:
                return InlineMessage.Judge(signed, _ => data, candidates, now);
            default:
                Assert.True(DetachedVerifier.TryCreate(signed, out var verifier, out reason), reason);
                using (verifier)
                {
                    verifier.Write(data);
                    return verifier.Judge(candidates, now, AlgorithmPolicy.Default);
                }
        }
    }
}
