using System.CommandLine;
using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Certificates.Making;

namespace MilterCrypt.Commands.Sop;

/// <summary>`sop certify-userid`: says of user IDs of others that they are theirs.</summary>
internal static class SopCertifyUserIdCommand
{
    public static Command Create()
    {
        var noArmor = SopOptions.NoArmor();
        var userId = SopOptions.Repeatable("--userid", "Which user ID; repeatable", "USERID");
        userId.Required = true;
        var noSelfSignature = new Option<bool>("--no-require-self-sig") { Description = "Also what the certificate's owner does not say of himself" };
        var password = SopOptions.KeyPassword();
        var keys = SopOptions.Files("KEYS", "The secret keys of who says so", ArgumentArity.OneOrMore);
        var command = new Command("certify-userid", "Writes the certificates on standard input with their user IDs certified.") { noArmor, userId, noSelfSignature, password, keys };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var passwords = SopPasswords.ForReading(parsed.GetValue(password) ?? []);
            using var secrets = SopSecrets.Read(parsed.GetValue(keys)!, passwords);
            var editors = secrets.All.Select(SopSecrets.Editor).ToList();
            using var input = SopInput.ReadStandardInput(SopInput.MaxKeys);
            var certified = SopCertificates.Read(input, "standard input").Select(certificate => Certify(certificate, editors, parsed.GetValue(userId)!, !parsed.GetValue(noSelfSignature))).ToList();
            await SopCertificates.WriteAsync(certified, parsed.GetValue(noArmor), cancellationToken);
            return ExitCode.Ok;
        });
        return command;
    }

    private static Certificate Certify(Certificate certificate, IEnumerable<CertificateEditor> editors, IReadOnlyList<string> userIds, bool requireSelfSignature)
    {
        foreach (var editor in editors)
        {
            foreach (string userId in userIds)
            {
                if (!editor.TryCertify(certificate, userId, out var certified, out string? reason, requireSelfSignature))
                    throw new CommandException(SopExitCode.UserIdNoMatch, $"certificate {certificate.Fingerprint}: {reason}");
                certificate = certified;
            }
        }

        return certificate;
    }
}
