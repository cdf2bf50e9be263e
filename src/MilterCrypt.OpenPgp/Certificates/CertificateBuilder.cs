using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.Signatures;

namespace MilterCrypt.OpenPgp.Certificates;

/// <summary>Collects the parts of one certificate, in whatever order and however often they come, within limits.
/// Owned by one reading or merge.</summary>
internal sealed class CertificateBuilder
{
    // What making room costs besides the verification, in verifications.
    private const int CostOfSearch = 20;

    private readonly PublicKey primaryKey;
    private readonly CertificateLimits limits;
    private readonly CertificatePart key;
    private readonly OrderedDictionary<ReadOnlyMemory<byte>, (UserId UserId, CertificatePart Part)> userIds = new(OctetOrder.Instance);
    private readonly OrderedDictionary<Fingerprint, (PublicKey Key, CertificatePart Part)> subkeys = [];

    // What the signatures are about that follow; null after a part that is left out, whose signatures are left out too.
    private CertificatePart? current;

    private long length;
    private int signatures;
    private int revocations;
    private int signatureChecksLeft;
    private int revocationChecksLeft;
    private int dropped;
    private string? problem;

    public CertificateBuilder(PublicKey primaryKey, CertificateLimits limits)
    {
        this.primaryKey = primaryKey;
        this.limits = limits;
        key = new CertificatePart(primaryKey, new SignedSubject.Key(primaryKey), primaryKey.Body.Length);
        current = key;
        length = key.Length;
        signatureChecksLeft = revocationChecksLeft = limits.MaxChecks;
    }

    /// <summary>The key that the certificate hangs on.</summary>
    public PublicKey PrimaryKey => primaryKey;

    /// <summary>Adds a user ID; certifications that follow are about it.</summary>
    public void AddUserId(UserId userId)
    {
        if (problem is not null)
            return;

        if (!userIds.TryGetValue(userId.Octets, out var kept))
        {
            if (userIds.Count == limits.MaxUserIds)
                DropUnsigned(userIds, static value => value.Part);
            if (userIds.Count == limits.MaxUserIds)
                Refuse($"more than {limits.MaxUserIds} user IDs");
            if (!TakeRoom(userId.Octets.Length))
                return;
            kept = (userId, new CertificatePart(primaryKey, new SignedSubject.Identity(primaryKey, userId), userId.Octets.Length));
            userIds.Add(userId.Octets, kept);
        }

        current = kept.Part;
    }

    /// <summary>Adds a subkey; bindings that follow are about it.</summary>
    public void AddSubkey(PublicKey subkey)
    {
        if (problem is not null)
            return;

        if (!subkeys.TryGetValue(subkey.Fingerprint, out var kept))
        {
            if (subkeys.Count == limits.MaxSubkeys)
                DropUnsigned(subkeys, static value => value.Part);
            if (subkeys.Count == limits.MaxSubkeys)
                Refuse($"more than {limits.MaxSubkeys} subkeys");
            if (!TakeRoom(subkey.Body.Length))
                return;
            kept = (subkey, new CertificatePart(primaryKey, new SignedSubject.Pair(primaryKey, subkey), subkey.Body.Length));
            subkeys.Add(subkey.Fingerprint, kept);
        }

        current = kept.Part;
    }

    /// <summary>Leaves a part out; the signatures that follow are about it, and left out too.</summary>
    public void Drop()
    {
        dropped++;
        current = null;
    }

    /// <summary>Adds a signature where its type says it belongs; what others made is left out, but for revocations by
    /// those whom the key appointed.</summary>
    public void AddSignature(ReadOnlyMemory<byte> packetBody)
    {
        if (!Signature.TryRead(packetBody.Span, out var signature, out _) || PartOf(signature.Type) is not { } part)
            dropped++;
        else if (!signature.Hints.MayBe(primaryKey))
            AddOthers(part, signature.Type, packetBody);
        else if (!part.Has(signature) && TakeRoom(signature))
            part.Add(signature);
    }

    /// <summary>Adds all that another reading of the same certificate found.</summary>
    public void Add(Certificate other)
    {
        dropped += other.DroppedPackets;
        current = key;
        Add(other.Revocations.Concat(other.DirectSignatures).Concat(other.DirectRevocations), other.OthersRevocations);
        foreach (var userId in other.UserIds)
        {
            AddUserId(userId.UserId);
            Add(userId.SelfSignatures.Concat(userId.Revocations), []);
        }

        foreach (var subkey in other.Subkeys)
        {
            AddSubkey(subkey.Key);
            Add(subkey.Bindings.Select(static binding => binding.Signature).Concat(subkey.Revocations), subkey.OthersRevocations);
        }
    }

    /// <summary>The certificate, or why it is refused.</summary>
    public CertificateReading Build() => problem is not null
        ? new CertificateReading.Rejected(primaryKey.Fingerprint, problem)
        : new CertificateReading.Readable(CertificateAssembly.Assemble(primaryKey, key, userIds.Values, subkeys.Values, dropped));

    private void Add(IEnumerable<SelfSignature> own, IEnumerable<Signature> others)
    {
        foreach (var signature in own)
        {
            if (PartOf(signature.Signature.Type) is { } part && !part.Has(signature.Signature) && TakeRoom(signature.Signature))
                part.Add(signature);
        }

        foreach (var signature in others)
        {
            if (PartOf(signature.Type) is { } part)
                AddOthers(part, signature.Type, signature.Body);
        }
    }

    // Others revoke their own certifications, too: only of whole keys and subkeys it is clear what is revoked.
    private void AddOthers(CertificatePart part, SignatureType type, ReadOnlyMemory<byte> body)
    {
        dropped++;
        if (problem is null && type is SignatureType.KeyRevocation or SignatureType.SubkeyRevocation)
            part.OthersRevocations.Add(body);
    }

    private CertificatePart? PartOf(SignatureType type) => type switch
    {
        SignatureType.KeyRevocation or SignatureType.DirectKey => key,
        SignatureType.SubkeyBinding or SignatureType.SubkeyRevocation => current?.Subject is SignedSubject.Pair ? current : null,
        SignatureType.GenericCertification or SignatureType.PersonaCertification or SignatureType.CasualCertification
            or SignatureType.PositiveCertification => current?.Subject is SignedSubject.Identity ? current : null,

        // Of a direct-key signature, where no user ID comes before it (RFC 9580 §5.2.1.13).
        SignatureType.CertificationRevocation => current?.Subject is SignedSubject.Identity or SignedSubject.Key ? current : null,
        _ => null,
    };

    private bool TakeRoom(Signature signature)
    {
        bool isRevocation = CertificatePart.IsRevocation(signature.Type);
        int max = isRevocation ? limits.MaxRevocations : limits.MaxSignatures;
        if (IsFull())
            DropBad(isRevocation);
        if (problem is null && IsFull())
        {
            // Whether the key is revoked must be known. Other signatures only make more of it usable.
            if (isRevocation)
                Refuse($"more than {max} revocations");
            else if (signatureChecksLeft > 0)
                Refuse($"more than {max} self-signatures");
        }

        if (problem is not null || IsFull() || !TakeRoom(signature.Body.Length))
        {
            dropped++;
            return false;
        }

        _ = isRevocation ? revocations++ : signatures++;
        return true;

        bool IsFull() => (isRevocation ? revocations : signatures) >= max;
    }

    private bool TakeRoom(int octets)
    {
        if (problem is null && length + octets > limits.MaxLength)
        {
            DropBad(revocations: false);
            DropBad(revocations: true);
        }

        if (length + octets > limits.MaxLength)
            Refuse($"more than {limits.MaxLength} octets");
        length += octets;
        return problem is null;
    }

    private void DropBad(bool revocations)
    {
        ref int left = ref revocations ? ref revocationChecksLeft : ref signatureChecksLeft;
        if (left <= 0)
            return;
        left -= CostOfSearch;
        foreach (var part in userIds.Values.Select(static value => value.Part).Concat(subkeys.Values.Select(static value => value.Part)).Prepend(key))
            part.DropBad(revocations, ref left, Forget);
    }

    private void Forget(SelfSignature signature)
    {
        _ = CertificatePart.IsRevocation(signature.Signature.Type) ? revocations-- : signatures--;
        length -= signature.Signature.Body.Length;
        dropped++;
    }

    // A user ID or subkey for which the key did not sign is worth nothing; anybody can append it.
    private void DropUnsigned<TKey, TValue>(OrderedDictionary<TKey, TValue> parts, Func<TValue, CertificatePart> partOf)
        where TKey : notnull
    {
        if (signatureChecksLeft <= 0)
            return;

        DropBad(revocations: false);
        var all = parts.ToList();
        parts.Clear();
        foreach (var (name, value) in all)
        {
            var part = partOf(value);
            if (part.Signatures.Count > 0)
            {
                parts.Add(name, value);
                continue;
            }

            length -= part.Length;
            dropped++;
        }
    }

    private void Refuse(string reason)
    {
        problem ??= reason;

        // Nothing of it will be used: what was collected is let go at once.
        userIds.Clear();
        subkeys.Clear();
        current = null;
    }
}
