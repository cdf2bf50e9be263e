using MilterCrypt.OpenPgp.Packets;

namespace MilterCrypt.OpenPgp.Signatures;

/// <summary>What the signed subpackets of a signature say. They are only worth something once the signature is
/// verified. What the unsigned part says is never in here.</summary>
public sealed record SignatureFacts
{
    /// <summary>When the signature says it was made; null in one that can't be valid.</summary>
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>After how many seconds the signature ends; 0 for never.</summary>
    public uint ExpiresAfter { get; init; }

    /// <summary>How many seconds after its own creation the key ends; 0 for never, null where nothing is said.</summary>
    public uint? KeyExpiresAfter { get; init; }

    /// <summary>What the key may be used for; null where nothing is said.</summary>
    public KeyUsage? KeyUsage { get; init; }

    /// <summary>Features, the first octet (RFC 9580 §5.2.3.32); null where nothing is said.</summary>
    public byte? Features { get; init; }

    /// <summary>Preferred ciphers, best first; null where nothing is said.</summary>
    public IReadOnlyList<SymmetricAlgorithm>? Ciphers { get; init; }

    /// <summary>Preferred hash functions, best first; null where nothing is said.</summary>
    public IReadOnlyList<HashAlgorithm>? Hashes { get; init; }

    /// <summary>Preferred AEAD ciphersuites, best first; null where nothing is said. The older preference of modes
    /// alone (subpacket 34) is something else and not read.</summary>
    public IReadOnlyList<AeadCiphersuite>? AeadCiphersuites { get; init; }

    /// <summary>Whether the user ID calls itself the primary one.</summary>
    public bool IsPrimaryUserId { get; init; }

    /// <summary>Why something is revoked; null where nothing is said.</summary>
    public RevocationReason? RevocationReason { get; init; }

    /// <summary>Keys that may revoke this one (RFC 9580 §5.2.3.23).</summary>
    public IReadOnlyList<Fingerprint> RevocationKeys { get; init; } = [];

    /// <summary>Which of the key's user IDs the signer speaks as (RFC 9580 §5.2.3.30); null where nothing is said.</summary>
    public UserId? SignersUserId { get; init; }

    /// <summary>The certificates that a message was encrypted to, says who signed it (RFC 9580 §5.2.3.36); empty where
    /// nothing is said.</summary>
    public IReadOnlyList<Fingerprint> IntendedRecipients { get; init; } = [];

    /// <summary>When the signature itself ends, or null for never.</summary>
    public DateTimeOffset? ExpiresAt => CreatedAt is { } created && ExpiresAfter != 0 ? created.AddSeconds(ExpiresAfter) : null;
}
