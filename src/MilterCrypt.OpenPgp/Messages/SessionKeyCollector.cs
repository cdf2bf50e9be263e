using MilterCrypt.OpenPgp.Packets;

namespace MilterCrypt.OpenPgp.Messages;

/// <summary>Gathers whom the session-key packets of a message name, apart by version, since only those count that fit the
/// encrypted data, which comes last.</summary>
internal sealed class SessionKeyCollector
{
    /// <summary>The octets of a packet that are looked at.</summary>
    internal const int HeadLength = 3 + Fingerprint.LengthV6;

    private const int MaxPackets = 1000;

    private readonly List<KeyId> keyIds = [];
    private readonly List<Fingerprint> fingerprints = [];
    private int keyIdWildcards;
    private int fingerprintWildcards;
    private int oldPassphrases;
    private int newPassphrases;
    private int packets;

    /// <summary>Whether there were more than any message needs.</summary>
    internal bool IsFull => packets > MaxPackets;

    /// <summary>Adds a packet of RFC 9580 §5.1; one of an unknown form opens nothing, and counts for nothing.</summary>
    internal void AddPublicKey(ReadOnlySpan<byte> head)
    {
        packets++;
        switch (head)
        {
            case [2 or 3, .. var rest] when rest.Length > KeyId.Length:
                AddKeyId(KeyId.FromBytes(rest));
                break;
            case [6, 0, ..]:
                fingerprintWildcards++;
                break;
            case [6, 1 + Fingerprint.LengthV4, 4, .. var rest] when rest.Length >= Fingerprint.LengthV4:
                fingerprints.Add(Fingerprint.FromBytes(rest[..Fingerprint.LengthV4]));
                break;
            case [6, 1 + Fingerprint.LengthV6, 6, .. var rest] when rest.Length >= Fingerprint.LengthV6:
                fingerprints.Add(Fingerprint.FromBytes(rest[..Fingerprint.LengthV6]));
                break;
        }
    }

    /// <summary>Adds a packet of RFC 9580 §5.3.</summary>
    internal void AddPassphrase(ReadOnlySpan<byte> head)
    {
        packets++;
        _ = head is [6, ..] ? newPassphrases++ : oldPassphrases++;
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
