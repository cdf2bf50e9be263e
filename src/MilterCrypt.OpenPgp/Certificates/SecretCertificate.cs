using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using MilterCrypt.Native.Memory;
using MilterCrypt.OpenPgp.Armor;
using MilterCrypt.OpenPgp.Certificates.Making;
using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.Secrets;

namespace MilterCrypt.OpenPgp.Certificates;

/// <summary>A transferable secret key (RFC 9580 §10.2): a certificate, and the secrets of those of its keys that are here.
/// Usable from several threads once it is unlocked. Owned by its reader; disposal clears the secrets.</summary>
public sealed class SecretCertificate : IDisposable
{
    internal const string Locked = "locked with a passphrase";

    private readonly List<StoredSecret> secrets;

    // A new key that was not locked yet, beside others that are.
    private bool lacksLock;

    internal SecretCertificate(Certificate certificate, IEnumerable<StoredSecret> secrets)
    {
        this.secrets = [.. secrets];
        Use(certificate);
    }

    /// <summary>The public part: judged like any other, and all that others may see. Never changed, but another one after
    /// <see cref="CertificateEditor"/>'s changes.</summary>
    public Certificate Certificate { get; private set; }

    /// <summary>The secret keys that are here: the primary key first, where it is, then subkeys.</summary>
    public IReadOnlyList<SecretKey> Keys { get; private set; }

    /// <summary>Those of <see cref="Keys"/> that messages may have been encrypted to
    /// (<see cref="Certificate.IsForDecryption"/>).</summary>
    public IReadOnlyList<SecretKey> DecryptionKeys { get; private set; }

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

    /// <summary>Makes a new certificate with its secret keys, which are not locked: see <see cref="TrySetPassphrase"/>.</summary>
    /// <param name="options">What it is to be.</param>
    /// <exception cref="ArgumentException">A user ID is too long or named twice, or the validity is no time to come.</exception>
    /// <exception cref="CryptographicException">There was no randomness, or the system's cryptography failed.</exception>
    public static SecretCertificate Generate(KeyGeneration options)
    {
        using var generator = new CertificateGenerator(options);
        return generator.Generate();
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

    /// <summary>The certificate, out of several, that a key belongs to; null where it is in none.</summary>
    public static Fingerprint? OwnerOf(PublicKey key, IEnumerable<SecretCertificate> certificates) => certificates
        .FirstOrDefault(certificate => certificate.Keys.Any(own => own.PublicKey.Fingerprint.Equals(key.Fingerprint)))?.Certificate.Fingerprint;

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

    /// <summary>Locks all keys with a passphrase, or with another one, in what is written from now on; here they stay unlocked.
    /// Nothing else of the certificate changes. One thread at a time.</summary>
    /// <param name="passphrase">Its octets, UTF-8, one at least; the caller clears them.</param>
    /// <param name="random">Makes salts and initial values.</param>
    /// <param name="reason">Why nothing was changed: a key is locked with another passphrase, or this system lacks Argon2.</param>
    public bool TrySetPassphrase(ReadOnlySpan<byte> passphrase, RandomNumberGenerator random, [NotNullWhen(false)] out string? reason)
    {
        ArgumentOutOfRangeException.ThrowIfZero(passphrase.Length, nameof(passphrase));
        reason = IsLocked ? Locked : null;
        var locks = new List<LockedSecret>();
        foreach (var key in reason is null ? Keys : [])
        {
            if (!key.TryMakeLock(passphrase, random, out var made, out reason))
                break;
            locks.Add(made);
        }

        if (reason is not null)
            return false;
        foreach (var (key, made) in Keys.Zip(locks))
            key.UseLock(made);
        lacksLock = false;
        return true;
    }

    /// <summary>Leaves all keys unlocked in what is written from now on. One thread at a time.</summary>
    /// <param name="reason">Why nothing was changed: a key is locked.</param>
    public bool TryRemovePassphrase([NotNullWhen(false)] out string? reason)
    {
        reason = IsLocked ? Locked : null;
        foreach (var key in reason is null ? Keys : [])
            key.UseLock(null);
        lacksLock &= reason is not null;
        return reason is null;
    }

    /// <summary>The binary form: each key as locked as it was read or made since, and whose secret is not here as it was
    /// read.</summary>
    /// <returns>Pinned octets. Where keys are not locked they hold the secrets: the caller clears them.</returns>
    /// <exception cref="InvalidOperationException">A key was added beside others that are locked, and
    /// <see cref="TrySetPassphrase"/> was not called since.</exception>
    public byte[] ToArray()
    {
        if (lacksLock)
            throw new InvalidOperationException("A new key is not locked, though the others are: their passphrase is to be set again.");
        using var output = new ClearedBufferWriter();
        CertificateWriter.Write(Certificate, output, WriteKey);
        return output.ToArray();
    }

    /// <summary>The armored form of <see cref="ToArray"/>: lines that end in LF.</summary>
    /// <returns>Pinned octets. Where keys are not locked they hold the secrets: the caller clears them.</returns>
    public byte[] ToArmor()
    {
        using var output = new ClearedBufferWriter();
        byte[] packets = ToArray();
        CertificateWriter.Armor(packets, Certificate.PrimaryKey, ArmorReader.PrivateKeyLabel, output);
        CryptographicOperations.ZeroMemory(packets);
        return output.ToArray();
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

        foreach (var candidate in view.SigningCandidates)
        {
            var secret = Keys.FirstOrDefault(key => key.PublicKey.Fingerprint.Equals(candidate.Key.Fingerprint));
            string? problem = CertificateView.RefusalToSign(candidate, policy) ?? ProblemOf(candidate.Key.Fingerprint)
                ?? (secret!.IsLocked ? Locked : null);
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

    /// <summary>Takes in all that another copy of its certificate knows, such as a revocation. One thread at a time.</summary>
    /// <param name="other">Of the same key.</param>
    /// <param name="limits">What one certificate may have.</param>
    /// <param name="reason">Why nothing was changed: both together are more than that.</param>
    /// <exception cref="ArgumentException">The other one is of another key.</exception>
    public bool TryMerge(Certificate other, CertificateLimits limits, [NotNullWhen(false)] out string? reason)
    {
        var reading = Certificate.MergedWith(other, limits);
        reason = (reading as CertificateReading.Rejected)?.Reason;
        if (reading is CertificateReading.Readable(var merged))
            Use(merged);
        return reason is null;
    }

    /// <summary>Has another public part from now on.</summary>
    /// <param name="changed">Of the same key.</param>
    /// <param name="added">A subkey that is new in it, which is owned from now on.</param>
    internal void Change(Certificate changed, SecretKey? added = null)
    {
        if (added is not null)
        {
            lacksLock |= Keys.Any(static key => key.Protection is not null);
            secrets.Add(new StoredSecret(added.PublicKey.Fingerprint, added, problem: null));
        }

        Use(changed);
    }

    /// <summary>Clears the secrets.</summary>
    public void Dispose()
    {
        foreach (var secret in secrets)
            secret.Dispose();
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

    [MemberNotNull(nameof(Certificate), nameof(Keys), nameof(DecryptionKeys))]
    private void Use(Certificate certificate)
    {
        Certificate = certificate;
        Keys = [.. secrets.Select(static secret => secret.Key).OfType<SecretKey>()];
        DecryptionKeys = [.. Keys.Where(key => certificate.IsForDecryption(key.PublicKey))];
    }

    private void WriteKey(PublicKey key, IBufferWriter<byte> output)
    {
        var secret = secrets.FirstOrDefault(secret => secret.Fingerprint.Equals(key.Fingerprint));
        if (secret is null)
            CertificateWriter.WritePublicKey(key, output);
        else
            secret.Write(output);
    }
}
