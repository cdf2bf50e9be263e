using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using MilterCrypt.OpenPgp.Armor;
using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.Secrets;
using MilterCrypt.OpenPgp.Signatures;

namespace MilterCrypt.OpenPgp.Certificates.Making;

/// <summary>Changes a certificate with the secret of its primary key: its end, its subkeys, its user IDs, its revocation. Each
/// change adds signatures and takes none away; <see cref="SecretCertificate.Certificate"/> is another one afterwards, which is to
/// be published. One thread at a time, while nobody else uses the secret certificate.</summary>
/// <exception cref="CryptographicException">From each change: there was no randomness, or the system's cryptography failed;
/// nothing was changed.</exception>
public sealed class CertificateEditor
{
    // Who makes more changes in a second than this has seconds must wait for them to count.
    private static readonly TimeSpan LongestHaste = TimeSpan.FromMinutes(1);

    private readonly SecretCertificate secret;
    private readonly SecretKey primary;
    private readonly ChangeOptions options;
    private readonly CertificateSigning signing;

    private CertificateEditor(SecretCertificate secret, SecretKey primary, ChangeOptions options)
    {
        this.secret = secret;
        this.primary = primary;
        this.options = options;
        signing = new CertificateSigning(options.Random);
    }

    /// <summary>When the next change is dated: not before the last one, which may be of this second and dated one later.</summary>
    public DateTimeOffset Now
    {
        get
        {
            var clock = DateTimeOffset.FromUnixTimeSeconds(options.Time.GetUtcNow().ToUnixTimeSeconds());
            return Certificate.SelfSignatures.Select(static signature => signature.CreatedAt)
                .Where(time => time <= clock + LongestHaste)
                .Append(clock)
                .Max();
        }
    }

    private SelfSignatureRenewal Renewal => new(primary, signing, Now, options.Policy);

    private Certificate Certificate => secret.Certificate;

    /// <summary>Begins to change a certificate; null where its primary key can't sign here.</summary>
    /// <param name="secret">Stays the caller's, and receives the changes.</param>
    /// <param name="options">What they are made with.</param>
    /// <param name="refusal">Why not, such as "the secret is not here, it is on a card" or "locked with a passphrase".</param>
    public static CertificateEditor? Open(SecretCertificate secret, ChangeOptions options, out string? refusal)
    {
        var primary = secret.Keys.FirstOrDefault(static key => !key.PublicKey.IsSubkey);
        refusal = primary is null ? secret.ProblemOf(secret.Certificate.Fingerprint)
            : primary.IsLocked ? SecretCertificate.Locked
            : options.Policy.RefusalToSign(primary.PublicKey);
        return refusal is null ? new CertificateEditor(secret, primary!, options) : null;
    }

    /// <summary>Has the certificate end at another time, later or sooner, also where it has ended already. Subkeys that were to
    /// end with it do so again.</summary>
    /// <param name="end">When, in whole seconds; null for never.</param>
    /// <param name="reason">Why nothing was changed: the certificate has no self-signature that counts.</param>
    /// <exception cref="ArgumentOutOfRangeException">The end is not after the key's creation, or more than 136 years later.</exception>
    public bool TryExpireAt(DateTimeOffset? end, [NotNullWhen(false)] out string? reason)
    {
        reason = null;
        var renewal = Renewal;
        var direct = renewal.Renew(Certificate.DirectSignatures, Certificate.DirectRevocations, end);

        // A version 6 key speaks of itself in direct-key signatures alone (RFC 9580 §5.2.3.10).
        var renewed = primary.PublicKey.Version >= 6
            ? []
            : Certificate.UserIds.ToDictionary(static userId => userId, userId => renewal.Renew(userId.SelfSignatures, userId.Revocations, end));
        if (direct is null && !renewed.Values.Any(static signatures => signatures is not null))
        {
            reason = "no valid self-signature";
            return false;
        }

        var view = Certificate.At(Now, options.Policy);
        secret.Change(Certificate.With(
            directSignatures: direct ?? Certificate.DirectSignatures,
            userIds: [.. Certificate.UserIds.Select(
                userId => renewed.GetValueOrDefault(userId) is { } signatures ? userId with { SelfSignatures = signatures } : userId)],
            subkeys: [.. Certificate.Subkeys.Select(
                subkey => EndsWith(subkey, view.ExpiresAt) ? renewal.Renew(subkey, end) ?? subkey : subkey)]));
        return true;
    }

    /// <summary>Has a subkey end at another time, also where it has ended already.</summary>
    /// <param name="fingerprint">Which.</param>
    /// <param name="end">When, in whole seconds; null for never on its own.</param>
    /// <param name="reason">Why nothing was changed: there is no such subkey, it is revoked or was never bound.</param>
    /// <exception cref="ArgumentOutOfRangeException">The end is not after the key's creation, or more than 136 years later.</exception>
    public bool TryExpireSubkeyAt(Fingerprint fingerprint, DateTimeOffset? end, [NotNullWhen(false)] out string? reason)
    {
        if (!TryFind(fingerprint, out var subkey, out reason))
            return false;

        reason = "no valid binding that is not revoked";
        if (Renewal.Renew(subkey, end) is not { } renewed)
            return false;
        Replace(subkey, renewed);
        reason = null;
        return true;
    }

    /// <summary>Adds a subkey, of the kind that goes with the primary key; the newest is the one that is used to sign. It is not
    /// locked: see <see cref="SecretCertificate.TrySetPassphrase"/>.</summary>
    /// <param name="usage"><see cref="KeyUsage.Sign"/>, or encryption.</param>
    /// <param name="end">When it ends on its own, or null for with the certificate.</param>
    /// <exception cref="ArgumentException">The usage is something else or a mixture, or the end is not to come.</exception>
    public PublicKey AddSubkey(KeyUsage usage, DateTimeOffset? end = null)
    {
        const KeyUsage Encryption = KeyUsage.EncryptCommunications | KeyUsage.EncryptStorage;
        if (usage != KeyUsage.Sign && (usage == KeyUsage.None || (usage & ~Encryption) != 0))
            throw new ArgumentException($"A subkey to {usage}.", nameof(usage));

        var key = SecretKeyGenerator.Make(primary.PublicKey.Version, AlgorithmFor(usage), isSubkey: true, Now, options.Random);
        try
        {
            var subkey = signing.Bind(primary, key, Now, usage, end is { } moment ? [OwnStatements.Expiry(key.PublicKey, moment)] : []);
            secret.Change(Certificate.With(subkeys: [.. Certificate.Subkeys, subkey]), key);
            return key.PublicKey;
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }

    /// <summary>Adds a subkey for the same use in the place of one, and revokes that as superseded: what it signed stays good,
    /// what was encrypted to it is still opened.</summary>
    /// <param name="fingerprint">Which.</param>
    /// <param name="reason">Why nothing was changed: there is no such subkey, or it can't be used now.</param>
    public bool TryReplaceSubkey(Fingerprint fingerprint, [NotNullWhen(false)] out string? reason)
    {
        if (!TryFind(fingerprint, out var old, out reason))
            return false;

        var view = Certificate.At(Now, options.Policy).Subkeys.First(subkey => subkey.Key.Fingerprint.Equals(fingerprint));
        var usage = view.Usage & (KeyUsage.Sign | KeyUsage.EncryptCommunications | KeyUsage.EncryptStorage);
        reason = view.Problem ?? (usage == KeyUsage.None ? "neither to sign nor to encrypt" : null);
        if (reason is not null)
            return false;
        var revoked = Revoked(old, RevocationReason.Superseded, "");
        AddSubkey(usage);
        Replace(old, revoked);
        return true;
    }

    /// <summary>Brings the certificate up to date: what it says of itself over a weak hash is signed anew, also what does not count
    /// any more for that; a subkey that signs says itself whose it is; what this library reads is named; and where nothing can be
    /// encrypted to it, a subkey for that is added, which is not locked: see <see cref="SecretCertificate.TrySetPassphrase"/>.
    /// When it ends stays as it is.</summary>
    /// <param name="withEncryption">Whether to add a subkey that others encrypt to.</param>
    /// <param name="withCapabilities">Whether to name what was not named before.</param>
    /// <param name="reason">Why nothing was changed: the certificate is revoked, or never said anything of itself.</param>
    public bool TryUpdate(bool withEncryption, bool withCapabilities, [NotNullWhen(false)] out string? reason)
    {
        // The owner asks for it, and MD5 stays out.
        var lenient = options.Policy with { WeakHashesAcceptedBefore = DateTimeOffset.MaxValue };
        var view = Certificate.At(Now, lenient);
        reason = view.PrimaryKey.IsRevoked ? view.Problem : view.PrimaryKey.Statements.Count == 0 ? "no valid self-signature" : null;
        if (reason is not null)
            return false;

        // Of one that has ended the parts are judged as if it had not.
        var judged = view.ExpiresAt <= Now ? Certificate.At(view.ExpiresAt.Value.AddSeconds(-1), lenient) : view;
        var renewal = new SelfSignatureRenewal(primary, signing, Now, lenient);
        secret.Change(new CertificateUpdate(secret, renewal, judged, options.Policy).Apply(withCapabilities));
        view = Certificate.At(Now, options.Policy);
        if (withEncryption && view.Problem is null && view.ForEncryption() is EncryptionVerdict.Unusable)
            AddSubkey(KeyUsage.EncryptCommunications | KeyUsage.EncryptStorage);
        return true;
    }

    /// <summary>Revokes a subkey for ever.</summary>
    /// <param name="fingerprint">Which.</param>
    /// <param name="why">Superseded and retired hold from now on, all others for all times.</param>
    /// <param name="text">For people; may be empty.</param>
    /// <param name="reason">Why nothing was changed: there is no such subkey.</param>
    public bool TryRevokeSubkey(Fingerprint fingerprint, RevocationReason why, string text, [NotNullWhen(false)] out string? reason)
    {
        if (!TryFind(fingerprint, out var subkey, out reason))
            return false;
        Replace(subkey, Revoked(subkey, why, text));
        return true;
    }

    /// <summary>Adds a user ID, or certifies one anew that was revoked. In version 4 it says of the key what the preferred user
    /// ID says, or the direct-key signature.</summary>
    /// <param name="text">As in <see cref="KeyGeneration.UserIds"/>.</param>
    /// <param name="reason">Why nothing was changed: the certificate has no self-signature that counts.</param>
    /// <exception cref="ArgumentException">More than <see cref="UserId.MaxLength"/> octets.</exception>
    public bool TryAddUserId(string text, [NotNullWhen(false)] out string? reason)
    {
        var userId = new UserId(Encoding.UTF8.GetBytes(text));
        var statements = Renewal.StatementsOf(Certificate);
        reason = statements is null ? "no valid self-signature" : null;
        if (reason is not null)
            return false;

        var known = Certificate.UserIds.FirstOrDefault(known => known.UserId.Octets.Span.SequenceEqual(userId.Octets.Span));
        var old = known ?? new CertificateUserId(userId, [], []);
        var time = Renewal.TimeAfter(old.SelfSignatures.Concat(old.Revocations));
        var added = signing.Sign(
            primary, SignatureType.PositiveCertification, new SignedSubject.Identity(primary.PublicKey, userId), time, statements!);
        var changed = old with { SelfSignatures = [.. old.SelfSignatures, added] };
        secret.Change(Certificate.With(userIds: known is null
            ? [.. Certificate.UserIds, changed]
            : [.. Certificate.UserIds.Select(other => other == known ? changed : other)]));
        return true;
    }

    /// <summary>Revokes a user ID: from now on it is not valid any more.</summary>
    /// <param name="userId">Which: its text, exactly.</param>
    /// <param name="text">Why, for people; may be empty.</param>
    /// <param name="reason">Why nothing was changed: there is no such user ID.</param>
    public bool TryRevokeUserId(string userId, string text, [NotNullWhen(false)] out string? reason)
    {
        reason = null;
        byte[] octets = Encoding.UTF8.GetBytes(userId);
        if (Certificate.UserIds.FirstOrDefault(known => known.UserId.Octets.Span.SequenceEqual(octets)) is not { } known)
        {
            reason = $"no user ID {userId}";
            return false;
        }

        var subject = new SignedSubject.Identity(primary.PublicKey, known.UserId);
        var revocation = signing.Sign(
            primary, SignatureType.CertificationRevocation, subject, Renewal.TimeAfter(known.SelfSignatures),
            [OwnStatements.Reason(RevocationReason.UserIdInvalid, text)]);
        var changed = known with { Revocations = [.. known.Revocations, revocation] };
        secret.Change(Certificate.With(userIds: [.. Certificate.UserIds.Select(other => other == known ? changed : other)]));
        return true;
    }

    /// <summary>Revokes the whole certificate for ever.</summary>
    /// <param name="why">Superseded and retired hold from now on, all others for all times.</param>
    /// <param name="text">For people; may be empty.</param>
    public void Revoke(RevocationReason why, string text) =>
        secret.Change(Certificate.With(revocations: [.. Certificate.Revocations, MakeRevocation(why, text)]));

    /// <summary>Makes a revocation to be kept in a safe place, for the day on which the key is lost: whoever has it can revoke
    /// the certificate, with <see cref="Certificate.TryRevoke"/>. Nothing is changed.</summary>
    /// <param name="why">As in <see cref="Revoke"/>; no reason is right where nobody knows what will have happened.</param>
    /// <param name="text">For people; may be empty.</param>
    /// <returns>Armor: the revocation alone in version 4 (RFC 9580 §10.1.4), with the primary key in version 6 (§10.1.2).</returns>
    public byte[] MakeRevocationCertificate(RevocationReason why, string text)
    {
        var packets = new ArrayBufferWriter<byte>();
        if (primary.PublicKey.Version >= 6)
            CertificateWriter.WritePublicKey(primary.PublicKey, packets);
        PacketWriter.Write(packets, PacketTag.Signature, MakeRevocation(why, text).Signature.Body.Span);
        var armor = new ArrayBufferWriter<byte>();
        CertificateWriter.Armor(packets.WrittenSpan, primary.PublicKey, ArmorReader.PublicKeyLabel, armor);
        return armor.WrittenSpan.ToArray();
    }

    /// <summary>Certifies that a user ID of another certificate is its owner's (RFC 9580 §5.2.1.4), for everybody to see.</summary>
    /// <param name="other">Whose.</param>
    /// <param name="userId">Which: its text, exactly.</param>
    /// <param name="certified">The other certificate with the certification, which its owner may publish. On reading others'
    /// certifications are dropped: what is here was made here.</param>
    /// <param name="reason">Why there is none: no such user ID, or it does not count.</param>
    /// <param name="requireSelfSignature">Whether the owner himself must have said so; without, also a user ID that is not in the
    /// certificate, unless he revoked it.</param>
    /// <exception cref="ArgumentException">It is one's own certificate.</exception>
    public bool TryCertify(
        Certificate other, string userId, [NotNullWhen(true)] out Certificate? certified, [NotNullWhen(false)] out string? reason,
        bool requireSelfSignature = true)
    {
        if (other.Fingerprint.Equals(Certificate.Fingerprint))
            throw new ArgumentException("One's own user IDs are certified when they are added.", nameof(other));

        certified = null;
        var view = other.At(Now, options.Policy);
        byte[] octets = Encoding.UTF8.GetBytes(userId);
        var found = view.UserIds.FirstOrDefault(known => known.UserId.Octets.Span.SequenceEqual(octets));
        reason = view.Problem ?? (found is null || (found.Problem is not null && !found.IsRevoked)
            ? requireSelfSignature ? found?.Problem ?? $"no user ID {userId}" : null
            : found.Problem);
        if (reason is not null)
            return false;

        var known = found?.UserId ?? new UserId(octets);
        var subject = new SignedSubject.Identity(other.PrimaryKey, known);
        var certification = signing.Sign(primary, SignatureType.GenericCertification, subject, Now, []).Signature;
        IEnumerable<CertificateUserId> userIds = found is null ? [.. other.UserIds, new CertificateUserId(known, [], [])] : other.UserIds;
        certified = other.With(userIds: [.. userIds.Select(candidate => candidate.UserId == known
            ? candidate with { Certifications = [.. candidate.Certifications, certification] }
            : candidate)]);
        return true;
    }

    private static bool EndsWith(CertificateSubkey subkey, DateTimeOffset? end) => end is not null && subkey.Bindings
        .Select(static binding => binding.Signature)
        .MaxBy(static signature => signature.CreatedAt)?.Signature.Facts.KeyExpiresAfter is { } seconds and > 0
        && subkey.Key.CreatedAt.AddSeconds(seconds) == end;

    private SelfSignature MakeRevocation(RevocationReason why, string text) => signing.Sign(
        primary, SignatureType.KeyRevocation, new SignedSubject.Key(primary.PublicKey), Now, [OwnStatements.Reason(why, text)]);

    private CertificateSubkey Revoked(CertificateSubkey subkey, RevocationReason why, string text)
    {
        var subject = new SignedSubject.Pair(primary.PublicKey, subkey.Key);
        var revocation = signing.Sign(primary, SignatureType.SubkeyRevocation, subject, Now, [OwnStatements.Reason(why, text)]);
        return subkey with { Revocations = [.. subkey.Revocations, revocation] };
    }

    private PublicKeyAlgorithm AlgorithmFor(KeyUsage usage) => (primary.PublicKey, usage) switch
    {
        ({ Material: PublicKeyMaterial.Rsa }, _) => PublicKeyAlgorithm.Rsa,
        ({ Version: >= 6 }, KeyUsage.Sign) => PublicKeyAlgorithm.Ed25519,
        ({ Version: >= 6 }, _) => PublicKeyAlgorithm.X25519,
        (_, KeyUsage.Sign) => PublicKeyAlgorithm.EdDsaLegacy,
        _ => PublicKeyAlgorithm.Ecdh,
    };

    private bool TryFind(
        Fingerprint fingerprint, [NotNullWhen(true)] out CertificateSubkey? found, [NotNullWhen(false)] out string? reason)
    {
        found = Certificate.Subkeys.FirstOrDefault(subkey => subkey.Key.Fingerprint.Equals(fingerprint));
        reason = found is null ? $"no subkey {fingerprint}" : null;
        return found is not null;
    }

    private void Replace(CertificateSubkey old, CertificateSubkey changed) =>
        secret.Change(Certificate.With(subkeys: [.. Certificate.Subkeys.Select(subkey => subkey == old ? changed : subkey)]));
}
