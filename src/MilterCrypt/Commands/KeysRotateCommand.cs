using System.CommandLine;
using MilterCrypt.Commands.SecretKeys;
using MilterCrypt.OpenPgp;
using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Certificates.Making;

namespace MilterCrypt.Commands;

/// <summary>`keys rotate`: new subkeys in the place of the present ones.</summary>
internal static class KeysRotateCommand
{
    public static Command Create(Option<string> config)
    {
        var keys = KeyNames.Argument();
        var noStore = KeyWorkshop.NoStore();
        var passphraseFile = KeyWorkshop.PassphraseFile();
        var command = new Command("rotate", "Makes new subkeys in the place of those that sign and are encrypted to; the old ones are revoked as superseded, and still open old mail.")
        {
            keys, noStore, passphraseFile,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var own = await KeyWorkshop.OpenAsync(parsed, config, noStore, passphraseFile, cancellationToken);
            foreach (string name in parsed.GetRequiredValue(keys))
                await own.ChangeAsync(name, Rotate, cancellationToken);
            return ExitCode.Ok;
        });
        return command;
    }

    private static string Rotate(SecretCertificate secret, CertificateEditor editor)
    {
        var view = secret.Certificate.At(TimeProvider.System.GetUtcNow(), AlgorithmPolicy.Default);
        var present = view.Subkeys.Where(static subkey => subkey.Problem is null && (subkey.IsForEncryption || subkey.IsForSigning)).ToList();
        if (present.Count == 0)
            throw KeyWorkshop.Refused(secret, view.Problem ?? "no subkey that is in use");

        var lines = new List<string> { $"has {KeyWords.Count(present.Count, "new subkey")}" };
        foreach (var old in present)
        {
            if (!editor.TryReplaceSubkey(old.Key.Fingerprint, out string? reason))
                throw KeyWorkshop.Refused(secret, $"subkey {old.Key.KeyId}: {reason}");
            lines.Add($"  {secret.Certificate.Subkeys[^1].Key.KeyId} in the place of {old.Key.KeyId}");
        }

        return string.Join('\n', lines);
    }
}
