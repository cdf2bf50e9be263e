using System.CommandLine;
using MilterCrypt.Commands.SecretKeys;
using MilterCrypt.OpenPgp.Signatures;

namespace MilterCrypt.Commands;

/// <summary>`keys revoke`: keys that nobody is to use any more.</summary>
internal static class KeysRevokeCommand
{
    private static readonly Dictionary<string, RevocationReason> Reasons = new(StringComparer.Ordinal)
    {
        ["none"] = RevocationReason.None,
        ["superseded"] = RevocationReason.Superseded,
        ["compromised"] = RevocationReason.Compromised,
        ["retired"] = RevocationReason.Retired,
    };

    public static Command Create(Option<string> config)
    {
        var keys = KeyNames.Argument();
        var reason = new Option<string>("--reason")
        {
            Description = "Why: superseded and retired hold from now on, so that what was signed stays good; none and compromised for all times",
            HelpName = string.Join('|', Reasons.Keys),
            DefaultValueFactory = _ => "none",
        };
        reason.AcceptOnlyFromAmong([.. Reasons.Keys]);
        var text = new Option<string>("--text") { Description = "What people are told", HelpName = "TEXT", DefaultValueFactory = _ => "" };
        var with = new Option<string?>("--with") { Description = "The revocation that was made with the key, where its secret is lost", HelpName = "FILE" };
        var noStore = KeyWorkshop.NoStore();
        var passphraseFile = KeyWorkshop.PassphraseFile();
        var command = new Command("revoke", "Revokes keys of one's own, for ever.") { keys, reason, text, with, noStore, passphraseFile };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            string[] names = parsed.GetRequiredValue(keys);
            if (parsed.GetValue(with) is { } file)
                return await KeyRevocation.ApplyAsync(parsed.GetRequiredValue(config), names, file, parsed.InvocationConfiguration.Output, cancellationToken);

            string why = parsed.GetRequiredValue(reason);
            await using var own = await KeyWorkshop.OpenAsync(parsed, config, noStore, passphraseFile, cancellationToken);
            foreach (string name in names)
            {
                await own.ChangeAsync(name, (_, editor) =>
                {
                    editor.Revoke(Reasons[why], parsed.GetRequiredValue(text));
                    return $"is revoked for ever ({why}); its secret still opens old mail";
                }, cancellationToken);
            }

            return ExitCode.Ok;
        });
        return command;
    }
}
