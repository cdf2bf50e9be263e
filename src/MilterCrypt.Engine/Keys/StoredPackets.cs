using MilterCrypt.Engine.Mail;
using MilterCrypt.OpenPgp.Certificates;

namespace MilterCrypt.Engine.Keys;

/// <summary>Between certificates and the form in which stores hold them.</summary>
public static class StoredPackets
{
    /// <summary>The certificate that was stored.</summary>
    /// <exception cref="KeyStoreException">What was stored is none: the store is damaged.</exception>
    public static Certificate Read(StoredCertificate stored)
    {
        var readings = Certificate.ReadAll(stored.Certificate, CertificateLimits.Default);
        return readings is [CertificateReading.Readable { Certificate: var certificate }] && certificate.Fingerprint.Equals(stored.Fingerprint)
            ? certificate
            : throw new KeyStoreException(
                $"the key store's entry {stored.Fingerprint} can't be read: remove it with `miltercrypt keys remove` and import the key again");
    }

    /// <summary>What is to be stored of a certificate that comes in.</summary>
    /// <param name="certificate">The certificate.</param>
    /// <param name="source">Where it came from, for people.</param>
    /// <param name="now">When.</param>
    public static StoredCertificate Of(Certificate certificate, string source, DateTimeOffset now) =>
        new(certificate.Fingerprint, certificate.ToArray(), Addresses(certificate), source, now, now);

    /// <summary>What is to be stored of a certificate that comes in where one of the same key is there already.</summary>
    /// <exception cref="KeyStoreException">Both together are more than a certificate may be.</exception>
    public static (StoreOutcome Outcome, StoredCertificate Result) Merge(StoredCertificate? present, StoredCertificate incoming)
    {
        if (present is null)
            return (StoreOutcome.Added, incoming);
        if (present.Certificate.Span.SequenceEqual(incoming.Certificate.Span))
            return (StoreOutcome.Unchanged, present);

        if (Read(present).MergedWith(Read(incoming), CertificateLimits.Default) is not CertificateReading.Readable { Certificate: var merged })
            throw new KeyStoreException($"{present.Fingerprint}: what is new and what is there together exceed what a certificate may have");

        byte[] packets = merged.ToArray();
        return present.Certificate.Span.SequenceEqual(packets)
            ? (StoreOutcome.Unchanged, present)
            : (StoreOutcome.Updated, incoming with { Certificate = packets, Addresses = Addresses(merged), Added = present.Added });
    }

    // Whether the user ID counts is judged when it is asked for: an address that is named only by a revoked or forged
    // one is found, and refused with the reason.
    private static List<string> Addresses(Certificate certificate) =>
    [
        .. certificate.UserIds
            .Select(userId => userId.UserId.Address is { } text && MailAddress.TryParse(text, out var address) ? KeyAddress.Of(address) : "")
            .Where(address => address.Length > 0 && !address.Any(char.IsControl))
            .Distinct(StringComparer.Ordinal),
    ];
}
