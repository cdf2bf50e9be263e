using System.Runtime.CompilerServices;

namespace MilterCrypt.Engine.Keys;

/// <summary>Reads whole stores, a page in memory at a time.</summary>
public static class KeyStoreReading
{
    /// <summary>Every certificate that the store holds, the last changed last.</summary>
    /// <param name="store">The store.</param>
    /// <param name="onDamage">Told of each entry that can't be read and is left out.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="KeyStoreException">The store can't be read.</exception>
    public static async IAsyncEnumerable<StoredCertificate> ReadAllAsync(
        this IKeyStore store, Action<string> onDamage, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        long through = 0;
        while (true)
        {
            var page = await store.ReadChangesAsync(through, cancellationToken);
            if (page.Through == through)
                yield break;
            foreach (string damage in page.Damaged)
                onDamage(damage);
            foreach (var change in page.Changes)
            {
                if (change.Certificate is { } certificate)
                    yield return certificate;
            }
            through = page.Through;
        }
    }
}
