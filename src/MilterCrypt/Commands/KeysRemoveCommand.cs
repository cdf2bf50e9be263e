using System.CommandLine;
using MilterCrypt.Engine.Keys;
using MilterCrypt.Telemetry;

namespace MilterCrypt.Commands;

/// <summary>`keys remove`: takes certificates out of the store, after asking.</summary>
internal static class KeysRemoveCommand
{
    public static Command Create(Option<string> config)
    {
        var keys = KeyNames.Argument();
        var yes = new Option<bool>("--yes") { Description = "Doesn't ask" };
        var command = new Command("remove", "Takes certificates out of the store.") { keys, yes };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            parsed.GetRequiredValue(config),
            parsed.GetRequiredValue(keys),
            parsed.GetValue(yes),
            parsed.InvocationConfiguration.Output,
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(string file, string[] names, bool yes, TextWriter output, CancellationToken cancellationToken)
    {
        if (!yes && Console.IsInputRedirected)
            throw new CommandException(ExitCode.Usage, "nobody is there to be asked; --yes removes without asking");

        await using var store = await ConfigurationLoading.OpenStoreAsync(file, create: false, cancellationToken);
        var certificates = await KeyNames.FindAsync(store, names, cancellationToken);
        foreach (var certificate in certificates)
            await output.WriteLineAsync($"{certificate.Fingerprint}  {PrintableText.Of(string.Join(' ', certificate.Addresses))}");
        if (!yes && !Agrees(certificates))
        {
            await output.WriteLineAsync("nothing was removed");
            return ExitCode.No;
        }
        int removed = await store.RemoveAsync([.. certificates.Select(certificate => certificate.Fingerprint)], cancellationToken);
        await output.WriteLineAsync($"removed: {removed}");
        return ExitCode.Ok;
    }

    private static bool Agrees(IReadOnlyList<StoredCertificate> certificates)
    {
        Console.Error.Write($"Remove {(certificates.Count == 1 ? "this key" : $"these {certificates.Count} keys")}? [y/N] ");
        return Console.ReadLine() is { } answer && answer.Trim().ToUpperInvariant() is "Y" or "YES";
    }
}
