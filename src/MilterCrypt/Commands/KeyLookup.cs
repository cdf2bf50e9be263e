using MilterCrypt.Engine.Keys;
using MilterCrypt.Engine.Mail;
using MilterCrypt.OpenPgp;

namespace MilterCrypt.Commands;

/// <summary>Where `encrypt` finds keys.</summary>
internal static class KeyLookup
{
    /// <summary>Keys from files, for this once.</summary>
    /// <exception cref="CommandException">Something in them is no certificate.</exception>
    public static async Task<Func<MailAddress, DateTimeOffset, KeyAnswer>> FromFilesAsync(
        IEnumerable<string> paths, CancellationToken cancellationToken)
    {
        var import = await KeyImport.ReadAsync(KeyFiles.Expand(paths), Progress.Silent, TimeProvider.System, cancellationToken);
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
        await using var needed = new MemoryKeyStore();
        foreach (string recipient in recipients)
        {
            if (MailAddress.TryParse(recipient, out var address))
                await needed.StoreAsync(await store.FindAsync(KeyAddress.Of(address), cancellationToken), cancellationToken);
        }
        return await FollowAsync(needed, cancellationToken);
    }

    private static async Task<Func<MailAddress, DateTimeOffset, KeyAnswer>> FollowAsync(MemoryKeyStore store, CancellationToken cancellationToken)
    {
        var directory = new KeyDirectory(AlgorithmPolicy.Default);
        await directory.UpdateAsync(store, cancellationToken);
        return directory.Find;
    }
}
