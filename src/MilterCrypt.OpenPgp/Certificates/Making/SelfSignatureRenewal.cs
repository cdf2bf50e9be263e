using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.Secrets;
using MilterCrypt.OpenPgp.Signatures;

namespace MilterCrypt.OpenPgp.Certificates.Making;

/// <summary>Makes self-signatures anew, with another end of what they are about: all else that they say is said again, what is
/// unknown here too.</summary>
/// <param name="primary">The certificate's key, unlocked.</param>
/// <param name="signing">Makes signatures.</param>
/// <param name="now">When.</param>
/// <param name="policy">Which of the old ones count.</param>
internal sealed class SelfSignatureRenewal(SecretKey primary, CertificateSigning signing, DateTimeOffset now, AlgorithmPolicy policy)
{
    private readonly SignatureJudge signatures = new(now, policy);
    private readonly RevocationJudge revocations = new(now);

    /// <summary>The time to sign at: now, or right after what is to be replaced.</summary>
    public DateTimeOffset TimeAfter(IEnumerable<SelfSignature> replaced) =>
        replaced.Any(signature => signature.CreatedAt == now) ? now.AddSeconds(1) : now;

    /// <summary>Signatures of the primary key or of a user ID with a new one, where there was one that counts.</summary>
    /// <param name="old">All there are.</param>
    /// <param name="revoking">Their revocations.</param>
    /// <param name="end">When the primary key is to end, or null for never.</param>
    /// <param name="change">What is said in place of what was said; null for the same. Of a signature for which it gives null
    /// there is no new one.</param>
    public IReadOnlyList<SelfSignature>? Renew(
        IReadOnlyList<SelfSignature> old, IReadOnlyList<SelfSignature> revoking, DateTimeOffset? end,
        Func<Signature, IEnumerable<Subpacket>?>? change = null)
    {
        var newest = signatures.Newest(old, primary.PublicKey, out _);
        if (newest is null || revocations.RefusalOfSelfSignature(revoking, newest) is not null)
            return null;
        var statements = change is null ? newest.Signature.SignedSubpackets : change(newest.Signature);
        return statements is null ? null : [.. old, Renew(newest, TimeAfter(old), primary.PublicKey, statements, end)];
    }

    /// <summary>A subkey with a new binding; null where it has none that counts, or is revoked.</summary>
    /// <param name="subkey">The subkey.</param>
    /// <param name="end">When it is to end, or null for never.</param>
    /// <param name="itself">Its secret, where it is to say anew whose it is.</param>
    public CertificateSubkey? Renew(CertificateSubkey subkey, DateTimeOffset? end, SecretKey? itself = null)
    {
        var newest = signatures.Newest(subkey.Bindings.Select(static binding => binding.Signature), subkey.Key, out _);
        if (newest is null || revocations.RefusalOfKey(subkey.Revocations, subkey.OthersRevocations) is not null)
            return null;

        // The subkey's own word for it still holds; its secret may not be here.
        var old = subkey.Bindings.First(binding => binding.Signature == newest);
        var time = TimeAfter(subkey.Bindings.Select(static binding => binding.Signature));
        var kept = itself is null
            ? signatures.Newest(old.BackSignatures, subkey.Key, out _)
            : signing.Sign(itself, SignatureType.PrimaryKeyBinding, newest.Subject, time, []);
        SelfSignature[] back = kept is null ? [] : [kept];
        var statements = newest.Signature.SignedSubpackets.Where(static subpacket => subpacket.Type != SubpacketType.EmbeddedSignature)
            .Concat(back.Select(static signature => OwnStatements.BackSignature(signature.Signature)));
        var renewed = Renew(newest, time, subkey.Key, statements, end);
        return subkey with { Bindings = [.. subkey.Bindings, new SubkeyBinding(renewed, back)] };
    }

    /// <summary>What a new user ID says of the key: in version 4 what the preferred one says, or the direct-key signature.</summary>
    /// <returns>Null where neither counts.</returns>
    public IEnumerable<Subpacket>? StatementsOf(Certificate certificate)
    {
        var view = certificate.At(now, policy);
        var preferred = certificate.UserIds.FirstOrDefault(userId => userId.UserId == view.PrimaryUserId?.UserId);
        var old = signatures.Newest(certificate.DirectSignatures, primary.PublicKey, out _);
        if (primary.PublicKey.Version >= 6)
            return old is null ? null : [];

        if (preferred is not null)
            old = signatures.Newest(preferred.SelfSignatures, primary.PublicKey, out _);
        var statements = old?.Signature.SignedSubpackets
            .Where(static subpacket => IsSaidAgain(subpacket.Type) && subpacket.Type != SubpacketType.PrimaryUserId);
        return view.ExpiresAt is { } end ? statements?.Append(OwnStatements.Expiry(primary.PublicKey, end)) : statements;
    }

    private SelfSignature Renew(
        SelfSignature old, DateTimeOffset time, PublicKey about, IEnumerable<Subpacket> statements, DateTimeOffset? end)
    {
        var said = statements.Where(static subpacket => IsSaidAgain(subpacket.Type));
        if (end is { } moment)
            said = said.Append(OwnStatements.Expiry(about, moment));
        return signing.Sign(primary, old.Signature.Type, old.Subject, time, said);
    }

    private static bool IsSaidAgain(SubpacketType type) => type is not (SubpacketType.SignatureCreationTime
        or SubpacketType.SignatureExpirationTime or SubpacketType.KeyExpirationTime or SubpacketType.IssuerKeyId
        or SubpacketType.IssuerFingerprint);
}
