using System.CommandLine;
using MilterCrypt.Configuration;
using MilterCrypt.Daemon;
using MilterCrypt.Engine.Keys;
using MilterCrypt.Engine.Keys.Sqlite;
using MilterCrypt.OpenPgp;
using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.Telemetry;

namespace MilterCrypt.Commands;

/// <summary>`check`: what is wrong or suspicious, before mail finds out.</summary>
internal static class CheckCommand
{
    private static readonly TimeSpan ExpiryNotice = TimeSpan.FromDays(30);

    public static Command Create(Option<string> config)
    {
        var command = new Command("check", "Reads the configuration and the key store and says what is wrong or suspicious.");
        command.SetAction((parsed, cancellationToken) => RunAsync(
            parsed.GetRequiredValue(config), parsed.InvocationConfiguration.Output, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(string file, TextWriter output, CancellationToken cancellationToken)
    {
        ConfigurationLoading.RequireNativeLibraries();
        var settings = await ConfigurationLoading.LoadAsync(file, cancellationToken);
        var errors = new List<string>();
        var warnings = new List<string>(SuspicionList.Of(settings));
        if (settings.Listen.Count == 0)
            warnings.Add("there is no `listen`: `serve` needs --listen ADDRESS");
        if (SpoolCheck.Complaint(settings.Spool) is { } complaint)
            errors.Add(complaint);
        if (settings.Store is { } store)
            await CheckStoreAsync(store, errors, warnings, output, cancellationToken);
        else
            errors.Add("there is no `store`, such as `store: sqlite:/var/lib/miltercrypt/keys.db`");

        foreach (string error in errors)
            await output.WriteLineAsync($"error: {error}");
        foreach (string warning in warnings)
            await output.WriteLineAsync($"warning: {warning}");
        await output.WriteLineAsync($"{file}: {KeyWords.Count(errors.Count, "error")}, {KeyWords.Count(warnings.Count, "warning")}");
        return errors.Count == 0 ? ExitCode.Ok : ExitCode.Configuration;
    }

    private static async Task CheckStoreAsync(
        StoreSettings settings, List<string> errors, List<string> warnings, TextWriter output, CancellationToken cancellationToken)
    {
        if (!File.Exists(settings.Path))
        {
            if (!Directory.Exists(Path.GetDirectoryName(settings.Path)))
                errors.Add($"store: there is no folder {Path.GetDirectoryName(settings.Path)}");
            else
                warnings.Add($"store: there is no file {settings.Path} yet; `miltercrypt keys import` makes it");
            return;
        }
        try
        {
            await using var store = await SqliteKeyStore.OpenAsync(settings.Path, create: false, TimeSpan.FromSeconds(1), cancellationToken);
            var now = TimeProvider.System.GetUtcNow();
            int all = 0, unusable = 0, soon = 0;
            var shared = new SharedAddresses();
            await foreach (var stored in store.ReadAllAsync(damage => errors.Add($"store: {PrintableText.Of(damage)}"), cancellationToken))
            {
                all++;
                if (StoredPackets.TryRead(stored) is not { } certificate)
                {
                    errors.Add($"store: the entry {stored.Fingerprint} can't be read: remove it with `miltercrypt keys remove` and import the key again");
                    continue;
                }
                var view = certificate.At(now, AlgorithmPolicy.Default);
                shared.Add(stored, view);
                if (!IsUsable(view))
                    unusable++;
                else if (view.ChangesAt < now + ExpiryNotice && !IsUsable(certificate.At(now + ExpiryNotice, AlgorithmPolicy.Default)))
                    soon++;
            }
            await output.WriteLineAsync($"{settings}: {KeyWords.Count(all, "key")}");
            if (all == 0)
                warnings.Add("store: there are no keys in it");
            if (unusable > 0)
                warnings.Add($"store: {unusable} of {KeyWords.Count(all, "key")} can't be used; `miltercrypt keys list --unusable` says why");
            warnings.AddRange(shared.Lines().Select(line => "store: " + line));
            if (soon > 0)
                warnings.Add($"store: {soon} of {KeyWords.Count(all, "key")} can't be used any more in {ExpiryNotice.Days} days");
        }
        catch (KeyStoreException e)
        {
            errors.Add($"store: {e.Message}");
        }
    }

    private static bool IsUsable(CertificateView view) => view.ForEncryption() is EncryptionVerdict.Usable;
}
