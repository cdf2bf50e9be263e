using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.Secrets;
using MilterCrypt.OpenPgp.Signatures;

namespace MilterCrypt.OpenPgp.Certificates.Making;

/// <summary>Brings what a certificate says of itself up to date. Owned by one change.</summary>
/// <param name="secret">The certificate, with its secrets.</param>
/// <param name="renewal">Signs anew; takes weak hashes for good enough, which is what is to be mended.</param>
/// <param name="view">The judgement that takes weak hashes for good enough.</param>
/// <param name="policy">Which are not.</param>
internal sealed class CertificateUpdate(SecretCertificate secret, SelfSignatureRenewal renewal, CertificateView view, AlgorithmPolicy policy)
{
    /// <summary>The certificate with new signatures where they are needed.</summary>
    /// <param name="withCapabilities">Whether it may say that its owner's software reads more than was said so far.</param>
    public Certificate Apply(bool withCapabilities)
    {
        var certificate = secret.Certificate;
        int version = certificate.PrimaryKey.Version;

        // A version 6 key speaks of itself in direct-key signatures (RFC 9580 §5.2.3.10); a version 4 key with its user IDs.
        bool isDirect = version >= 6 || certificate.UserIds.Count == 0;
        return certificate.With(
            directSignatures: Renewed(certificate.DirectSignatures, certificate.DirectRevocations, isDirect && withCapabilities, version),
            userIds: [.. certificate.UserIds.Select(userId => userId with
            {
                SelfSignatures = Renewed(userId.SelfSignatures, userId.Revocations, !isDirect && withCapabilities, version),
            })],
            subkeys: [.. certificate.Subkeys.Select(Renewed)]);
    }

    private IReadOnlyList<SelfSignature> Renewed(
        IReadOnlyList<SelfSignature> old, IReadOnlyList<SelfSignature> revoking, bool withCapabilities, int version)
    {
        return renewal.Renew(old, revoking, version >= 6 && IsOfUserId() ? null : view.ExpiresAt, Change) ?? old;

        IEnumerable<Subpacket>? Change(Signature signature)
        {
            var statements = withCapabilities ? AddedCapabilities.To(signature, version, policy) : null;
            return statements ?? (policy.IsWeak(signature.HashAlgorithm) ? signature.SignedSubpackets : null);
        }

        bool IsOfUserId() => old.Any(static signature => signature.Signature.Type != SignatureType.DirectKey);
    }

    private CertificateSubkey Renewed(CertificateSubkey subkey)
    {
        var judged = view.Subkeys.First(candidate => candidate.Key.Fingerprint.Equals(subkey.Key.Fingerprint));
        if (judged.Statements is not [var binding] || judged.IsRevoked)
            return subkey;

        bool signs = (judged.Usage & (KeyUsage.Sign | KeyUsage.Certify)) != 0;
        bool isMute = signs && (judged.BackSignature is null || policy.IsWeak(judged.BackSignature.HashAlgorithm));
        var itself = isMute ? SecretOf(subkey.Key) : null;
        return policy.IsWeak(binding.HashAlgorithm) || itself is not null
            ? renewal.Renew(subkey, judged.ExpiresAt, itself) ?? subkey
            : subkey;
    }

    private SecretKey? SecretOf(PublicKey key) =>
        secret.Keys.FirstOrDefault(own => !own.IsLocked && own.CanSign && own.PublicKey.Fingerprint.Equals(key.Fingerprint));
}
