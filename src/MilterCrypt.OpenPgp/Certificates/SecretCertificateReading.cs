using MilterCrypt.OpenPgp.Packets;

namespace MilterCrypt.OpenPgp.Certificates;

/// <summary>What became of one transferable secret key in an input.</summary>
public abstract record SecretCertificateReading
{
    private SecretCertificateReading() { }

    /// <summary>It was read. That says nothing about whether it may be used.</summary>
    /// <param name="SecretCertificate">The caller's to dispose.</param>
    public sealed record Readable(SecretCertificate SecretCertificate) : SecretCertificateReading;

    /// <summary>It was not, and the input's others are not harmed by that.</summary>
    /// <param name="Fingerprint">Whose it is, where so much could be read.</param>
    /// <param name="Reason">Why, in an administrator's words.</param>
    public sealed record Rejected(Fingerprint? Fingerprint, string Reason) : SecretCertificateReading
    {
        /// <summary>Whether its secrets are on a card, as GnuPG notes it.</summary>
        public bool IsOnCard { get; init; }
    }
}
