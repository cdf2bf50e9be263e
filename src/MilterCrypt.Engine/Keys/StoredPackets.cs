using System.Collections.Frozen;
using MilterCrypt.Engine.Mail;
using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Packets;

namespace MilterCrypt.Engine.Keys;

/// <summary>Between certificates and the form in which stores hold them.</summary>
public static class StoredPackets
{
    /// <summary>The certificate that was stored.</summary>
    /// <exception cref="KeyStoreException">What was stored is none: the store is damaged.</exception>
    public static Certificate Read(StoredCertificate stored) => TryRead(stored) ?? throw new KeyStoreException(
        $"the key store's entry {stored.Fingerprint} can't be read: remove it with `miltercrypt keys remove` and import the key again");

    /// <summary>The certificate that was stored, or null where that can't be read.</summary>
    public static Certificate? TryRead(StoredCertificate stored)
    {
        var readings = Certificate.ReadAll(stored.Certificate, CertificateLimits.Default);
        return readings is [CertificateReading.Readable { Certificate: var certificate }] && certificate.Fingerprint.Equals(stored.Fingerprint)
            ? certificate
            : null;
    }

    /// <summary>What is to be stored of a certificate that comes in.</summary>
    /// <param name="certificate">The certificate.</param>
    /// <param name="source">Where it came from, for people.</param>
    /// <param name="now">When.</param>
    /// <remarks>It is filed under every address that it names. Whether a user ID counts is judged when it is asked for:
    /// an address that is named only by a revoked or forged one is found, and refused with the reason.</remarks>
    public static StoredCertificate Of(Certificate certificate, string source, DateTimeOffset now) =>
        new(certificate.Fingerprint, certificate.ToArray(), Addresses(certificate.UserIds.Select(userId => userId.UserId)), source, now, now);

    /// <summary>What is to be stored of a certificate that comes in where one of the same key is there already.</summary>
    /// <exception cref="KeyStoreException">Both together are more than a certificate may be.</exception>
    public static (StoreOutcome Outcome, StoredCertificate Result) Merge(StoredCertificate? present, StoredCertificate incoming)
    {
        if (present is null)
            return (StoreOutcome.Added, incoming);
        var takenOver = Join(present.TakenOver, incoming.TakenOver);
        var verified = incoming.Verified.IsSubsetOf(present.Verified) ? present.Verified : present.Verified.Concat(incoming.Verified).ToFrozenSet(StringComparer.Ordinal);
        if (present.Certificate.Span.SequenceEqual(incoming.Certificate.Span))
            return Kept();

        if (Read(present).MergedWith(Read(incoming), CertificateLimits.Default) is not CertificateReading.Readable { Certificate: var merged })
            throw new KeyStoreException($"{present.Fingerprint}: what is new and what is there together exceed what a certificate may have");

        byte[] packets = merged.ToArray();
        return present.Certificate.Span.SequenceEqual(packets) ? Kept() : (StoreOutcome.Updated, incoming with
        {
            Certificate = packets,
            Addresses = Addresses(merged.UserIds.Select(userId => userId.UserId)),
            Added = present.Added,
            Arrival = present.Arrival,
            TakenOver = takenOver,
            Verified = verified,
        });

        (StoreOutcome, StoredCertificate) Kept() => ReferenceEquals(takenOver, present.TakenOver) && ReferenceEquals(verified, present.Verified)
            ? (StoreOutcome.Unchanged, present)
            : (StoreOutcome.Updated, present with { TakenOver = takenOver, Verified = verified, Updated = incoming.Updated });
    }

    /// <summary>What is to be stored of a certificate that is no longer known to be addresses' owners'; null where it was not before.</summary>
    public static StoredCertificate? WithoutTrust(StoredCertificate present, IReadOnlyCollection<string> addresses) => present.Verified.Overlaps(addresses)
        ? present with { Verified = present.Verified.Except(addresses).ToFrozenSet(StringComparer.Ordinal) }
        : null;

    /// <summary>The addresses that user IDs name, each once, as <see cref="KeyAddress"/> writes them.</summary>
    public static IReadOnlyList<string> Addresses(IEnumerable<UserId> userIds) =>
    [
        .. userIds
            .Select(userId => userId.Address is { } text && MailAddress.TryParse(text, out var address) ? KeyAddress.Of(address) : "")
            .Where(address => address.Length > 0 && !address.Any(char.IsControl))
            .Distinct(StringComparer.Ordinal),
    ];

    // The first itself, where the second adds nothing.
    private static IReadOnlyDictionary<string, int> Join(IReadOnlyDictionary<string, int> first, IReadOnlyDictionary<string, int> second)
    {
        if (second.All(entry => first.GetValueOrDefault(entry.Key) >= entry.Value))
            return first;
        var joined = first.ToDictionary(StringComparer.Ordinal);
        foreach (var (address, number) in second)
            joined[address] = Math.Max(number, joined.GetValueOrDefault(address));
        return joined;
    }
}
