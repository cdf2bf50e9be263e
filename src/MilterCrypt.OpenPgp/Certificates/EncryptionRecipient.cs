using MilterCrypt.OpenPgp.Packets;

namespace MilterCrypt.OpenPgp.Certificates;

/// <summary>One key that a message is encrypted to, and what its owner's software can read: the product of judging
/// a certificate, and all that the encryptor needs to know of it.</summary>
/// <param name="Key">The encryption-capable key or subkey.</param>
/// <param name="Capabilities">What the certificate's features and preferences say.</param>
/// <param name="IsAnonymous">Whether the key's identity is left out of the message (RFC 9580 §5.1.8).</param>
public sealed record EncryptionRecipient(PublicKey Key, RecipientCapabilities Capabilities, bool IsAnonymous = false)
{
    /// <summary>The certificate that the key belongs to, by the fingerprint of its primary key; null where it is not known.
    /// Who signs a message names it as meant for this certificate.</summary>
    public Fingerprint? Certificate { get; init; }
}

/// <summary>What a certificate's owner can read (RFC 9580 §5.2.3.14, §5.2.3.15, §5.2.3.32).</summary>
/// <param name="SupportsSeipdV2">Features bit 0x08: version 2 of the encrypted data packet.</param>
/// <param name="Ciphers">The preferred symmetric ciphers, best first; empty where nothing is said.</param>
/// <param name="AeadCiphersuites">The preferred AEAD ciphersuites, best first; empty where nothing is said.</param>
public sealed record RecipientCapabilities(
    bool SupportsSeipdV2,
    IReadOnlyList<SymmetricAlgorithm> Ciphers,
    IReadOnlyList<AeadCiphersuite> AeadCiphersuites)
{
    /// <summary>Features bit 0x01, version 1 of the encrypted data packet, the oldest with integrity protection; null where
    /// nothing is said of features. Messages have it all the same.</summary>
    public bool? SupportsSeipdV1 { get; init; }

    /// <summary>The hash functions that the owner wants signatures for him to be made with, best first; empty where nothing is
    /// said.</summary>
    public IReadOnlyList<HashAlgorithm> Hashes { get; init; } = [];
}
