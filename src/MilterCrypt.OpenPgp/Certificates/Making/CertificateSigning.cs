using System.Security.Cryptography;
using MilterCrypt.OpenPgp.Secrets;
using MilterCrypt.OpenPgp.Signatures;

namespace MilterCrypt.OpenPgp.Certificates.Making;

/// <summary>Makes the signatures of certificates, all at one time.</summary>
/// <param name="random">Makes the salts of version 6.</param>
internal sealed class CertificateSigning(RandomNumberGenerator random)
{
    /// <summary>Makes one.</summary>
    /// <param name="issuer">Who makes it.</param>
    /// <param name="type">What it says.</param>
    /// <param name="subject">What it is over.</param>
    /// <param name="createdAt">When it says it is made.</param>
    /// <param name="statements">What else it says.</param>
    /// <exception cref="CryptographicException">There was no randomness, or the system's cryptography failed.</exception>
    public SelfSignature Sign(
        SecretKey issuer, SignatureType type, SignedSubject subject, DateTimeOffset createdAt, IEnumerable<Subpacket> statements)
    {
        var draft = new SignatureDraft(
            issuer.PublicKey,
            new SignatureStatements { Type = type, CreatedAt = createdAt, Others = [.. statements] },
            random);
        return new SelfSignature(draft.Finish(subject).Complete(issuer), issuer.PublicKey, subject);
    }

    /// <summary>Binds a subkey to a primary key, with its own word for it where it signs (RFC 9580 §5.2.1.9).</summary>
    /// <param name="primary">The primary key.</param>
    /// <param name="subkey">The subkey.</param>
    /// <param name="createdAt">When the binding says it is made.</param>
    /// <param name="usage">What the subkey is for.</param>
    /// <param name="statements">What else the binding says.</param>
    public CertificateSubkey Bind(
        SecretKey primary, SecretKey subkey, DateTimeOffset createdAt, KeyUsage usage, IEnumerable<Subpacket> statements)
    {
        var subject = new SignedSubject.Pair(primary.PublicKey, subkey.PublicKey);
        IEnumerable<Subpacket> all = [OwnStatements.Usage(usage), .. statements];
        SelfSignature[] backSignatures = [];
        if ((usage & (KeyUsage.Sign | KeyUsage.Certify)) != 0)
        {
            backSignatures = [Sign(subkey, SignatureType.PrimaryKeyBinding, subject, createdAt, [])];
            all = all.Append(OwnStatements.BackSignature(backSignatures[0].Signature));
        }

        var binding = Sign(primary, SignatureType.SubkeyBinding, subject, createdAt, all);
        return new CertificateSubkey(subkey.PublicKey, [new SubkeyBinding(binding, backSignatures)], []);
    }
}
