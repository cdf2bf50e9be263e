using System.CommandLine;
using MilterCrypt.Commands.SecretKeys;
using MilterCrypt.OpenPgp;
using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Certificates.Making;

namespace MilterCrypt.Commands;

/// <summary>`keys renew`: keys of one's own that end later.</summary>
internal static class KeysRenewCommand
{
    public static Command Create(Option<string> config)
    {
        var keys = KeyNames.Argument();
        var expires = KeyEnd.Option();
        var noStore = KeyWorkshop.NoStore();
        var passphraseFile = KeyWorkshop.PassphraseFile();
        var command = new Command("renew", "Has keys of one's own end at another time, with the newest subkeys for each use; what they say of themselves is signed anew.")
        {
            keys, expires, noStore, passphraseFile,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var end = KeyEnd.Parse(parsed.GetRequiredValue(expires), TimeProvider.System.GetUtcNow());
            await using var own = await KeyWorkshop.OpenAsync(parsed, config, noStore, passphraseFile, cancellationToken);
            foreach (string name in parsed.GetRequiredValue(keys))
                await own.ChangeAsync(name, (secret, editor) => Renew(secret, editor, end), cancellationToken);
            return ExitCode.Ok;
        });
        return command;
    }

    private static string Renew(SecretCertificate secret, CertificateEditor editor, DateTimeOffset? end)
    {
        var view = secret.Certificate.At(TimeProvider.System.GetUtcNow(), AlgorithmPolicy.Default);
        if (view.PrimaryKey.IsRevoked)
            throw KeyWorkshop.Refused(secret, $"{view.Problem}, which holds for ever");
        if (!editor.TryExpireAt(end, out string? reason))
            throw KeyWorkshop.Refused(secret, reason);

        // Those that end on their own; what was revoked or replaced stays so. They are judged anew, since with the certificate all had ended.
        view = secret.Certificate.At(editor.Now, AlgorithmPolicy.Default);
        foreach (var subkey in view.Subkeys.Where(subkey => !subkey.IsRevoked && subkey.ExpiresAt is { } its && its != end && !SubkeyRotation.IsSuperseded(subkey, view)))
        {
            if (!editor.TryExpireSubkeyAt(subkey.Key.Fingerprint, end, out reason))
                throw KeyWorkshop.Refused(secret, reason);
        }

        return end is { } time ? $"ends {KeyWords.Day(time)}" : "never ends";
    }
}
