using MilterCrypt.OpenPgp;
using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.Secrets;
using MilterCrypt.OpenPgp.SessionKeys;
using MilterCrypt.TestSupport;

namespace MilterCrypt.Fuzz.Targets;

/// <summary>Keys that the OpenPGP targets open and verify with: one of each kind in tests/vectors/openpgp-rfc9580.</summary>
internal static class OpenPgpKeys
{
    private static readonly string[] Owners =
        ["v4-ed25519-x25519", "v4-legacy", "v4-nistp", "v4-rsa", "v6-25519-annex-a-4", "v6-ed448-x448", "v6-nistp", "v6-rsa"];

    /// <summary>All of them.</summary>
    public static IReadOnlyList<SecretCertificate> Secrets { get; } = [.. Owners.Select(owner =>
        SecretCertificate.Read(File.ReadAllBytes(Repository.PathOf($"tests/vectors/openpgp-rfc9580/{owner}/tsk.asc"))))];

    /// <summary>Their public parts.</summary>
    public static IReadOnlyList<Certificate> Certificates { get; } = [.. Secrets.Select(secret => secret.Certificate)];

    /// <summary>Those that decrypt.</summary>
    public static IReadOnlyList<SecretKey> DecryptionKeys { get; } = [.. Secrets.SelectMany(secret => secret.DecryptionKeys)];

    /// <summary>What a hostile passphrase may cost here.</summary>
    public static S2kLimits SmallCost { get; } = new() { MaxIteratedOctets = 65_536, MaxArgon2Memory = 64, MaxArgon2Work = 128 };

    /// <summary>The time: the signatures among the seeds are made when they are needed.</summary>
    public static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    /// <summary>The key that signs for an owner.</summary>
    public static SecretKey SigningKey(int owner) => Secrets[owner].SigningKey(Now, AlgorithmPolicy.Default, out string? refusal)
        ?? throw new InvalidOperationException(refusal);

    /// <summary>The session key that is known to the targets.</summary>
    public static SessionKey Known(int packetVersion, SymmetricAlgorithm cipher) =>
        new(packetVersion, cipher, Enumerable.Repeat((byte)7, cipher.KeyLength()).ToArray());
}
