using MilterCrypt.OpenPgp.Packets;

namespace MilterCrypt.OpenPgp.Messages;

/// <summary>Whom an encrypted message names, in the session-key packets that fit its encrypted data (RFC 9580 §10.3.2.1):
/// others are not looked at by who decrypts.</summary>
/// <param name="KeyIds">From version 3 packets.</param>
/// <param name="Fingerprints">From version 6 packets.</param>
/// <param name="WildcardCount">Packets that name nobody (§5.1.8).</param>
/// <param name="PassphraseCount">Packets for a passphrase (§5.3).</param>
public sealed record MessageRecipients(
    IReadOnlyList<KeyId> KeyIds, IReadOnlyList<Fingerprint> Fingerprints, int WildcardCount, int PassphraseCount)
{
    /// <summary>Whether a key is named, by its fingerprint or its key ID.</summary>
    public bool Name(Fingerprint key) => Fingerprints.Contains(key) || KeyIds.Contains(key.KeyId);
}
