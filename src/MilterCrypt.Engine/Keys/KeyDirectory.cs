using MilterCrypt.Engine.Mail;
using MilterCrypt.OpenPgp;
using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Packets;

namespace MilterCrypt.Engine.Keys;

/// <summary>Answers, from memory alone, whether mail to an address can be encrypted. Any thread may ask at any time;
/// one owner feeds it what changes in a key store, and each answer comes from one whole state of it.</summary>
/// <param name="policy">Which algorithms are good enough.</param>
public sealed class KeyDirectory(AlgorithmPolicy policy)
{
    private readonly KeyJudge judge = new(policy);
    private volatile KeyIndex index = KeyIndex.Empty;

    /// <summary>How many certificates it knows.</summary>
    public int Count => index.Count;

    /// <summary>All certificates of the state that it knows now, in no order; later changes don't show in it.</summary>
    public IReadOnlyCollection<StoredCertificate> Certificates => index.Certificates;

    /// <summary>The number of the last change of the store that it knows of; 0 before the first.</summary>
    public long Through { get; private set; }

    /// <summary>What is known of an address's key at a time.</summary>
    public KeyAnswer Find(MailAddress address, DateTimeOffset at) => index.Find(address, at, judge);

    /// <summary>The certificate whose an address is, as it is at a time; null where none names it. For who looks for a key to verify,
    /// sign or decrypt with.</summary>
    public CertificateView? CertificateOf(MailAddress address, DateTimeOffset at) => index.CertificateOf(address, at, judge);

    /// <summary>The certificates in which a key stands, as primary key or subkey: also such as only claim it. Looks through all, a
    /// few milliseconds for ten thousand.</summary>
    public IReadOnlyList<Fingerprint> CertificatesWith(PublicKey key) => index.CertificatesWith(key);

    /// <summary>Reads from the store what it doesn't know yet. One caller at a time.</summary>
    /// <remarks>Where the store's last change is older than what is known, another store was put in its place, such as
    /// yesterday's copy: then all is read anew.</remarks>
    /// <exception cref="KeyStoreException">The store can't be read; what was known before still is.</exception>
    public async Task<KeyUpdate> UpdateAsync(IKeyStore store, CancellationToken cancellationToken)
    {
        var first = await store.ReadChangesAsync(Through, cancellationToken);
        return first.Last < Through ? await ReadAnewAsync(store, cancellationToken) : await TakeAsync(index, store, first, false, cancellationToken);
    }

    /// <summary>Forgets what it knows for what the store holds. One caller at a time, the same as for updates.</summary>
    /// <exception cref="KeyStoreException">The store can't be read; what was known before still is.</exception>
    public async Task<KeyUpdate> ReadAnewAsync(IKeyStore store, CancellationToken cancellationToken) =>
        await TakeAsync(KeyIndex.Empty, store, await store.ReadChangesAsync(0, cancellationToken), true, cancellationToken);

    private async Task<KeyUpdate> TakeAsync(KeyIndex from, IKeyStore store, KeyChanges page, bool isAnew, CancellationToken cancellationToken)
    {
        // Collected first: half of an import must not be visible, and one swap is cheaper than one a page.
        var changes = new List<KeyChange>();
        var damaged = new List<string>();
        long through = isAnew ? 0 : Through;
        while (page.Through > through)
        {
            changes.AddRange(page.Changes);
            damaged.AddRange(page.Damaged);
            through = page.Through;
            page = await store.ReadChangesAsync(through, cancellationToken);
        }
        if (changes.Count > 0 || isAnew)
            index = from.With(changes);
        Through = through;
        return new KeyUpdate(changes.Count, isAnew, damaged);
    }
}
