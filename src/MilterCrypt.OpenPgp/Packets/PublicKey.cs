using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using MilterCrypt.Native.LibCrypto;

namespace MilterCrypt.OpenPgp.Packets;

/// <summary>A public key or public subkey packet of version 4 or 6 (RFC 9580 §5.5.2). Immutable; it owns a copy of its
/// octets. That it can be read says nothing about whether it may be used: certificates are judged for that.</summary>
public sealed class PublicKey
{
    /// <summary>The largest packet body read: above any RSA key in use, far below what would cost something.</summary>
    public const int MaxLength = 16 * 1024;

    private readonly byte[] body;
    private EvpPublicKey? nativeKey;

    private PublicKey(byte[] body, bool isSubkey, DateTimeOffset createdAt, PublicKeyAlgorithm algorithm, PublicKeyMaterial material)
    {
        this.body = body;
        IsSubkey = isSubkey;
        CreatedAt = createdAt;
        Algorithm = algorithm;
        Material = material;
        Fingerprint = ComputeFingerprint();
    }

    /// <summary>4 or 6.</summary>
    public int Version => body[0];

    /// <summary>The number that tells by which secret the key works: keys that share it share the secret, whatever else differs
    /// between them. RSA's modulus, the y of DSA and ElGamal, a curve's point.</summary>
    public ReadOnlyMemory<byte> SecretsNumber => Material switch
    {
        PublicKeyMaterial.Rsa rsa => rsa.Modulus,
        PublicKeyMaterial.Dsa dsa => dsa.Y,
        PublicKeyMaterial.ElGamal elGamal => elGamal.Y,
        PublicKeyMaterial.Ecdsa ecdsa => ecdsa.Point,
        PublicKeyMaterial.Ecdh ecdh => ecdh.Point,
        PublicKeyMaterial.EdDsaLegacy eddsa => eddsa.Point,
        PublicKeyMaterial.X25519 x25519 => x25519.Point,
        PublicKeyMaterial.X448 x448 => x448.Point,
        PublicKeyMaterial.Ed25519 ed25519 => ed25519.Point,
        PublicKeyMaterial.Ed448 ed448 => ed448.Point,
        _ => Body,
    };

    /// <summary>Whether the packet was a subkey packet; the fingerprint does not depend on it.</summary>
    public bool IsSubkey { get; }

    /// <summary>When the key says it was made; whole seconds, UTC.</summary>
    public DateTimeOffset CreatedAt { get; }

    /// <summary>The algorithm's number, which may be one that is unknown here.</summary>
    public PublicKeyAlgorithm Algorithm { get; }

    /// <summary>The key's numbers, or why there are none to use.</summary>
    public PublicKeyMaterial Material { get; }

    /// <summary>The key's name.</summary>
    public Fingerprint Fingerprint { get; }

    /// <summary>The key's short name.</summary>
    public KeyId KeyId => Fingerprint.KeyId;

    /// <summary>Whether its algorithm encrypts.</summary>
    public bool CanEncrypt => Material switch
    {
        PublicKeyMaterial.Rsa => Algorithm != PublicKeyAlgorithm.RsaSignOnly,
        PublicKeyMaterial.Ecdh or PublicKeyMaterial.X25519 or PublicKeyMaterial.X448 or PublicKeyMaterial.ElGamal => true,
        _ => false,
    };

    /// <summary>The packet's body, without the header.</summary>
    public ReadOnlyMemory<byte> Body => body;

    /// <summary>Reads a packet's body.</summary>
    /// <param name="packetBody">The body, copied.</param>
    /// <param name="isSubkey">Whether the packet's tag is that of a subkey.</param>
    /// <param name="key">The key; its <see cref="Material"/> may still be unusable.</param>
    /// <param name="reason">Why it isn't a key of a version that is supported, such as "version 3 key".</param>
    public static bool TryRead(
        ReadOnlySpan<byte> packetBody, bool isSubkey, [NotNullWhen(true)] out PublicKey? key, [NotNullWhen(false)] out string? reason)
    {
        key = null;
        reason = packetBody switch
        {
            [] => "empty key packet",
            [2 or 3, ..] => $"version {packetBody[0]} key, obsolete and insecure",
            [5, ..] => "version 5 key (LibrePGP), not supported",
            [not (4 or 6), ..] => $"unknown key version {packetBody[0]}",
            { Length: > MaxLength } => $"key packet of {packetBody.Length} octets",
            _ when packetBody.Length < HeaderLength(packetBody[0]) => "key packet cut short",
            _ => null,
        };
        if (reason is not null)
            return false;

        byte[] body = packetBody.ToArray();
        int header = HeaderLength(body[0]);

        // RFC 9580 §5.5.2.3: version 6 says how long its material is.
        if (body[0] == 6 && BinaryPrimitives.ReadUInt32BigEndian(body.AsSpan(6)) != (uint)(body.Length - header))
        {
            reason = "key packet whose material has the wrong length";
            return false;
        }

        var createdAt = DateTimeOffset.FromUnixTimeSeconds(BinaryPrimitives.ReadUInt32BigEndian(body.AsSpan(1)));
        var algorithm = (PublicKeyAlgorithm)body[5];
        var material = PublicKeyMaterialReader.Read(body[0], algorithm, body.AsMemory(header));
        key = new PublicKey(body, isSubkey, createdAt, algorithm, material);
        return true;
    }

    /// <summary>Reads the public part at the front of a secret key packet's body (RFC 9580 §5.5.3), leaving the secret
    /// part untouched.</summary>
    /// <param name="packetBody">The body; only the public part is copied.</param>
    /// <param name="isSubkey">Whether the packet's tag is that of a subkey.</param>
    /// <param name="key">The public key.</param>
    /// <param name="reason">Why there is none.</param>
    public static bool TryReadPublicPart(
        ReadOnlyMemory<byte> packetBody, bool isSubkey, [NotNullWhen(true)] out PublicKey? key, [NotNullWhen(false)] out string? reason)
    {
        key = null;
        reason = "secret key packet cut short";
        if (packetBody.IsEmpty || packetBody.Length < HeaderLength(packetBody.Span[0]))
            return false;

        var octets = packetBody.Span;
        int length = octets[0] == 6
            ? (int)Math.Min(HeaderLength(6) + (long)BinaryPrimitives.ReadUInt32BigEndian(octets[6..]), int.MaxValue)
            : HeaderLength(4) + PublicKeyMaterialReader.Measure(octets[0], (PublicKeyAlgorithm)octets[5], packetBody[HeaderLength(4)..]);
        return length <= packetBody.Length && TryRead(octets[..length], isSubkey, out key, out reason);
    }

    /// <summary>Writes the key in the framing that fingerprints and signatures hash (RFC 9580 §5.2.4, §5.5.4), which
    /// does not depend on how the packet was framed.</summary>
    internal void WriteHashedForm(IBufferWriter<byte> output)
    {
        Span<byte> framing = stackalloc byte[5];
        if (Version == 4)
        {
            framing[0] = 0x99;
            BinaryPrimitives.WriteUInt16BigEndian(framing[1..], (ushort)body.Length);
            output.Write(framing[..3]);
        }
        else
        {
            framing[0] = 0x9B;
            BinaryPrimitives.WriteUInt32BigEndian(framing[1..], (uint)body.Length);
            output.Write(framing);
        }

        output.Write(body);
    }

    /// <summary>Libcrypto's form of the key, made at the first use and kept, since making it costs as much as using
    /// it; null where <see cref="NativeKey.Import"/> finds nothing to use. Safe from several threads.</summary>
    internal EvpPublicKey? GetNativeKey()
    {
        if (Volatile.Read(ref nativeKey) is { } kept)
            return kept;

        var made = NativeKey.Import(Material);
        if (made is null || Interlocked.CompareExchange(ref nativeKey, made, null) is not { } first)
            return made;

        made.Dispose();
        return first;
    }

    private static int HeaderLength(byte version) => version == 6 ? 10 : 6;

    private Fingerprint ComputeFingerprint()
    {
        var hashed = new ArrayBufferWriter<byte>(5 + body.Length);
        WriteHashedForm(hashed);
        byte[] digest = Version == 4 ? SHA1.HashData(hashed.WrittenSpan) : SHA256.HashData(hashed.WrittenSpan);
        return Fingerprint.FromBytes(digest);
    }
}
