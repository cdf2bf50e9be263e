using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using MilterCrypt.Native.LibCrypto;
using MilterCrypt.OpenPgp.Packets;

namespace MilterCrypt.OpenPgp.Secrets;

/// <summary>Makes fresh keys.</summary>
internal static class SecretKeyGenerator
{
    private const int RsaBits = 3072;
    private const int RawKeyLength = 32;

    // What marks a point in its curve's own encoding (RFC 9580 §11.2).
    private const byte NativePoint = 0x40;

    /// <summary>Makes one: RSA with 3072 bits, EdDSALegacy, ECDH over Curve25519, Ed25519 or X25519.</summary>
    /// <param name="version">4 or 6.</param>
    /// <param name="algorithm">One of these; the legacy ones in version 4 alone.</param>
    /// <param name="isSubkey">Whether it hangs on another key.</param>
    /// <param name="createdAt">What it says of its age.</param>
    /// <param name="random">Makes the secret of all but RSA, which libcrypto makes with randomness of its own.</param>
    /// <exception cref="CryptographicException">There was no randomness.</exception>
    internal static SecretKey Make(
        int version, PublicKeyAlgorithm algorithm, bool isSubkey, DateTimeOffset createdAt, RandomNumberGenerator random)
    {
        var material = new ArrayBufferWriter<byte>();
        var native = MakeNative(algorithm, material, random);
        try
        {
            return SecretKey.Of(MakePublicKey(version, algorithm, isSubkey, createdAt, material.WrittenSpan), new SecretMaterial(native, null));
        }
        catch
        {
            native.Dispose();
            throw;
        }
    }

    private static EvpPrivateKey MakeNative(PublicKeyAlgorithm algorithm, ArrayBufferWriter<byte> material, RandomNumberGenerator random)
    {
        if (algorithm == PublicKeyAlgorithm.Rsa)
            return MakeRsa(material);

        var kind = algorithm is PublicKeyAlgorithm.Ecdh or PublicKeyAlgorithm.X25519 ? RawKeyKind.X25519 : RawKeyKind.Ed25519;
        var native = MakeRaw(kind, random);
        Span<byte> point = stackalloc byte[1 + RawKeyLength];
        point[0] = NativePoint;
        native.ExportRawPublicKey(point[1..]);
        switch (algorithm)
        {
            case PublicKeyAlgorithm.EdDsaLegacy:
                WriteCurve(material, EcCurve.Ed25519Legacy);
                material.WriteNumber(point);
                break;
            case PublicKeyAlgorithm.Ecdh:
                // What RFC 9580 §11.5.1 has for this curve: SHA-256 and AES-128.
                WriteCurve(material, EcCurve.Curve25519Legacy);
                material.WriteNumber(point);
                material.WriteOctets(3, 1, (byte)Packets.HashAlgorithm.Sha256, (byte)Packets.SymmetricAlgorithm.Aes128);
                break;
            default:
                material.Write(point[1..]);
                break;
        }

        return native;
    }

    private static EvpPrivateKey MakeRsa(ArrayBufferWriter<byte> material)
    {
        var native = EvpPrivateKey.GenerateRsa(RsaBits);
        Span<byte> number = stackalloc byte[RsaBits / 8];
        native.ExportNumber(PrivateKeyNumber.Modulus, number);
        material.WriteNumber(number);
        native.ExportNumber(PrivateKeyNumber.Exponent, number);
        material.WriteNumber(number);
        return native;
    }

    private static EvpPrivateKey MakeRaw(RawKeyKind kind, RandomNumberGenerator random)
    {
        Span<byte> secret = stackalloc byte[RawKeyLength];
        try
        {
            random.GetBytes(secret);

            // A generator that does nothing would make a key that everybody has.
            if (!secret.ContainsAnyExcept((byte)0))
                throw new CryptographicException("The random number generator gave zeros.");

            // RFC 7748 §5: the scalar that is used. RFC 9580 §5.5.5.6 wants the legacy form to say it, and the new one may.
            if (kind == RawKeyKind.X25519)
            {
                secret[0] &= 0xF8;
                secret[^1] = (byte)((secret[^1] & 0x7F) | 0x40);
            }

            return EvpPrivateKey.ImportRaw(kind, secret)
                ?? throw new CryptographicException("libcrypto took no fresh key.");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    private static void WriteCurve(ArrayBufferWriter<byte> material, EcCurve curve)
    {
        material.WriteOctets((byte)curve.Oid.Length);
        material.Write(curve.Oid.Span);
    }

    private static PublicKey MakePublicKey(
        int version, PublicKeyAlgorithm algorithm, bool isSubkey, DateTimeOffset createdAt, ReadOnlySpan<byte> material)
    {
        var body = new ArrayBufferWriter<byte>();
        Span<byte> number = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(number, checked((uint)createdAt.ToUnixTimeSeconds()));
        body.WriteOctets((byte)version);
        body.Write(number);
        body.WriteOctets((byte)algorithm);
        BinaryPrimitives.WriteInt32BigEndian(number, material.Length);
        if (version == 6)
            body.Write(number);
        body.Write(material);
        return PublicKey.TryRead(body.WrittenSpan, isSubkey, out var key, out string? reason) && key.Material is not PublicKeyMaterial.Unusable
            ? key
            : throw new CryptographicException($"A fresh key can't be read: {reason}");
    }
}
