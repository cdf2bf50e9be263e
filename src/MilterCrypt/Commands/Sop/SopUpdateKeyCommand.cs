using System.CommandLine;
using MilterCrypt.OpenPgp;
using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.Telemetry;

namespace MilterCrypt.Commands.Sop;

/// <summary>`sop update-key`: secret keys that say of themselves what software of today expects.</summary>
internal static class SopUpdateKeyCommand
{
    public static Command Create()
    {
        var noArmor = SopOptions.NoArmor();
        var signingOnly = new Option<bool>("--signing-only") { Description = "Adds no key that others encrypt to, where there is none" };
        var noCapabilities = new Option<bool>("--no-added-capabilities") { Description = "Names nothing that its owner's software reads and that it did not name so far" };
        var password = SopOptions.KeyPassword();
        var certs = SopOptions.Repeatable("--merge-certs", "Copies of the certificates that may know more; repeatable", "CERTS");
        var command = new Command("update-key", "Writes the secret keys on standard input with what is out of date of their certificates mended.") { noArmor, signingOnly, noCapabilities, password, certs };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var copies = SopCertificates.Read(parsed.GetValue(certs) ?? []).ToLookup(static certificate => certificate.Fingerprint);
            using var passwords = SopPasswords.ForReading(parsed.GetValue(password) ?? []);
            using var secrets = SopSecrets.ReadStandardInput(passwords);
            foreach (var secret in secrets.All)
            {
                foreach (var copy in copies[secret.Certificate.Fingerprint])
                    Merge(secret, copy);
                Update(secrets, secret, !parsed.GetValue(signingOnly), !parsed.GetValue(noCapabilities));
            }

            foreach (var secret in secrets.All)
                await Postdating.WaitAsync(secret.Certificate, cancellationToken);
            await SopSecrets.WriteAsync(secrets.All, parsed.GetValue(noArmor), cancellationToken);
            return ExitCode.Ok;
        });
        return command;
    }

    private static void Merge(SecretCertificate secret, Certificate copy)
    {
        if (!secret.TryMerge(copy, CertificateLimits.Default, out string? reason))
            throw new CommandException(SopExitCode.BadData, $"key {secret.Certificate.Fingerprint}: {reason}");
    }

    private static void Update(SopSecrets secrets, SecretCertificate secret, bool withEncryption, bool withCapabilities)
    {
        string name = $"key {secret.Certificate.Fingerprint}";
        if (secret.IsLocked)
            throw new CommandException(SopExitCode.KeyIsProtected, $"{name}: no password at hand unlocks all of it");
        if (new Pgp().Policy.RefusalToSign(secret.Certificate.PrimaryKey) is { } refusal)
            throw new CommandException(SopExitCode.PrimaryKeyBad, $"{name}: {refusal}");

        int keys = secret.Keys.Count;
        if (!SopSecrets.Editor(secret).TryUpdate(withEncryption, withCapabilities, out string? reason))
            throw new CommandException(SopExitCode.PrimaryKeyBad, $"{name}: {PrintableText.Of(reason)}");
        if (secret.Keys.Count > keys && secrets.TryGetPassword(secret, out var password) && !secret.TrySetPassphrase(password.Span, new Pgp().Random, out reason))
            throw new CommandException(SopExitCode.Unspecified, $"{name}: {reason}");
    }
}
