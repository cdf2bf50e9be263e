using System.CommandLine;
using MilterCrypt.Configuration;
using MilterCrypt.Daemon;
using MilterCrypt.Engine.Custody;
using MilterCrypt.KeyHolding;
using MilterCrypt.Milter.Listening;
using MilterCrypt.Telemetry;

namespace MilterCrypt.Commands;

/// <summary>`serve`: the daemon.</summary>
internal static class ServeCommand
{
    public static Command Create(Option<string> config)
    {
        var listen = new Option<string[]>("--listen")
        {
            Description = "Where to listen, in place of the file's addresses; repeatable: unix:/path, local:/path, inet:host:port, inet:port@host, systemd:name",
            HelpName = "ADDRESS",
        };
        var command = new Command("serve", "Runs the filter in the foreground. SIGHUP reads the configuration again, SIGTERM finishes what is under way.") { listen };
        command.SetAction((parsed, cancellationToken) =>
            RunAsync(parsed.GetRequiredValue(config), parsed.GetValue(listen) ?? [], cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(string file, string[] addresses, CancellationToken cancellationToken)
    {
        ConfigurationLoading.RequireNativeLibraries();
        var fromCommandLine = addresses.Select(Parse).ToList();
        var settings = await ConfigurationLoading.LoadAsync(file, cancellationToken);
        var store = settings.RequireStore(file);
        if (fromCommandLine.Count > 0)
            settings = settings with { Listen = fromCommandLine };
        if (settings.Listen.Count == 0)
            throw new CommandException(ExitCode.Configuration, $"{file}: there is no `listen`, such as `listen: unix:/run/miltercrypt/milter.sock`; --listen ADDRESS does as well");
        if (SpoolCheck.ComplaintOfBoth(settings) is { } complaint)
            throw new CommandException(ExitCode.CantCreate, $"{file}: {complaint}");
        if (settings.SecretKeys is { HeldBy: KeyCustody.Daemon })
            Hardening.LeaveDiagnostics();

        using var output = new LogOutput(settings.Log, forJournal: Environment.GetEnvironmentVariable("JOURNAL_STREAM") is { Length: > 0 });
        try
        {
            await MilterDaemon.RunAsync(new DaemonOrder(file, settings, store, fromCommandLine.Count > 0), output, cancellationToken);
            return ExitCode.Ok;
        }
        catch (SecretKeyException unreadable)
        {
            throw new CommandException(ExitCode.NoInput, $"{file}: secret-keys: {unreadable.Message}");
        }
    }

    private static ListenSettings Parse(string address) => MilterEndpoint.TryParse(address, out var endpoint, out string? error)
        ? new ListenSettings(endpoint)
        : throw new CommandException(ExitCode.Usage, $"--listen: {error}");
}
