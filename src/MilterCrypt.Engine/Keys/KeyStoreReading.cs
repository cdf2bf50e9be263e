using System.Runtime.CompilerServices;

namespace MilterCrypt.Engine.Keys;

/// <summary>Reads whole stores, a page in memory at a time.</summary>
public static class KeyStoreReading
{
    /// <summary>Every certificate that the store holds, the last changed last.</summary>
    /// <exception cref="KeyStoreException">The store can't be read.</exception>
    public static async IAsyncEnumerable<StoredCertificate> ReadAllAsync(
        this IKeyStore store, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        long through = 0;
        while (true)
        {
            var page = await store.ReadChangesAsync(through, cancellationToken);
            if (page.Changes.Count == 0)
                yield break;
            foreach (var change in page.Changes)
            {
                if (change.Certificate is { } certificate)
                    yield return certificate;
            }
            through = page.Through;
        }
    }
}
