using MilterCrypt.Native.LibCrypto;

namespace MilterCrypt.OpenPgp.Certificates;

/// <summary>Strips a certificate of what nobody needs who writes to its owner now. Owned by one call.</summary>
internal sealed class CertificateMinimizer(Certificate certificate, DateTimeOffset time, AlgorithmPolicy policy)
{
    private readonly SignatureJudge signatures = new(time, policy);
    private readonly RevocationJudge revocations = new(time);

    /// <summary>The rest.</summary>
    /// <param name="addressMatches">Of the user IDs only those with such an address; null for all.</param>
    public Certificate Minimize(Func<string, bool>? addressMatches) => certificate.With(
        directSignatures: Needed(certificate.DirectSignatures),
        revocations: Genuine(certificate.Revocations),
        directRevocations: Genuine(certificate.DirectRevocations),
        userIds: [.. certificate.UserIds
            .Where(userId => addressMatches is null || (userId.UserId.Address is { } address && addressMatches(address)))
            .Select(Minimize).OfType<CertificateUserId>()],
        subkeys: [.. certificate.Subkeys.Select(Minimize).OfType<CertificateSubkey>()]);

    // Who knows a user ID from before must learn that it is revoked; one that never counted, or counts no more, need not be known.
    private CertificateUserId? Minimize(CertificateUserId userId)
    {
        var needed = Needed(userId.SelfSignatures);
        if (needed.Count == 0)
            return null;
        bool isRevoked = revocations.RefusalOfSelfSignature(userId.Revocations, needed[0]) is not null;
        return userId with
        {
            SelfSignatures = needed,
            Revocations = isRevoked ? Genuine(userId.Revocations) : [],
            Certifications = [],
        };
    }

    private CertificateSubkey? Minimize(CertificateSubkey subkey)
    {
        var newest = signatures.Newest(subkey.Bindings.Select(static binding => binding.Signature), subkey.Key, out _);
        List<SubkeyBinding> needed = [.. subkey.Bindings.Where(binding => binding.Signature == newest || IsToCome(binding.Signature))];
        return needed.Count == 0 ? null : subkey with { Bindings = needed, Revocations = Genuine(subkey.Revocations) };
    }

    // The newest that counts, first; those that are to count soon; and those that appoint somebody to revoke the key, which
    // holds for ever.
    private List<SelfSignature> Needed(IReadOnlyList<SelfSignature> all)
    {
        var newest = signatures.Newest(all, certificate.PrimaryKey, out _);
        var others = all.Where(signature => signature != newest && (IsToCome(signature)
            || (newest is not null && signature.Signature.Facts.RevocationKeys.Count > 0 && signature.Verify() == SignatureCheck.Good)));
        return newest is null ? [.. others] : [newest, .. others];
    }

    // Of several changes in one second each is dated after the one before: the last ones are of the next seconds.
    private bool IsToCome(SelfSignature signature) => signature.CreatedAt > time && signature.Verify() == SignatureCheck.Good;

    // Where there is doubt it is a revocation.
    private static List<SelfSignature> Genuine(IReadOnlyList<SelfSignature> all) =>
        [.. all.Where(static signature => signature.Verify() != SignatureCheck.Bad)];
}
