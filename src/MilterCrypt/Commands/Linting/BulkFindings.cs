using System.Globalization;

namespace MilterCrypt.Commands.Linting;

/// <summary>What others appended to a certificate, and how large it is.</summary>
internal static class BulkFindings
{
    private const int LargeOctets = 64 * 1024;

    public static IEnumerable<Finding> Of(LintSubject subject)
    {
        var certificate = subject.Certificate;
        int bad = certificate.WithoutBadSignatures().DroppedPackets - certificate.DroppedPackets;
        if (bad > 0)
        {
            yield return new Finding(
                FindingLevel.Warning, "bad-signatures", $"{KeyWords.Count(bad, "signature")} in its name that its key did not make",
                "somebody may have appended them; `miltercrypt keys import` leaves them out");
        }

        if (certificate.DroppedPackets > 0)
        {
            yield return new Finding(
                FindingLevel.Note, "left-out",
                $"{KeyWords.Count(certificate.DroppedPackets, "packet")} left out: others' certifications, pictures, or what can't be read here");
        }

        int length = certificate.ToArray().Length;
        if (length > LargeOctets)
        {
            yield return new Finding(
                FindingLevel.Note, "large", string.Create(CultureInfo.InvariantCulture, $"takes {length / 1024} KiB"),
                $"`miltercrypt keys export --minimal {certificate.Fingerprint}` writes what is needed of it");
        }
    }
}
