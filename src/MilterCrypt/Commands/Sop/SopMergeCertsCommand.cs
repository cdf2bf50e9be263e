using System.CommandLine;
using MilterCrypt.OpenPgp.Certificates;

namespace MilterCrypt.Commands.Sop;

/// <summary>`sop merge-certs`: what several copies of a certificate know, in one.</summary>
internal static class SopMergeCertsCommand
{
    public static Command Create()
    {
        var noArmor = SopOptions.NoArmor();
        var updates = SopOptions.Files("CERTS", "Copies that may know more", ArgumentArity.ZeroOrMore);
        var command = new Command("merge-certs", "Writes the certificates on standard input with what other copies know of them.") { noArmor, updates };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var others = SopCertificates.Read(parsed.GetValue(updates) ?? []).ToLookup(static certificate => certificate.Fingerprint);
            using var input = SopInput.ReadStandardInput(SopInput.MaxKeys);
            var merged = SopCertificates.Read(input, "standard input").Select(certificate => others[certificate.Fingerprint].Aggregate(certificate, Merge));
            await SopCertificates.WriteAsync(merged.ToList(), parsed.GetValue(noArmor), cancellationToken);
            return ExitCode.Ok;
        });
        return command;
    }

    private static Certificate Merge(Certificate certificate, Certificate other) => certificate.MergedWith(other, CertificateLimits.Default) switch
    {
        CertificateReading.Readable(var merged) => merged,
        CertificateReading.Rejected(_, var reason, _) => throw new CommandException(SopExitCode.BadData, $"certificate {certificate.Fingerprint}: {reason}"),
        _ => throw new InvalidOperationException("A third kind of reading."),
    };
}
