using System.CommandLine;
using MilterCrypt.Configuration;
using MilterCrypt.Engine.Custody;
using MilterCrypt.KeyHolding;
using MilterCrypt.Native.LibC;
using MilterCrypt.Telemetry;

namespace MilterCrypt.Commands;

/// <summary>`keyholder`: the process that has the secret keys, so that the daemon has none.</summary>
internal static class KeyHolderCommand
{
    private const string UsualPeer = "miltercrypt";

    public static Command Create(Option<string> config)
    {
        var command = new Command("keyholder", "Holds the secret keys and uses them for the daemon, in the foreground. SIGHUP reads the keys again, SIGTERM finishes what is under way.");
        command.SetAction((parsed, cancellationToken) => RunAsync(parsed.GetRequiredValue(config), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(string file, CancellationToken cancellationToken)
    {
        ConfigurationLoading.RequireNativeLibraries();
        var settings = await ConfigurationLoading.LoadAsync(file, cancellationToken);
        if (settings.SecretKeys is not { HeldBy: KeyCustody.KeyHolder } secretKeys)
            throw new CommandException(ExitCode.Configuration, $"{file}: there is no `secret-keys: {{held-by: keyholder}}`, so there is nothing to hold");
        var order = new KeyHolderOrder(secretKeys, secretKeys.Peers ?? [UsualPeerOf(file)]);
        Hardening.LeaveDiagnostics();

        using var output = new LogOutput(settings.Log, forJournal: Environment.GetEnvironmentVariable("JOURNAL_STREAM") is { Length: > 0 });
        try
        {
            await KeyHolder.RunAsync(order, output, cancellationToken);
            return ExitCode.Ok;
        }
        catch (SecretKeyException unreadable)
        {
            throw new CommandException(ExitCode.NoInput, $"{file}: secret-keys: {unreadable.Message}");
        }
    }

    private static uint UsualPeerOf(string file) => SystemUser.Find(UsualPeer)?.Id
        ?? throw new CommandException(ExitCode.Configuration, $"{file}: there is no user {UsualPeer}; secret-keys.peers says as whom the daemon runs");
}
