using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.SessionKeys;

namespace MilterCrypt.OpenPgp.Messages;

/// <summary>What became of a message that was read.</summary>
public abstract record MessageReading
{
    private MessageReading() { }

    /// <summary>It was whole, and the sink was told so.</summary>
    public sealed record Read(MessageContent Content) : MessageReading;

    /// <summary>It was not; what the sink was given is to be thrown away.</summary>
    public sealed record Refused(MessageRefusal Refusal) : MessageReading;
}

/// <summary>What a message was, beside its text.</summary>
/// <param name="Encryption">How it was encrypted; null where it was not, and anybody may have changed what is not signed.</param>
/// <param name="Format">What its maker said of the text: b for binary, t or u for text (RFC 9580 §5.9). Not signed.</param>
/// <param name="Signatures">What is to be thought of each signature, outermost first; empty where there are none.</param>
public sealed record MessageContent(EncryptionFacts? Encryption, char Format, IReadOnlyList<SignatureVerdict> Signatures);

/// <summary>How a message was encrypted.</summary>
/// <param name="Form">The kind of its encrypted data packet.</param>
/// <param name="Cipher">The cipher.</param>
/// <param name="Mode">The AEAD mode, where the form has one.</param>
public sealed record EncryptionFacts(EncryptedDataForm Form, SymmetricAlgorithm Cipher, AeadAlgorithm? Mode);

/// <summary>The kinds of encrypted data that are read: those with integrity protection.</summary>
public enum EncryptedDataForm
{
    /// <summary>Version 1, with a modification detection code (RFC 9580 §5.13.1).</summary>
    SeipdV1,

    /// <summary>Version 2, authenticated encryption (RFC 9580 §5.13.2).</summary>
    SeipdV2,

    /// <summary>GnuPG's packet 20 (LibrePGP), authenticated encryption too.</summary>
    LibrePgpOcb,
}

/// <summary>What a reader needs to go on: somebody's secret key has to open one of these. Where the key is elsewhere, the
/// packets are what is sent there.</summary>
/// <param name="Packets">Session keys encrypted to public keys, of either version; those that don't fit are not tried.</param>
/// <param name="Passphrases">Session keys encrypted under passphrases.</param>
/// <param name="PacketVersion">The version that fits the encrypted data: 3, or 6.</param>
/// <param name="Cipher">The cipher, where the encrypted data says it outside of the encryption; else null.</param>
public sealed record SessionKeyRequest(
    IReadOnlyList<EncryptedSessionKey> Packets, IReadOnlyList<PassphraseSessionKey> Passphrases, int PacketVersion, SymmetricAlgorithm? Cipher);
