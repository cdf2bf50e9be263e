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
        switch (body)
        {
            case [2 or 3, .. var rest] when rest.Length > KeyId.Length:
                AddKeyId(KeyId.FromBytes(rest));
                return SessionKeyForm.IsEncryptedKey(3, rest[KeyId.Length..]);
            case [6, 0, .. var rest]:
                fingerprintWildcards++;
                return SessionKeyForm.IsEncryptedKey(6, rest);
            case [6, 1 + Fingerprint.LengthV4, 4, .. var rest] when rest.Length >= Fingerprint.LengthV4:
                fingerprints.Add(Fingerprint.FromBytes(rest[..Fingerprint.LengthV4]));
                return SessionKeyForm.IsEncryptedKey(6, rest[Fingerprint.LengthV4..]);
            case [6, 1 + Fingerprint.LengthV6, 6, .. var rest] when rest.Length >= Fingerprint.LengthV6:
                fingerprints.Add(Fingerprint.FromBytes(rest[..Fingerprint.LengthV6]));
                return SessionKeyForm.IsEncryptedKey(6, rest[Fingerprint.LengthV6..]);
            default:
                return false;
        }
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
}
