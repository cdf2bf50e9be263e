using System.CommandLine;
using System.Text;
using MilterCrypt.OpenPgp;
using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.Telemetry;

namespace MilterCrypt.Commands.Sop;

/// <summary>`sop validate-userid`: whether authorities vouch for a user ID in each of some certificates.</summary>
internal static class SopValidateUserIdCommand
{
    public static Command Create()
    {
        var addressOnly = new Option<bool>("--addr-spec-only") { Description = "USERID is a mail address, and what else a user ID says does not matter" };
        var validateAt = SopDates.Option("--validate-at", "The time for which it is judged");
        var userId = new Argument<string>("USERID") { Description = "The user ID, exactly" };
        var authorities = SopOptions.Files("CERTS", "The certificates of those who vouch", ArgumentArity.OneOrMore);
        var command = new Command("validate-userid", "Says by its exit code whether all certificates on standard input have a user ID that others vouch for.") { addressOnly, validateAt, userId, authorities };
        command.SetAction(parsed =>
        {
            var pgp = new Pgp();
            var time = SopDates.Parse(parsed.GetValue(validateAt) ?? "now", pgp.Clock.GetUtcNow())
                ?? throw new CommandException(SopExitCode.UnsupportedOption, "--validate-at needs a date");
            var certifiers = SopCertificates.Read(parsed.GetValue(authorities)!);
            string wanted = parsed.GetValue(userId)!;
            byte[] octets = Encoding.UTF8.GetBytes(wanted);
            bool isAddress = parsed.GetValue(addressOnly);
            using var input = SopInput.ReadStandardInput(SopInput.MaxKeys);
            foreach (var certificate in SopCertificates.Read(input, "standard input"))
            {
                var certifications = new UserIdCertifications(input.Octets, certificate);
                var view = certificate.At(time, pgp.Policy);
                bool isCertified = view.Problem is null && view.UserIds.Any(
                    known => known.Problem is null && IsWanted(known.UserId) && certifications.AreBy(certifiers, known.UserId, time, pgp.Policy));
                if (!isCertified)
                    throw new CommandException(SopExitCode.UserIdNoMatch, $"certificate {certificate.Fingerprint}: nobody vouches for {PrintableText.Of(wanted)}");
            }

            return ExitCode.Ok;

            bool IsWanted(UserId known) => isAddress
                ? string.Equals(known.Address, wanted, StringComparison.Ordinal)
                : known.Octets.Span.SequenceEqual(octets);
        });
        return command;
    }
}
