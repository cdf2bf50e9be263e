using System.Security.Cryptography;
using MilterCrypt.Native.Memory;
using MilterCrypt.OpenPgp.Armor;
using MilterCrypt.OpenPgp.Packets;

namespace MilterCrypt.OpenPgp.Messages;

/// <summary>How a message is written, as far as that is not the recipients' to say.</summary>
public sealed record EncryptionOptions
{
    /// <summary>Whether the output is armor rather than binary.</summary>
    public bool Armor { get; init; } = true;

    /// <summary>How lines of armor end.</summary>
    public LineEnding LineEnding { get; init; } = LineEnding.CrLf;

    /// <summary>Passphrases, UTF-8, of which each opens the message beside the recipients' keys. The caller clears them once
    /// the session keys are written.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Passphrases { get; init; } = [];

    /// <summary>Whether those who know a passphrase have software that reads RFC 9580: then the passphrase is hardened by
    /// Argon2, and the message encrypted with AEAD. GnuPG reads neither.</summary>
    public bool PassphrasesNeedRfc9580 { get; init; }

    /// <summary>Who signs the message, inside it: keys that can sign; none for no signature.</summary>
    public IReadOnlyList<PublicKey> Signers { get; init; } = [];

    /// <summary>Whether the signatures say that the recipients are whom the signer means (RFC 9580 §5.2.3.36). Even so nothing is said where
    /// one of them is anonymous, of unknown certificate, or one of more than 500.</summary>
    public bool NamesIntendedRecipients { get; init; } = true;

    /// <summary>Whether the signatures are over text, whose line ends may change on the way (RFC 9580 §5.2.1.2).</summary>
    public bool IsText { get; init; }

    /// <summary>Which of the signing key's user IDs the signer speaks as, or null to leave that open.</summary>
    public UserId? SignersUserId { get; init; }

    /// <summary>Says when the signatures are made.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Where buffers for plaintext come from. A process shares one pool; without it each message has its own.</summary>
    public ClearedBufferPool Buffers { get; init; } = new();

    /// <summary>Makes session keys, salts and prefixes. (Ephemeral keys and RSA padding are libcrypto's own.)</summary>
    public RandomNumberGenerator Random { get; init; } = RandomNumberGenerator.Create();
}
