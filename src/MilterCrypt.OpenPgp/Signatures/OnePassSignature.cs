using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using MilterCrypt.OpenPgp.Packets;

namespace MilterCrypt.OpenPgp.Signatures;

/// <summary>A one-pass signature packet (RFC 9580 §5.4): says before the data what the signature after it will need, and
/// proves nothing. Version 3 announces a version 4 signature, version 6 one of version 6.</summary>
internal sealed record OnePassSignature
{
    private const byte V3 = 3;
    private const byte V6 = 6;
    private const int HeaderLength = 4;

    /// <summary>The longest packet body: a header, a salt, a fingerprint, a flag.</summary>
    public const int MaxLength = HeaderLength + 1 + byte.MaxValue + Packets.Fingerprint.LengthV6 + 1;

    /// <summary>What the signature will say.</summary>
    public required SignatureType Type { get; init; }

    /// <summary>Its hash function.</summary>
    public required HashAlgorithm HashAlgorithm { get; init; }

    /// <summary>The algorithm of its key.</summary>
    public required PublicKeyAlgorithm KeyAlgorithm { get; init; }

    /// <summary>The key that will make it.</summary>
    public required KeyId KeyId { get; init; }

    /// <summary>The same in version 6; null in version 3.</summary>
    public Fingerprint? Fingerprint { get; init; }

    /// <summary>What is hashed first; empty in version 3.</summary>
    public ReadOnlyMemory<byte> Salt { get; init; }

    /// <summary>Whether the data follows; otherwise another one-pass packet over the same data does.</summary>
    public required bool IsLast { get; init; }

    /// <summary>The version of the signature that it announces.</summary>
    public int SignatureVersion => Fingerprint is null ? 4 : 6;

    /// <summary>Reads a packet's body.</summary>
    /// <returns>False with the reason, such as "unknown one-pass signature version 5".</returns>
    public static bool TryRead(
        ReadOnlySpan<byte> body, [NotNullWhen(true)] out OnePassSignature? packet, [NotNullWhen(false)] out string? reason)
    {
        packet = null;
        if (body is [not (V3 or V6), ..])
        {
            reason = $"unknown one-pass signature version {body[0]}";
            return false;
        }

        reason = "malformed one-pass signature packet";
        bool isV6 = body is [V6, ..];
        int saltLength = isV6 && body.Length > HeaderLength ? 1 + body[HeaderLength] : 0;
        int issuer = HeaderLength + saltLength;
        int issuerLength = isV6 ? Packets.Fingerprint.LengthV6 : KeyId.Length;
        if (body.Length != issuer + issuerLength + 1)
            return false;

        var fingerprint = isV6 ? Packets.Fingerprint.FromBytes(body.Slice(issuer, issuerLength)) : null;
        packet = new OnePassSignature
        {
            Type = (SignatureType)body[1],
            HashAlgorithm = (HashAlgorithm)body[2],
            KeyAlgorithm = (PublicKeyAlgorithm)body[3],
            KeyId = fingerprint?.KeyId ?? KeyId.FromBytes(body.Slice(issuer, issuerLength)),
            Fingerprint = fingerprint,
            Salt = isV6 ? body.Slice(HeaderLength + 1, saltLength - 1).ToArray() : default,
            IsLast = body[^1] != 0,
        };
        reason = null;
        return true;
    }

    /// <summary>Writes the packet's body.</summary>
    public void Write(IBufferWriter<byte> output)
    {
        output.WriteOctets(Fingerprint is null ? V3 : V6, (byte)Type, (byte)HashAlgorithm, (byte)KeyAlgorithm);
        if (Fingerprint is null)
        {
            Span<byte> keyId = stackalloc byte[KeyId.Length];
            KeyId.CopyTo(keyId);
            output.Write(keyId);
        }
        else
        {
            output.WriteOctets((byte)Salt.Length);
            output.Write(Salt.Span);
            output.Write(Fingerprint.Octets);
        }

        output.WriteOctets(IsLast ? (byte)1 : (byte)0);
    }

    /// <summary>Whether <paramref name="signature"/> is the one that was announced: all that both packets say agrees
    /// (RFC 9580 §5.4). An issuer that the signature doesn't name can't disagree.</summary>
    public bool Announces(Signature signature)
    {
        bool isSame = signature.Version == SignatureVersion && signature.Type == Type && signature.HashAlgorithm == HashAlgorithm
            && signature.KeyAlgorithm == KeyAlgorithm && signature.Salt.Span.SequenceEqual(Salt.Span);
        return isSame && NamesSameIssuer(signature.Hints);
    }

    private bool NamesSameIssuer(IssuerHints hints)
    {
        if (Fingerprint is not null && hints.Fingerprints.Count > 0)
            return hints.Fingerprints.Contains(Fingerprint);
        bool isNamed = hints.KeyIds.Contains(KeyId) || hints.Fingerprints.Any(issuer => issuer.KeyId == KeyId);
        return isNamed || (hints.KeyIds.Count == 0 && hints.Fingerprints.Count == 0);
    }
}
