using System.Diagnostics.CodeAnalysis;
using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.Secrets;
using MilterCrypt.OpenPgp.Signatures;

namespace MilterCrypt.OpenPgp.Certificates;

/// <summary>A transferable secret key (RFC 9580 §10.2): a certificate, and the secrets of those of its keys that are here.
/// Usable from several threads once it is unlocked. Owned by its reader; disposal clears the secrets.</summary>
public sealed class SecretCertificate : IDisposable
{
    private const KeyUsage Encrypt = KeyUsage.EncryptCommunications | KeyUsage.EncryptStorage;

    private readonly IReadOnlyCollection<StoredSecret> secrets;

    internal SecretCertificate(Certificate certificate, IReadOnlyCollection<StoredSecret> secrets)
    {
        Certificate = certificate;
        this.secrets = secrets;
        Keys = [.. secrets.Select(static secret => secret.Key).OfType<SecretKey>()];
        DecryptionKeys = [.. Keys.Where(IsForDecryption)];
    }

    /// <summary>The public part: judged like any other, and all that others may see.</summary>
    public Certificate Certificate { get; }

    /// <summary>The secret keys that are here: the primary key first, where it is, then subkeys.</summary>
    public IReadOnlyList<SecretKey> Keys { get; }

    /// <summary>Those that messages may have been encrypted to, also when they have expired or were revoked since: old mail
    /// stays readable. A key whose owner never said that it encrypts is not among them, unless he said nothing at all.</summary>
    public IReadOnlyList<SecretKey> DecryptionKeys { get; }

    /// <summary>Whether any of the keys takes a passphrase.</summary>
    public bool IsLocked => Keys.Any(static key => key.IsLocked);

    /// <summary>Reads every transferable secret key in an input: armored or binary, one or a whole keyring. Hostile input ends
    /// as <see cref="SecretCertificateReading.Rejected"/>.</summary>
    /// <param name="input">A file's content: the caller clears it.</param>
    /// <param name="limits">What one certificate may have.</param>
    public static IReadOnlyList<SecretCertificateReading> ReadAll(ReadOnlyMemory<byte> input, CertificateLimits limits)
    {
        using var shelf = new SecretKeyShelf(limits);
        return [.. new CertificateReader(limits, shelf).Read(input).Select(reading => Read(reading, shelf))];
    }

    /// <summary>Reads the one transferable secret key in an input, armored or binary.</summary>
    /// <param name="input">A file's content: the caller clears it.</param>
    /// <exception cref="OpenPgpException">There is none, or more than one, or it can't be read: the text says why.</exception>
    public static SecretCertificate Read(ReadOnlyMemory<byte> input)
    {
        var readings = ReadAll(input, CertificateLimits.Default);
        if (readings is [SecretCertificateReading.Readable(var only)])
            return only;

        foreach (var reading in readings.OfType<SecretCertificateReading.Readable>())
            reading.SecretCertificate.Dispose();
        throw new OpenPgpException(readings is [SecretCertificateReading.Rejected(_, var reason)]
            ? reason
            : $"{readings.Count} secret keys where one is wanted");
    }

    /// <summary>Why a key's secret is not among <see cref="Keys"/>, such as "the secret is not here, it is on a card"; null
    /// where it is.</summary>
    public string? ProblemOf(Fingerprint key)
    {
        var secret = secrets.FirstOrDefault(secret => secret.Fingerprint.Equals(key));
        return secret is null ? "the secret is not here" : secret.Problem;
    }

    /// <summary>Whether a key's secret is on a card, as GnuPG notes it.</summary>
    public bool IsOnCard(Fingerprint key) => ProblemOf(key) == S2k.OnCard;

    /// <summary>Unlocks all keys with one passphrase. One thread at a time.</summary>
    /// <param name="passphrase">Its octets, UTF-8; the caller clears them.</param>
    /// <param name="limits">What it may cost for each key.</param>
    /// <param name="reason">Why a key stays locked, the first of them; the others are unlocked all the same.</param>
    /// <returns>Whether none is locked any more.</returns>
    public bool TryUnlock(ReadOnlySpan<byte> passphrase, S2kLimits limits, [NotNullWhen(false)] out string? reason)
    {
        reason = null;
        foreach (var key in Keys)
        {
            if (!key.TryUnlock(passphrase, limits, out string? problem))
                reason ??= problem;
        }

        return reason is null;
    }

    /// <summary>The key to sign with at a time: the newest that may sign, and whose secret is here and unlocked.</summary>
    /// <param name="time">For when the certificate is judged.</param>
    /// <param name="policy">What algorithms are good enough.</param>
    /// <param name="refusal">Why there is none, such as "expired 2025-03-01" or "locked with a passphrase".</param>
    public SecretKey? SigningKey(DateTimeOffset time, AlgorithmPolicy policy, out string? refusal)
    {
        var view = Certificate.At(time, policy);
        refusal = view.Problem;
        if (refusal is not null)
            return null;

        foreach (var candidate in view.Subkeys.Append(view.PrimaryKey).Where(static key => key.IsForSigning))
        {
            var secret = Keys.FirstOrDefault(key => key.PublicKey.Fingerprint.Equals(candidate.Key.Fingerprint));
            string? problem = candidate.Problem ?? policy.RefusalToSign(candidate.Key) ?? ProblemOf(candidate.Key.Fingerprint)
                ?? (secret!.IsLocked ? "locked with a passphrase" : null);
            if (problem is null)
            {
                refusal = null;
                return secret;
            }

            refusal ??= problem;
        }

        refusal ??= "only for encryption";
        return null;
    }

    /// <summary>Clears the secrets.</summary>
    public void Dispose()
    {
        foreach (var key in Keys)
            key.Dispose();
    }

    private static SecretCertificateReading Read(CertificateReading reading, SecretKeyShelf shelf)
    {
        if (reading is CertificateReading.Rejected rejected)
            return new SecretCertificateReading.Rejected(rejected.Fingerprint, rejected.Reason);

        var certificate = ((CertificateReading.Readable)reading).Certificate;
        var secrets = shelf.Take(certificate);
        if (secrets.Any(static secret => secret.Key is not null))
            return new SecretCertificateReading.Readable(new SecretCertificate(certificate, secrets));
        return new SecretCertificateReading.Rejected(
            certificate.Fingerprint, secrets.FirstOrDefault()?.Problem ?? "a certificate without secret keys")
        {
            IsOnCard = secrets.Any(static secret => secret.Problem == S2k.OnCard),
        };
    }

    // What anybody claimed is enough here: it is the owner's own file, and nothing is protected by leaving a key out.
    private bool IsForDecryption(SecretKey key)
    {
        if (!key.CanDecrypt)
            return false;

        var subkey = Certificate.Subkeys.FirstOrDefault(subkey => subkey.Key.Fingerprint.Equals(key.PublicKey.Fingerprint));
        var statements = subkey is null
            ? Certificate.DirectSignatures.Concat(Certificate.UserIds.SelectMany(static userId => userId.SelfSignatures))
            : subkey.Bindings.Select(static binding => binding.Signature);
        var usages = statements.Select(static statement => statement.Signature.Facts.KeyUsage).OfType<KeyUsage>().ToList();
        return usages.Count == 0 || usages.Any(static usage => (usage & Encrypt) != 0);
    }
}
