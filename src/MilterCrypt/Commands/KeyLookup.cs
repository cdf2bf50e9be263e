using System.Collections.Frozen;
using MilterCrypt.Engine.Keys;
using MilterCrypt.Engine.Mail;
using MilterCrypt.OpenPgp;
using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Packets;

namespace MilterCrypt.Commands;

/// <summary>Where `encrypt` and `explain` find keys: of a store what they are asked for, be the store large. Owned by its command;
/// not safe for use by several threads.</summary>
internal sealed class KeyLookup : IAsyncDisposable
{
    private readonly IKeyStore store;
    private readonly CancellationToken cancellationToken;
    private readonly KeyJudge judge = new(AlgorithmPolicy.Default);
    private readonly Dictionary<string, IReadOnlyList<StoredCertificate>> known = new(StringComparer.Ordinal);

    private KeyLookup(IKeyStore store, CancellationToken cancellationToken)
    {
        this.store = store;
        this.cancellationToken = cancellationToken;
    }

    /// <summary>Keys from files, for this once; where none are named, those of the configuration's store.</summary>
    /// <exception cref="CommandException">Something in the files is no certificate; there is no store.</exception>
    public static async Task<KeyLookup> OpenAsync(string configuration, IReadOnlyList<string> files, CancellationToken cancellationToken) =>
        new(
            files.Count > 0
                ? await FromFilesAsync(files, cancellationToken)
                : await ConfigurationLoading.OpenStoreAsync(configuration, create: false, cancellationToken),
            cancellationToken);

    /// <summary>What is known of an address's key at a time.</summary>
    public KeyAnswer Find(MailAddress address, DateTimeOffset at) => judge.Judge(Naming(address), address, at).Answer;

    /// <summary>The certificate whose an address is, as it is at a time; null for none.</summary>
    public CertificateView? CertificateOf(MailAddress address, DateTimeOffset at) => judge.CertificateOf(Naming(address), address, at);

    /// <summary>A certificate that was found before, as it is at a time; null where it can't be read.</summary>
    public CertificateView? ViewOf(Fingerprint fingerprint, DateTimeOffset at) =>
        known.Values.SelectMany(static found => found).FirstOrDefault(found => found.Fingerprint.Equals(fingerprint)) is { } stored
            ? StoredPackets.TryRead(stored)?.At(at, AlgorithmPolicy.Default)
            : null;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => store.DisposeAsync();

    private static async Task<IKeyStore> FromFilesAsync(IReadOnlyList<string> paths, CancellationToken cancellationToken)
    {
        var import = await KeyImport.ReadAsync(KeyFiles.Expand(paths), null, Progress.Silent, TimeProvider.System, cancellationToken);
        if (import.Complaints.Count > 0)
            throw new CommandException(ExitCode.Data, string.Join('\n', import.Complaints));
        var store = new MemoryKeyStore();
        // Whoever names a file has chosen its keys.
        await store.StoreAsync(
            [.. import.Certificates.Select(static found => found.Stored with { Verified = found.Stored.Addresses.ToFrozenSet(StringComparer.Ordinal) })], cancellationToken);
        return store;
    }

    // The filter asks memory, and never waits. Here nobody else does.
    private IReadOnlyList<StoredCertificate> Naming(MailAddress address)
    {
        string key = KeyAddress.Of(address);
        if (!known.TryGetValue(key, out var found))
            known.Add(key, found = store.FindAsync(key, cancellationToken).GetAwaiter().GetResult());
        return found;
    }
}
