using MilterCrypt.Native.LibCrypto;
using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.Signatures;

namespace MilterCrypt.OpenPgp.Certificates;

/// <summary>Those whom a key's owner appointed to revoke it (RFC 9580 §5.2.3.23). Their keys are not at hand, so whether
/// one of them really made a revocation can't be told: it is kept wherever it names one. An appointment holds for ever,
/// even if a later self-signature lacks it. Owned by one assembly.</summary>
/// <param name="claimed">The claimed self-signatures of the primary key and its user IDs.</param>
internal sealed class AppointedRevokers(IEnumerable<SelfSignature> claimed)
{
    // Appointments are looked for, and verified, only where somebody revoked.
    private readonly Lazy<ILookup<KeyId, SelfSignature>> appointments = new(
        () => claimed
            .SelectMany(static signature => signature.Signature.Facts.RevocationKeys.Select(revoker => (revoker.KeyId, signature)))
            .ToLookup(static pair => pair.KeyId, static pair => pair.signature),
        isThreadSafe: false);

    /// <summary>Out of revocations by others, the first of each appointed revoker.</summary>
    public IReadOnlyList<Signature> Select(IReadOnlyList<ReadOnlyMemory<byte>> bodies)
    {
        if (bodies.Count == 0 || appointments.Value.Count == 0)
            return [];

        var found = new List<Signature>();

        var decided = new HashSet<KeyId>();
        foreach (var body in bodies)
        {
            if (!Signature.TryRead(body.Span, out var signature, out _))
                continue;
            var issuers = signature.Hints.KeyIds.Concat(signature.Hints.Fingerprints.Select(static issuer => issuer.KeyId));
            if (issuers.Any(issuer => appointments.Value.Contains(issuer) && decided.Add(issuer) && IsAppointed(issuer)))
                found.Add(signature);
        }

        return found;
    }

    private bool IsAppointed(KeyId revoker) =>
        appointments.Value[revoker].Any(static signature => signature.Verify() != SignatureCheck.Bad);
}
