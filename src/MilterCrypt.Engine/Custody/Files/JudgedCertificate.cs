using MilterCrypt.OpenPgp;
using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Packets;

namespace MilterCrypt.Engine.Custody.Files;

/// <summary>A certificate with its secret keys, judged once for as long as the judgement stays the same. Owned by its ring.</summary>
internal sealed class JudgedCertificate(SecretCertificate certificate) : IDisposable
{
    private volatile CertificateView? last;

    public SecretCertificate Certificate { get; } = certificate;

    /// <summary>What is to be thought of one of its keys.</summary>
    /// <param name="key">The key.</param>
    /// <param name="now">The time.</param>
    /// <param name="problem">Why nothing of the certificate may be used, or null.</param>
    public KeyView ViewOf(Fingerprint key, DateTimeOffset now, out string? problem)
    {
        var view = last;
        if (view is null || now < view.Time || now >= view.ChangesAt)
            last = view = Certificate.Certificate.At(now, AlgorithmPolicy.Default);
        problem = view.Problem;
        return view.Subkeys.FirstOrDefault(subkey => subkey.Key.Fingerprint.Equals(key)) ?? view.PrimaryKey;
    }

    /// <inheritdoc/>
    public void Dispose() => Certificate.Dispose();
}
