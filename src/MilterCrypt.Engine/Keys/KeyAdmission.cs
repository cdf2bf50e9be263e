using MilterCrypt.OpenPgp;
using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Packets;

namespace MilterCrypt.Engine.Keys;

/// <summary>Decides, before anything is stored, which certificates of an import are let in. Mail that goes to one key
/// must not go to another because that one names the address, too: anybody can write any address into a user ID. So a
/// certificate for an address that another one serves comes in only where the administrator says so. Owned by one
/// import, and as strict among the certificates of the import as towards those in the store.</summary>
/// <param name="store">What is there.</param>
/// <param name="policy">Which algorithms are good enough.</param>
/// <param name="replace">Whether the administrator lets what comes in take addresses over.</param>
public sealed class KeyAdmission(IKeyStore store, AlgorithmPolicy policy, bool replace)
{
    /// <summary>A key that begins to serve an address next month serves it as well; but whoever made it chooses how often
    /// it changes.</summary>
    private const int MaxChanges = 8;

    private readonly Dictionary<Fingerprint, StoredCertificate> admitted = [];
    private readonly Dictionary<string, List<Fingerprint>> admittedByAddress = new(StringComparer.Ordinal);

    // After all that the store gave, until the store gives its own.
    private long arrival = long.MaxValue / 2;

    /// <summary>Decides about one certificate.</summary>
    /// <exception cref="KeyStoreException">The store can't be read.</exception>
    public async Task<KeyVerdict> DecideAsync(KeyInput.Found found, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var incoming = found.Stored;
        var present = admitted.GetValueOrDefault(incoming.Fingerprint) ?? await store.FindAsync(incoming.Fingerprint, cancellationToken);
        var (outcome, result) = (StoreOutcome.Added, incoming with { Arrival = arrival++ });
        Certificate? before = null, after = found.Certificate;
        if (present is not null)
        {
            try
            {
                (outcome, result) = StoredPackets.Merge(present, incoming);
            }
            catch (KeyStoreException e)
            {
                return new KeyVerdict.Refused(e.Message);
            }
            before = StoredPackets.TryRead(present);
            after = outcome == StoreOutcome.Unchanged ? before : StoredPackets.Read(result);
        }

        var served = before is null ? [] : Serves(before, now);
        var serves = after is null ? [] : Serves(after, now);
        var takenOver = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (string address in serves.Where(address => replace || !served.Contains(address)))
        {
            var others = await OthersAsync(address, incoming.Fingerprint, cancellationToken);
            if (others.FirstOrDefault(other => IsUsable(other, address, now)) is not { } holder)
                continue;
            if (!replace)
                return new KeyVerdict.Refused($"{address} is served by {holder.Fingerprint}; give --replace to let this one take over");
            if (KeyPreference.Order([.. others, result], address).First() != result)
                takenOver.Add(address, 1 + others.Max(other => KeyPreference.Rank(other, address)));
        }

        Remember(result with { TakenOver = takenOver.Count > 0 ? takenOver : result.TakenOver });
        return new KeyVerdict.Admitted(incoming with { TakenOver = takenOver }, serves, [.. takenOver.Keys]);
    }

    private void Remember(StoredCertificate certificate)
    {
        admitted[certificate.Fingerprint] = certificate;
        foreach (string address in certificate.Addresses)
        {
            if (!admittedByAddress.TryGetValue(address, out var there))
                admittedByAddress.Add(address, there = []);
            if (!there.Contains(certificate.Fingerprint))
                there.Add(certificate.Fingerprint);
        }
    }

    // As they will be with what this import has brought so far, the one in force first.
    private async Task<IReadOnlyList<StoredCertificate>> OthersAsync(string address, Fingerprint self, CancellationToken cancellationToken)
    {
        var stored = await store.FindAsync(address, cancellationToken);
        var coming = admittedByAddress.GetValueOrDefault(address, []);
        var all = stored.Where(certificate => !admitted.ContainsKey(certificate.Fingerprint))
            .Concat(coming.Select(fingerprint => admitted[fingerprint]))
            .Where(certificate => !certificate.Fingerprint.Equals(self));
        return [.. KeyPreference.Order(all, address).Take(KeyJudge.MaxCandidates)];
    }

    private bool IsUsable(StoredCertificate certificate, string address, DateTimeOffset now) =>
        StoredPackets.TryRead(certificate) is { } readable && Serves(readable.At(now, policy)).Contains(address);

    private List<string> Serves(Certificate certificate, DateTimeOffset now)
    {
        var serves = new List<string>();
        DateTimeOffset? time = now;
        for (int i = 0; i <= MaxChanges && time is { } at; i++)
        {
            var view = certificate.At(at, policy);
            serves.AddRange(Serves(view));
            time = view.ChangesAt;
        }
        return [.. serves.Distinct(StringComparer.Ordinal)];
    }

    /// <summary>The addresses for which a certificate may be used, as <see cref="KeyAddress"/> writes them.</summary>
    public static IReadOnlyList<string> Serves(CertificateView view) => view.ForEncryption() is EncryptionVerdict.Usable
        ? StoredPackets.Addresses(view.UserIds.Where(userId => userId.Problem is null).Select(userId => userId.UserId))
        : [];
}
