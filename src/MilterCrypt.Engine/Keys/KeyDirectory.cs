using MilterCrypt.Engine.Mail;
using MilterCrypt.OpenPgp;

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

    /// <summary>The number of the last change of the store that it knows of; 0 before the first.</summary>
    public long Through { get; private set; }

    /// <summary>What is known of an address's key at a time.</summary>
    public KeyAnswer Find(MailAddress address, DateTimeOffset at) => index.Find(address, at, judge);

    /// <summary>Reads from the store what it doesn't know yet. One caller at a time.</summary>
    /// <returns>How many certificates came, changed or went.</returns>
    /// <exception cref="KeyStoreException">The store can't be read; what was known before still is.</exception>
    public async Task<int> UpdateAsync(IKeyStore store, CancellationToken cancellationToken)
    {
        // Collected first: half of an import must not be visible, and one swap is cheaper than one a page.
        var changes = new List<KeyChange>();
        long through = Through;
        while (true)
        {
            var page = await store.ReadChangesAsync(through, cancellationToken);
            if (page.Changes.Count == 0)
                break;
            changes.AddRange(page.Changes);
            through = page.Through;
        }
        if (changes.Count > 0)
            index = index.With(changes);
        Through = through;
        return changes.Count;
    }
}
