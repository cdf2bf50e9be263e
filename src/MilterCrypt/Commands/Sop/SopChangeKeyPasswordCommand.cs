using System.CommandLine;
using MilterCrypt.OpenPgp;

namespace MilterCrypt.Commands.Sop;

/// <summary>`sop change-key-password`: secret keys under another password, or none.</summary>
internal static class SopChangeKeyPasswordCommand
{
    public static Command Create()
    {
        var noArmor = SopOptions.NoArmor();
        var oldPassword = SopOptions.Repeatable("--old-key-password", "Unlocks the keys; repeatable", "PASSWORD");
        var newPassword = new Option<string?>("--new-key-password") { Description = "Locks them; without it they stay unlocked", HelpName = "PASSWORD" };
        var command = new Command("change-key-password", "Writes the secret keys on standard input under another password.") { noArmor, oldPassword, newPassword };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var next = SopPasswords.ForWriting(parsed.GetValue(newPassword) is { } name ? [name] : []);
            using var passwords = SopPasswords.ForReading(parsed.GetValue(oldPassword) ?? []);
            using var secrets = SopSecrets.ReadStandardInput(passwords);
            var random = new Pgp().Random;
            foreach (var secret in secrets.All)
            {
                string? reason;
                bool isChanged = next.Octets is [var octets] ? secret.TrySetPassphrase(octets.Span, random, out reason) : secret.TryRemovePassphrase(out reason);
                if (!isChanged)
                    throw new CommandException(secret.IsLocked ? SopExitCode.KeyIsProtected : SopExitCode.Unspecified, $"key {secret.Certificate.Fingerprint}: {reason}");
            }

            await SopSecrets.WriteAsync(secrets.All, parsed.GetValue(noArmor), cancellationToken);
            return ExitCode.Ok;
        });
        return command;
    }
}
