using System.Security.Cryptography;
using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.Secrets;

namespace MilterCrypt.Engine.Custody.Files;

/// <summary>The secret keys in a folder's files, unlocked, as they were when it was read: *.asc, *.pgp and *.key, armored or
/// binary, one key or several in each. Never changes; owned by its reader, disposal clears the keys.</summary>
public sealed class SecretKeyRing : IDisposable
{
    /// <summary>The most keys of a ring; beyond them files are left out.</summary>
    public const int MaxKeys = 10_000;

    private readonly Dictionary<Fingerprint, HeldKey> keys = [];
    private readonly List<JudgedCertificate> certificates = [];
    private readonly List<string> problems = [];

    private SecretKeyRing() { }

    /// <summary>One without keys.</summary>
    public static SecretKeyRing Empty => new();

    /// <summary>What is not used of the folder, and why: file, key, reason, in an administrator's words.</summary>
    public IReadOnlyList<string> Problems => problems;

    /// <summary>How many keys there are to be used.</summary>
    public int Count => keys.Count;

    /// <summary>Reads a folder. What is wrong with a file is among <see cref="Problems"/>, and the others are read all the
    /// same.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="passphrase">Opens those that are locked; the caller clears it. Null where none is.</param>
    /// <exception cref="SecretKeyException">The folder can't be read, or others can write into it.</exception>
    public static SecretKeyRing Read(string folder, Passphrase? passphrase)
    {
        if (SecretFile.ComplaintOfFolder(folder) is { } complaint)
            throw new SecretKeyException(complaint);
        var ring = new SecretKeyRing();
        try
        {
            foreach (string file in SecretKeyFiles.In(folder))
                ring.Add(file, passphrase);
            return ring;
        }
        catch (Exception failure)
        {
            ring.Dispose();
            if (failure is IOException or UnauthorizedAccessException)
                throw new SecretKeyException($"the folder of the secret keys can't be read: {failure.Message}", failure);
            throw;
        }
    }

    /// <summary>Primary keys that sign data: whoever can have digests signed with one can have its certificate changed, too.</summary>
    public IEnumerable<Fingerprint> PrimaryKeysThatSign(DateTimeOffset now) =>
        keys.Values.Where(key => key.IsPrimaryThatSigns(now)).Select(static key => key.Fingerprint);

    /// <summary>What can be done with each key at a time.</summary>
    internal IReadOnlyList<KeyAbility> AbilitiesAt(DateTimeOffset now) =>
        [.. keys.Values.Select(key => new KeyAbility(key.Certificate, key.Fingerprint, key.RefusalToSign(now) is null, key.Decrypts))];

    /// <summary>A key, or null where it is not here.</summary>
    internal HeldKey? Find(Fingerprint fingerprint) => keys.GetValueOrDefault(fingerprint);

    /// <inheritdoc/>
    public void Dispose() => certificates.ForEach(static certificate => certificate.Dispose());

    private void Add(string file, Passphrase? passphrase)
    {
        if (!SecretFile.TryRead(file, SecretKeyFiles.MaxLength, out byte[]? content, out string? reason))
        {
            problems.Add($"{file}: {reason}");
            return;
        }

        try
        {
            var readings = SecretCertificate.ReadAll(content, CertificateLimits.Default);
            if (readings.Count == 0)
                problems.Add($"{file}: there is no key in it");
            foreach (var reading in readings)
                Add(file, reading, passphrase);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(content);
        }
    }

    private void Add(string file, SecretCertificateReading reading, Passphrase? passphrase)
    {
        if (reading is SecretCertificateReading.Rejected(var fingerprint, var reason))
        {
            problems.Add(fingerprint is null ? $"{file}: {reason}" : $"{file}: {fingerprint}: {reason}");
            return;
        }

        var owner = new JudgedCertificate(((SecretCertificateReading.Readable)reading).SecretCertificate);
        certificates.Add(owner);
        foreach (var key in owner.Certificate.Keys)
        {
            if (WhyNot(key, passphrase) is { } problem)
                problems.Add($"{file}: {key.PublicKey.Fingerprint}: {problem}");
            else
                keys.Add(key.PublicKey.Fingerprint, new HeldKey(owner, key));
        }
    }

    private string? WhyNot(SecretKey key, Passphrase? passphrase)
    {
        if (keys.ContainsKey(key.PublicKey.Fingerprint))
            return "another file has this key, too, and that one is used";
        if (keys.Count == MaxKeys)
            return $"there are {MaxKeys} keys already";
        if (!key.IsLocked)
            return null;
        if (passphrase is null)
            return "it is locked, and there is no passphrase (secret-keys.passphrase)";
        return key.TryUnlock(passphrase.Octets, S2kLimits.Default, out string? reason) ? null : reason;
    }
}
