using MilterCrypt.OpenPgp.Packets;

namespace MilterCrypt.Engine.Keys;

/// <summary>Where certificates are kept. Each certificate's latest state has a number that grows with each change, so
/// that whoever has read up to a number can ask for what came after it.</summary>
/// <remarks>Every method throws <see cref="KeyStoreException"/> where the store can't be read or written.</remarks>
public interface IKeyStore : IAsyncDisposable
{
    /// <summary>What changed after a change's number, oldest first, at most a page of it; from 0, everything that the
    /// store holds. Entries that can't be read are told of and left out: one must not keep all later ones back.</summary>
    Task<KeyChanges> ReadChangesAsync(long after, CancellationToken cancellationToken);

    /// <summary>The certificate with this fingerprint, or null.</summary>
    Task<StoredCertificate?> FindAsync(Fingerprint fingerprint, CancellationToken cancellationToken);

    /// <summary>The certificates that name an address, as <see cref="KeyAddress"/> writes it, in the order of their
    /// arrival.</summary>
    Task<IReadOnlyList<StoredCertificate>> FindAsync(string address, CancellationToken cancellationToken);

    /// <summary>Stores all of them or none. One that is there already is merged with what is there: components are
    /// added, never lost.</summary>
    /// <returns>What became of each, in their order.</returns>
    Task<IReadOnlyList<StoreOutcome>> StoreAsync(IReadOnlyList<StoredCertificate> certificates, CancellationToken cancellationToken);

    /// <summary>Withdraws from a certificate that it was verified to be addresses' owners'; <see cref="StoreAsync"/> only adds to it.</summary>
    /// <returns>Whether anything was withdrawn.</returns>
    Task<bool> WithdrawTrustAsync(Fingerprint fingerprint, IReadOnlyCollection<string> addresses, CancellationToken cancellationToken);

    /// <summary>Removes all of them that are there, or, where that fails, none.</summary>
    /// <returns>How many were there.</returns>
    Task<int> RemoveAsync(IReadOnlyList<Fingerprint> fingerprints, CancellationToken cancellationToken);
}
