using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.SessionKeys;

namespace MilterCrypt.OpenPgp.Messages.Scanning;

/// <summary>Gathers whom the session-key packets of a message name, apart by version, since only those count that fit the
/// encrypted data, which comes last.</summary>
internal sealed class SessionKeyCollector
{
    private const int MaxPackets = 1000;
    private const int MaxPassphrases = 16;

    private readonly List<KeyId> keyIds = [];
    private readonly List<Fingerprint> fingerprints = [];
    private int keyIdWildcards;
    private int fingerprintWildcards;
    private int oldPassphrases;
    private int newPassphrases;
    private int packets;

    /// <summary>Whether there were more than any message needs.</summary>
    internal bool IsFull => packets > MaxPackets || oldPassphrases + newPassphrases > MaxPassphrases;

    /// <summary>Adds a packet of RFC 9580 §5.1.</summary>
    /// <returns>False where it is none: of no known form, or with something beside the session key.</returns>
    internal bool AddPublicKey(ReadOnlySpan<byte> body)
    {
        packets++;
        if (!EncryptedSessionKey.TryRead(body, out var packet))
            return false;

        if (packet.Version == 6)
            AddFingerprint(packet.Fingerprint);
        else
            AddKeyId(packet.KeyId);
        return true;
    }

    /// <summary>Adds a packet of RFC 9580 §5.3.</summary>
    /// <returns>False where it is none.</returns>
    internal bool AddPassphrase(ReadOnlySpan<byte> body)
    {
        packets++;
        _ = body is [6, ..] ? newPassphrases++ : oldPassphrases++;
        return body is [4 or 5 or 6, ..] && body.Length <= SessionKeyForm.MaxPassphraseLength;
    }

    /// <summary>Those that fit: packets of version 3 (and 2, which old PGP wrote), or of version 6.</summary>
    internal MessageRecipients For(int version) => version == 6
        ? new MessageRecipients([], fingerprints, fingerprintWildcards, newPassphrases)
        : new MessageRecipients(keyIds, [], keyIdWildcards, oldPassphrases);

    private void AddKeyId(KeyId keyId)
    {
        if (keyId.IsWildcard)
            keyIdWildcards++;
        else
            keyIds.Add(keyId);
    }

    private void AddFingerprint(Fingerprint? fingerprint)
    {
        if (fingerprint is null)
            fingerprintWildcards++;
        else
            fingerprints.Add(fingerprint);
    }
}
