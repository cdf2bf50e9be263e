using System.Text;
using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.Secrets;
using MilterCrypt.OpenPgp.Signatures;

namespace MilterCrypt.OpenPgp.Certificates.Making;

/// <summary>Makes new certificates. The primary key only certifies, as with Sequoia (GnuPG's signs data too): it may then be kept
/// away from where mail is, and the keys of every day be replaced without a new certificate. How long it all lives is said of
/// the primary key alone, so that one date is to be extended.</summary>
internal sealed class CertificateGenerator(KeyGeneration options) : IDisposable
{
    private readonly List<SecretKey> keys = [];
    private readonly CertificateSigning signing = new(options.Random);
    private readonly DateTimeOffset now = DateTimeOffset.FromUnixTimeSeconds(options.Time.GetUtcNow().ToUnixTimeSeconds());

    private int Version => options.Profile == KeyProfile.Rfc9580 ? 6 : 4;

    private PublicKeyAlgorithm SigningAlgorithm => options.Profile switch
    {
        KeyProfile.Curve25519 => PublicKeyAlgorithm.EdDsaLegacy,
        KeyProfile.Rfc9580 => PublicKeyAlgorithm.Ed25519,
        KeyProfile.Rsa3072 => PublicKeyAlgorithm.Rsa,
        _ => throw new ArgumentOutOfRangeException(nameof(options), options.Profile, "no such profile"),
    };

    private PublicKeyAlgorithm EncryptionAlgorithm => options.Profile switch
    {
        KeyProfile.Curve25519 => PublicKeyAlgorithm.Ecdh,
        KeyProfile.Rfc9580 => PublicKeyAlgorithm.X25519,
        _ => PublicKeyAlgorithm.Rsa,
    };

    /// <summary>Makes one, the caller's to dispose.</summary>
    public SecretCertificate Generate()
    {
        UserId[] userIds = [.. options.UserIds.Select(static text => new UserId(Encoding.UTF8.GetBytes(text)))];
        if (options.UserIds.Distinct(StringComparer.Ordinal).Count() != userIds.Length)
            throw new ArgumentException("A user ID is named twice.", nameof(options));

        var primary = Make(SigningAlgorithm, isSubkey: false);
        List<Subpacket> ownStatements = [OwnStatements.Usage(KeyUsage.Certify), .. OwnStatements.Preferences(Version)];
        if (options.Validity is { } validity)
            ownStatements.Add(OwnStatements.Expiry(primary.PublicKey, now + validity));

        List<CertificateSubkey> subkeys = [Bind(primary, SigningAlgorithm, KeyUsage.Sign)];
        if (options.WithEncryption)
            subkeys.Add(Bind(primary, EncryptionAlgorithm, KeyUsage.EncryptCommunications | KeyUsage.EncryptStorage));

        // A direct-key signature holds for the key whatever user IDs somebody publishes of it.
        var direct = signing.Sign(primary, SignatureType.DirectKey, new SignedSubject.Key(primary.PublicKey), now, ownStatements);
        var certificate = new Certificate(primary.PublicKey)
        {
            DirectSignatures = [direct],
            UserIds = [.. userIds.Select((userId, place) => Certify(primary, userId, isFirst: place == 0, ownStatements))],
            Subkeys = subkeys,
        };
        var made = new SecretCertificate(
            certificate, [.. keys.Select(static key => new StoredSecret(key.PublicKey.Fingerprint, key, problem: null))]);
        keys.Clear();
        return made;
    }

    /// <summary>Clears the secrets of what was not completed.</summary>
    public void Dispose()
    {
        foreach (var key in keys)
            key.Dispose();
    }

    // RFC 9580 §5.2.3.10: a version 6 key speaks of itself in its direct-key signature; GnuPG looks at user IDs.
    private CertificateUserId Certify(SecretKey primary, UserId userId, bool isFirst, IEnumerable<Subpacket> ownStatements)
    {
        IEnumerable<Subpacket> statements = Version == 4 ? ownStatements : [];
        if (isFirst)
            statements = statements.Append(OwnStatements.PrimaryUserId());
        var subject = new SignedSubject.Identity(primary.PublicKey, userId);
        return new CertificateUserId(userId, [signing.Sign(primary, SignatureType.PositiveCertification, subject, now, statements)], []);
    }

    private CertificateSubkey Bind(SecretKey primary, PublicKeyAlgorithm algorithm, KeyUsage usage) =>
        signing.Bind(primary, Make(algorithm, isSubkey: true), now, usage, []);

    private SecretKey Make(PublicKeyAlgorithm algorithm, bool isSubkey)
    {
        var key = SecretKeyGenerator.Make(Version, algorithm, isSubkey, now, options.Random);
        keys.Add(key);
        return key;
    }
}
