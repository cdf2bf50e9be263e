using System.CommandLine;
using MilterCrypt.Commands.SecretKeys;

namespace MilterCrypt.Commands;

/// <summary>`keys rotate`: new subkeys in the place of the present ones.</summary>
internal static class KeysRotateCommand
{
    private const int DefaultOverlap = 7, MaxOverlap = 365;

    public static Command Create(Option<string> config)
    {
        var keys = KeyNames.Argument();
        var overlap = new Option<int>("--overlap")
        {
            Description = $"For how many days the old ones stay good beside the new ones, 0 to {MaxOverlap}: so long there is time to reload the key holder. With 0 they are revoked at once, and nothing is signed until the reload",
            HelpName = "DAYS",
            DefaultValueFactory = static _ => DefaultOverlap,
        };
        var noStore = KeyWorkshop.NoStore();
        var passphraseFile = KeyWorkshop.PassphraseFile();
        var command = new Command("rotate", "Makes new subkeys in the place of those that sign and are encrypted to; the old ones end some days later, and still open old mail.")
        {
            keys, overlap, noStore, passphraseFile,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            int days = parsed.GetValue(overlap);
            if (days is < 0 or > MaxOverlap)
                throw new CommandException(ExitCode.Usage, $"--overlap is a number of days from 0 to {MaxOverlap}");
            await using var own = await KeyWorkshop.OpenAsync(parsed, config, noStore, passphraseFile, cancellationToken);
            foreach (string name in parsed.GetRequiredValue(keys))
                await own.ChangeAsync(name, (secret, editor) => new SubkeyRotation(secret, editor).Rotate(days), cancellationToken);
            return ExitCode.Ok;
        });
        return command;
    }
}
