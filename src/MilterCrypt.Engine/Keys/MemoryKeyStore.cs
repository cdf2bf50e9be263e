using MilterCrypt.OpenPgp.Packets;

namespace MilterCrypt.Engine.Keys;

/// <summary>Keys for the life of one command, such as those of `encrypt --keys FILE`. Safe for use by several
/// threads.</summary>
public sealed class MemoryKeyStore : IKeyStore
{
    private readonly Lock access = new();
    private readonly Dictionary<Fingerprint, (long Number, KeyChange Change)> states = [];
    private long last;
    private long arrivals;

    /// <inheritdoc/>
    public Task<KeyChanges> ReadChangesAsync(long after, CancellationToken cancellationToken)
    {
        lock (access)
        {
            var changes = states.Values.Where(state => state.Number > after).OrderBy(state => state.Number).Select(state => state.Change);
            return Task.FromResult(new KeyChanges(last, [.. changes]) { Last = last });
        }
    }

    /// <inheritdoc/>
    public Task<StoredCertificate?> FindAsync(Fingerprint fingerprint, CancellationToken cancellationToken)
    {
        lock (access)
            return Task.FromResult(Present(fingerprint));
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<StoredCertificate>> FindAsync(string address, CancellationToken cancellationToken)
    {
        lock (access)
        {
            var found = states.Values.Select(state => state.Change.Certificate).OfType<StoredCertificate>()
                .Where(certificate => certificate.Addresses.Contains(address))
                .OrderBy(certificate => certificate.Arrival);
            return Task.FromResult<IReadOnlyList<StoredCertificate>>([.. found]);
        }
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<StoreOutcome>> StoreAsync(IReadOnlyList<StoredCertificate> certificates, CancellationToken cancellationToken)
    {
        lock (access)
        {
            // All merges before the first change: one that fails must leave nothing behind.
            var pending = new Dictionary<Fingerprint, StoredCertificate>();
            var outcomes = new List<StoreOutcome>(certificates.Count);
            foreach (var certificate in certificates)
            {
                var present = pending.GetValueOrDefault(certificate.Fingerprint) ?? Present(certificate.Fingerprint);
                var (outcome, result) = StoredPackets.Merge(present, certificate);
                if (outcome == StoreOutcome.Added)
                    result = result with { Arrival = ++arrivals };
                if (outcome != StoreOutcome.Unchanged)
                    pending[result.Fingerprint] = result;
                outcomes.Add(outcome);
            }
            foreach (var (fingerprint, result) in pending)
                states[fingerprint] = (++last, new KeyChange(fingerprint, result));
            return Task.FromResult<IReadOnlyList<StoreOutcome>>(outcomes);
        }
    }

    /// <inheritdoc/>
    public Task<bool> WithdrawTrustAsync(Fingerprint fingerprint, IReadOnlyCollection<string> addresses, CancellationToken cancellationToken)
    {
        lock (access)
        {
            if (Present(fingerprint) is not { } present || StoredPackets.WithoutTrust(present, addresses) is not { } result)
                return Task.FromResult(false);
            states[fingerprint] = (++last, new KeyChange(fingerprint, result));
            return Task.FromResult(true);
        }
    }

    /// <inheritdoc/>
    public Task<int> RemoveAsync(IReadOnlyList<Fingerprint> fingerprints, CancellationToken cancellationToken)
    {
        lock (access)
        {
            int removed = 0;
            foreach (var fingerprint in fingerprints)
            {
                if (Present(fingerprint) is null)
                    continue;
                states[fingerprint] = (++last, new KeyChange(fingerprint, null));
                removed++;
            }
            return Task.FromResult(removed);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private StoredCertificate? Present(Fingerprint fingerprint) => states.GetValueOrDefault(fingerprint).Change?.Certificate;
}
