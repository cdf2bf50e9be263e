using MilterCrypt.OpenPgp.Packets;

namespace MilterCrypt.OpenPgp.Certificates;

/// <summary>What became of one certificate in an input.</summary>
public abstract record CertificateReading
{
    private CertificateReading() { }

    /// <summary>It was read. That says nothing about whether it may be used.</summary>
    public sealed record Readable(Certificate Certificate) : CertificateReading;

    /// <summary>It was not, and the input's other certificates are not harmed by that.</summary>
    /// <param name="Fingerprint">Whose it is, where so much could be read.</param>
    /// <param name="Reason">Why, in an administrator's words.</param>
    /// <param name="IsSecretKey">Whether it is a secret key, which nobody meant to hand over.</param>
    public sealed record Rejected(Fingerprint? Fingerprint, string Reason, bool IsSecretKey = false) : CertificateReading;
}
