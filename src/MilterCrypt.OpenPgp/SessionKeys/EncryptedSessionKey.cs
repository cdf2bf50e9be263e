using System.Diagnostics.CodeAnalysis;
using MilterCrypt.OpenPgp.Packets;

namespace MilterCrypt.OpenPgp.SessionKeys;

/// <summary>A public-key encrypted session key packet (RFC 9580 §5.1), read as far as it can be without a secret. Immutable;
/// it owns a copy of its octets.</summary>
public sealed class EncryptedSessionKey
{
    private EncryptedSessionKey(int version, KeyId keyId, Fingerprint? fingerprint, ReadOnlySpan<byte> body, ReadOnlySpan<byte> fields)
    {
        Version = version;
        KeyId = keyId;
        Fingerprint = fingerprint;
        Algorithm = (PublicKeyAlgorithm)fields[0];
        Body = body.ToArray();
        Fields = Body[^(fields.Length - 1)..];
    }

    /// <summary>3 (and 2, which old PGP wrote) before version 1 of the encrypted data, 6 before version 2.</summary>
    public int Version { get; }

    /// <summary>Whom it is for, in version 3; all zeros stand for nobody named. In version 6 made of the fingerprint.</summary>
    public KeyId KeyId { get; }

    /// <summary>Whom it is for, in version 6; null for nobody named.</summary>
    public Fingerprint? Fingerprint { get; }

    /// <summary>The recipient's algorithm.</summary>
    public PublicKeyAlgorithm Algorithm { get; }

    /// <summary>Whether it names nobody (RFC 9580 §5.1.8).</summary>
    public bool IsAnonymous => KeyId.IsWildcard && Fingerprint is null;

    /// <summary>The packet's body, as it was read: for whoever has the secret key elsewhere.</summary>
    public ReadOnlyMemory<byte> Body { get; }

    /// <summary>The algorithm's own octets, at the body's end.</summary>
    internal ReadOnlyMemory<byte> Fields { get; }

    /// <summary>Reads a packet's body.</summary>
    /// <returns>False where it is no such packet: of no known form, or with something beside the session key.</returns>
    public static bool TryRead(ReadOnlySpan<byte> packetBody, [NotNullWhen(true)] out EncryptedSessionKey? packet)
    {
        packet = null;
        if (packetBody.Length > SessionKeyForm.MaxLength)
            return false;

        switch (packetBody)
        {
            case [2 or 3, .. var rest] when rest.Length > KeyId.Length:
                return TryMake(3, KeyId.FromBytes(rest), null, packetBody, rest[KeyId.Length..], out packet);
            case [6, 0, .. var rest]:
                return TryMake(6, default, null, packetBody, rest, out packet);
            case [6, 1 + Fingerprint.LengthV4, 4, .. var rest] when rest.Length > Fingerprint.LengthV4:
                return TryMake(6, Fingerprint.FromBytes(rest[..Fingerprint.LengthV4]), packetBody, rest[Fingerprint.LengthV4..], out packet);
            case [6, 1 + Fingerprint.LengthV6, 6, .. var rest] when rest.Length > Fingerprint.LengthV6:
                return TryMake(6, Fingerprint.FromBytes(rest[..Fingerprint.LengthV6]), packetBody, rest[Fingerprint.LengthV6..], out packet);
            default:
                return false;
        }
    }

    /// <summary>Whether it may be meant for a key: it names the key or nobody, and is of the key's algorithm.</summary>
    public bool MayBeFor(PublicKey key) =>
        (IsAnonymous || (Version == 6 ? key.Fingerprint.Equals(Fingerprint) : key.KeyId == KeyId))
        && Kind(key.Algorithm) == Kind(Algorithm);

    private static bool TryMake(
        int version, Fingerprint fingerprint, ReadOnlySpan<byte> body, ReadOnlySpan<byte> fields, out EncryptedSessionKey? packet) =>
        TryMake(version, fingerprint.KeyId, fingerprint, body, fields, out packet);

    private static bool TryMake(
        int version, KeyId keyId, Fingerprint? fingerprint, ReadOnlySpan<byte> body, ReadOnlySpan<byte> fields,
        out EncryptedSessionKey? packet)
    {
        packet = SessionKeyForm.IsEncryptedKey(version, fields)
            ? new EncryptedSessionKey(version, keyId, fingerprint, body, fields)
            : null;
        return packet is not null;
    }

    private static PublicKeyAlgorithm Kind(PublicKeyAlgorithm algorithm) =>
        algorithm == PublicKeyAlgorithm.RsaEncryptOnly ? PublicKeyAlgorithm.Rsa : algorithm;
}
