using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.Telemetry;

namespace MilterCrypt.Commands.Sop;

/// <summary>Reads certificates.</summary>
internal static class SopCertificates
{
    /// <summary>All certificates of all inputs.</summary>
    /// <exception cref="CommandException">One can't be read, or holds something else.</exception>
    public static IReadOnlyList<Certificate> Read(IEnumerable<string> names)
    {
        var certificates = new List<Certificate>();
        foreach (string name in names)
        {
            using var input = SopInput.Read(name, SopInput.MaxKeys);
            certificates.AddRange(Read(input, PrintableText.Of(name)));
        }

        return certificates;
    }

    /// <summary>Writes certificates to standard output, in one block.</summary>
    public static Task WriteAsync(IEnumerable<Certificate> certificates, bool isBinary, CancellationToken cancellationToken)
    {
        byte[] octets = [.. certificates.SelectMany(static certificate => certificate.ToArray())];
        return SopArmor.WriteAsync(octets, isBinary ? null : "PGP PUBLIC KEY BLOCK", cancellationToken);
    }

    /// <summary>All certificates of an input.</summary>
    /// <exception cref="CommandException">It holds something else.</exception>
    public static IReadOnlyList<Certificate> Read(SopInput input, string name)
    {
        var readings = Certificate.ReadAll(input.Octets, CertificateLimits.Default);
        return [.. readings.Select(reading => reading switch
        {
            CertificateReading.Readable(var certificate) => certificate,
            CertificateReading.Rejected(_, var reason, _) => throw new CommandException(SopExitCode.BadData, $"{name}: {reason}"),
            _ => throw new InvalidOperationException("A third kind of reading."),
        })];
    }
}
