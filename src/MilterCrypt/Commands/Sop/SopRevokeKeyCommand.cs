using System.CommandLine;
using MilterCrypt.OpenPgp.Signatures;

namespace MilterCrypt.Commands.Sop;

/// <summary>`sop revoke-key`: certificates that nobody uses any more.</summary>
internal static class SopRevokeKeyCommand
{
    public static Command Create()
    {
        var noArmor = SopOptions.NoArmor();
        var password = SopOptions.KeyPassword();
        var command = new Command("revoke-key", "Writes the certificates of the secret keys on standard input, revoked for ever.") { noArmor, password };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var passwords = SopPasswords.ForReading(parsed.GetValue(password) ?? []);
            using var secrets = SopSecrets.ReadStandardInput(passwords);
            foreach (var secret in secrets.All)
                SopSecrets.Editor(secret).Revoke(RevocationReason.None, "");
            await SopCertificates.WriteAsync(secrets.All.Select(static secret => secret.Certificate), parsed.GetValue(noArmor), cancellationToken);
            return ExitCode.Ok;
        });
        return command;
    }
}
