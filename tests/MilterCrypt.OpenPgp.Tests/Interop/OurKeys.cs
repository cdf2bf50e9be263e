using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.TestSupport.Peers;

namespace MilterCrypt.OpenPgp.Tests.Interop;

/// <summary>A peer's key, as MilterCrypt reads it.</summary>
internal static class OurKeys
{
    /// <summary>Its certificate.</summary>
    public static Certificate CertificateOf(PeerKey key)
    {
        CertificateReading reading = Assert.Single(Certificate.ReadAll(key.Certificate, CertificateLimits.Default));
        return reading is CertificateReading.Readable readable
            ? readable.Certificate
            : throw new InvalidOperationException($"MilterCrypt can't read the certificate: {reading}");
    }

    /// <summary>Its secret keys; the caller disposes of them.</summary>
    public static SecretCertificate SecretsOf(PeerKey key)
    {
        SecretCertificateReading reading = Assert.Single(SecretCertificate.ReadAll(key.SecretKey, CertificateLimits.Default));
        return reading is SecretCertificateReading.Readable readable
            ? readable.SecretCertificate
            : throw new InvalidOperationException($"MilterCrypt can't read the secret key: {reading}");
    }
}
