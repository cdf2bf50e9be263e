namespace MilterCrypt.Engine.Keys;

/// <summary>Which of several certificates for an address comes first: the one that an administrator last let take the
/// address over, else the one that was there first. Never what the certificate says of itself, such as when it was made:
/// its owner writes that, and whoever claims an address would claim a late date as well.</summary>
public static class KeyPreference
{
    /// <summary>How late a certificate was let take an address over; 0 for never.</summary>
    public static int Rank(StoredCertificate certificate, string address) => certificate.TakenOver.GetValueOrDefault(address);

    /// <summary>The certificates in the order in which they are to be tried for an address.</summary>
    /// <param name="certificates">Those that name it.</param>
    /// <param name="address">The address, as <see cref="KeyAddress"/> writes it.</param>
    public static IEnumerable<StoredCertificate> Order(IEnumerable<StoredCertificate> certificates, string address) =>
        certificates.OrderByDescending(certificate => Rank(certificate, address)).ThenBy(certificate => certificate.Arrival);
}
