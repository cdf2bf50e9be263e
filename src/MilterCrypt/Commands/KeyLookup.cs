using MilterCrypt.Engine.Keys;
using MilterCrypt.Engine.Mail;
using MilterCrypt.OpenPgp;
using MilterCrypt.OpenPgp.Packets;

namespace MilterCrypt.Commands;

/// <summary>Where `encrypt` finds keys.</summary>
internal static class KeyLookup
{
    /// <summary>Keys from files, for this once.</summary>
    /// <exception cref="CommandException">Something in them is no certificate.</exception>
    public static async Task<Func<MailAddress, DateTimeOffset, KeyAnswer>> FromFilesAsync(
        IEnumerable<string> paths, CancellationToken cancellationToken)
    {
        var import = await KeyImport.ReadAsync(KeyFiles.Expand(paths), null, Progress.Silent, TimeProvider.System, cancellationToken);
        if (import.Complaints.Count > 0)
            throw new CommandException(ExitCode.Data, string.Join('\n', import.Complaints));
        await using var store = new MemoryKeyStore();
        await store.StoreAsync([.. import.Certificates.Select(found => found.Stored)], cancellationToken);
        return await FollowAsync(store, cancellationToken);
    }

    /// <summary>The key store's keys for the recipients; the others are left where they are.</summary>
    public static async Task<Func<MailAddress, DateTimeOffset, KeyAnswer>> FromStoreAsync(
        string file, IEnumerable<string> recipients, CancellationToken cancellationToken)
    {
        await using var store = await ConfigurationLoading.OpenStoreAsync(file, create: false, cancellationToken);
        var needed = new Dictionary<Fingerprint, StoredCertificate>();
        foreach (string recipient in recipients)
        {
            if (!MailAddress.TryParse(recipient, out var address))
                continue;
            foreach (var certificate in await store.FindAsync(KeyAddress.Of(address), cancellationToken))
                needed[certificate.Fingerprint] = certificate;
        }
        await using var copy = new MemoryKeyStore();
        // In the order in which the store got them, which says whose an address is.
        await copy.StoreAsync([.. needed.Values.OrderBy(certificate => certificate.Arrival)], cancellationToken);
        return await FollowAsync(copy, cancellationToken);
    }

    private static async Task<Func<MailAddress, DateTimeOffset, KeyAnswer>> FollowAsync(MemoryKeyStore store, CancellationToken cancellationToken)
    {
        var directory = new KeyDirectory(AlgorithmPolicy.Default);
        await directory.UpdateAsync(store, cancellationToken);
        return directory.Find;
    }
}
