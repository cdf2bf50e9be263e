using System.Diagnostics.CodeAnalysis;
using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.Secrets;

namespace MilterCrypt.OpenPgp.Certificates;

/// <summary>The secret keys of an input while its certificates are read. Owned by one reading; disposal clears what was not
/// taken.</summary>
internal sealed class SecretKeyShelf(CertificateLimits limits) : IDisposable
{
    private readonly Dictionary<Fingerprint, OrderedDictionary<Fingerprint, StoredSecret>> shelves = [];

    /// <summary>Keeps a secret key, or why it is of no use, and gives its public part.</summary>
    /// <param name="packet">A secret key or subkey packet.</param>
    /// <param name="primary">The certificate's key, where this is a subkey.</param>
    /// <param name="key">The public part.</param>
    /// <param name="reason">Why there is none that a certificate could be read with.</param>
    internal bool TryAdd(
        Packet packet, PublicKey? primary, [NotNullWhen(true)] out PublicKey? key, [NotNullWhen(false)] out string? reason)
    {
        bool isSubkey = packet.Tag == PacketTag.SecretSubkey;
        if (!PublicKey.TryReadPublicPart(packet.Body, isSubkey, out key, out reason))
            return false;

        // In version 4 it isn't known where an unknown public part ends, so the key has no name.
        reason = key is { Version: 4, Material: PublicKeyMaterial.Unusable unusable } ? unusable.Reason : null;
        if (reason is not null)
            return false;
        Keep((primary ?? key).Fingerprint, key.Fingerprint, packet, isSubkey);
        return true;
    }

    /// <summary>Takes what belongs to a certificate: the caller's to dispose.</summary>
    internal IReadOnlyCollection<StoredSecret> Take(Certificate certificate)
    {
        if (!shelves.TryGetValue(certificate.Fingerprint, out var shelf))
            return [];

        var taken = new List<StoredSecret>();
        foreach (var name in certificate.Subkeys.Select(static subkey => subkey.Key.Fingerprint).Prepend(certificate.Fingerprint))
        {
            if (shelf.Remove(name, out var stored))
                taken.Add(stored);
        }

        return taken;
    }

    public void Dispose()
    {
        foreach (var stored in shelves.Values.SelectMany(static shelf => shelf.Values))
            stored.Dispose();
        shelves.Clear();
    }

    private void Keep(Fingerprint primary, Fingerprint name, Packet packet, bool isSubkey)
    {
        if (!shelves.TryGetValue(primary, out var shelf))
            shelves.Add(primary, shelf = []);

        // A copy that is of use takes the place of one that is not, such as a stub from the same key ring.
        bool isKnown = shelf.TryGetValue(name, out var known);
        if (known?.Key is not null || (!isKnown && shelf.Count > limits.MaxSubkeys))
            return;
        known?.Dispose();
        SecretKey.TryRead(packet.Body, isSubkey, out var key, out string? problem);
        shelf[name] = new StoredSecret(name, key, problem, key is null ? packet : null);
    }
}
