using MilterCrypt.Configuration;
using MilterCrypt.Engine.Keys;
using MilterCrypt.Engine.Keys.Sqlite;
using MilterCrypt.OpenPgp;
using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.Telemetry;

namespace MilterCrypt.Commands;

/// <summary>What `check` says of the key store.</summary>
internal static class StoreCheck
{
    private static readonly TimeSpan ExpiryNotice = TimeSpan.FromDays(30);

    /// <summary>Reads every key and judges it, and looks for those that the configuration needs.</summary>
    public static async Task RunAsync(Settings settings, StoreSettings where, CheckReport report, CancellationToken cancellationToken)
    {
        if (!File.Exists(where.Path))
        {
            if (!Directory.Exists(Path.GetDirectoryName(where.Path)))
                report.Error($"store: there is no folder {Path.GetDirectoryName(where.Path)}");
            else
                report.Warning($"store: there is no file {where.Path} yet; `miltercrypt keys import` makes it");
            await NeededKeys.RunAsync(settings, store: null, report, cancellationToken);
            return;
        }
        try
        {
            await using var store = await SqliteKeyStore.OpenAsync(where.Path, create: false, TimeSpan.FromSeconds(1), cancellationToken);
            var now = TimeProvider.System.GetUtcNow();
            int all = 0, unusable = 0, soon = 0;
            var shared = new SharedAddresses();
            await foreach (var stored in store.ReadAllAsync(damage => report.Error($"store: {PrintableText.Of(damage)}"), cancellationToken))
            {
                all++;
                if (StoredPackets.TryRead(stored) is not { } certificate)
                {
                    report.Error($"store: the entry {stored.Fingerprint} can't be read: remove it with `miltercrypt keys remove` and import the key again");
                    continue;
                }
                var view = certificate.At(now, AlgorithmPolicy.Default);
                shared.Add(stored, view);
                if (!IsUsable(view))
                    unusable++;
                else if (view.ChangesAt < now + ExpiryNotice && !IsUsable(certificate.At(now + ExpiryNotice, AlgorithmPolicy.Default)))
                    soon++;
            }
            report.Fact($"{where}: {KeyWords.Count(all, "key")}");
            if (all == 0)
                report.Warning("store: there are no keys in it");
            if (unusable > 0)
                report.Warning($"store: {unusable} of {KeyWords.Count(all, "key")} can't be used; `miltercrypt keys list --unusable` says why");
            foreach (string line in shared.Lines())
                report.Warning("store: " + line);
            if (soon > 0)
                report.Warning($"store: {soon} of {KeyWords.Count(all, "key")} can't be used any more in {ExpiryNotice.Days} days");
            await NeededKeys.RunAsync(settings, store, report, cancellationToken);
        }
        catch (KeyStoreException e)
        {
            report.Error($"store: {e.Message}");
        }
    }

    private static bool IsUsable(CertificateView view) => view.ForEncryption() is EncryptionVerdict.Usable;
}
