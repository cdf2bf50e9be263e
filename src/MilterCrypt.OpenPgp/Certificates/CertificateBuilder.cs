using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.Signatures;

namespace MilterCrypt.OpenPgp.Certificates;

/// <summary>Collects the parts of one certificate, in whatever order and however often they come, within limits.
/// Owned by one reading or merge.</summary>
internal sealed class CertificateBuilder(PublicKey primaryKey, CertificateLimits limits)
{
    private readonly List<Signature> directSignatures = [];
    private readonly List<Signature> revocations = [];
    private readonly OrderedDictionary<string, (UserId UserId, List<Signature> Signatures)> userIds = [];
    private readonly OrderedDictionary<Fingerprint, (PublicKey Key, List<Signature> Signatures)> subkeys = [];
    private readonly HashSet<string> seen = new(StringComparer.Ordinal);

    // Where the signatures go that follow; null after a part that is left out, whose signatures are left out too.
    private List<Signature>? userIdSignatures;
    private List<Signature>? subkeySignatures;
    private string place = "";

    private long length = primaryKey.Body.Length;
    private int signatures;
    private int dropped;
    private string? problem;

    /// <summary>The key that the certificate hangs on.</summary>
    public PublicKey PrimaryKey => primaryKey;

    /// <summary>Adds a user ID; certifications that follow are about it.</summary>
    public void AddUserId(UserId userId)
    {
        place = "u" + Convert.ToHexString(userId.Octets.Span);
        subkeySignatures = null;
        if (!userIds.TryGetValue(place, out var kept))
        {
            kept = (userId, []);
            userIds.Add(place, kept);
            Count(userId.Octets.Length);
            if (userIds.Count > limits.MaxUserIds)
                Refuse($"more than {limits.MaxUserIds} user IDs");
        }

        userIdSignatures = kept.Signatures;
    }

    /// <summary>Adds a subkey; bindings that follow are about it.</summary>
    public void AddSubkey(PublicKey key)
    {
        place = "s" + key.Fingerprint;
        userIdSignatures = null;
        if (!subkeys.TryGetValue(key.Fingerprint, out var kept))
        {
            kept = (key, []);
            subkeys.Add(key.Fingerprint, kept);
            Count(key.Body.Length);
            if (subkeys.Count > limits.MaxSubkeys)
                Refuse($"more than {limits.MaxSubkeys} subkeys");
        }

        subkeySignatures = kept.Signatures;
    }

    /// <summary>Leaves a part out; the signatures that follow are about it, and left out too.</summary>
    public void Drop()
    {
        dropped++;
        userIdSignatures = null;
        subkeySignatures = null;
    }

    /// <summary>Adds a signature where its type says it belongs; what others made is left out.</summary>
    public void AddSignature(ReadOnlySpan<byte> packetBody)
    {
        if (Signature.TryRead(packetBody, out var signature, out _) && signature.Hints.MayBe(primaryKey))
            Add(signature);
        else
            dropped++;
    }

    /// <summary>Adds all that another reading of the same certificate found.</summary>
    public void Add(Certificate other)
    {
        dropped += other.DroppedPackets;
        foreach (var signature in other.Revocations.Concat(other.DirectSignatures))
            Add(signature.Signature);
        foreach (var userId in other.UserIds)
        {
            AddUserId(userId.UserId);
            foreach (var signature in userId.SelfSignatures.Concat(userId.Revocations))
                Add(signature.Signature);
        }

        foreach (var subkey in other.Subkeys)
        {
            AddSubkey(subkey.Key);
            foreach (var signature in subkey.Bindings.Select(static binding => binding.Signature).Concat(subkey.Revocations))
                Add(signature.Signature);
        }
    }

    /// <summary>The certificate, or why it is refused.</summary>
    public CertificateReading Build() => problem is not null
        ? new CertificateReading.Rejected(primaryKey.Fingerprint, problem)
        : new CertificateReading.Readable(CertificateAssembly.Assemble(
            primaryKey, revocations, directSignatures, userIds.Values, subkeys.Values, dropped));

    private void Add(Signature signature)
    {
        var list = signature.Type switch
        {
            SignatureType.KeyRevocation => revocations,
            SignatureType.DirectKey => directSignatures,
            SignatureType.SubkeyBinding or SignatureType.SubkeyRevocation => subkeySignatures,
            SignatureType.GenericCertification or SignatureType.PersonaCertification or SignatureType.CasualCertification
                or SignatureType.PositiveCertification or SignatureType.CertificationRevocation => userIdSignatures,
            _ => null,
        };
        if (list is null || problem is not null)
        {
            dropped++;
            return;
        }

        string key = (list == revocations || list == directSignatures ? "" : place) + Convert.ToHexString(signature.Body.Span);
        if (!seen.Add(key))
            return;

        list.Add(signature);
        Count(signature.Body.Length);
        if (++signatures > limits.MaxSignatures)
            Refuse($"more than {limits.MaxSignatures} self-signatures");
    }

    private void Count(int octets)
    {
        length += octets;
        if (length > limits.MaxLength)
            Refuse($"more than {limits.MaxLength} octets");
    }

    private void Refuse(string reason)
    {
        problem ??= reason;

        // Nothing of it will be used: what was collected is let go at once.
        userIds.Clear();
        subkeys.Clear();
        seen.Clear();
    }
}
