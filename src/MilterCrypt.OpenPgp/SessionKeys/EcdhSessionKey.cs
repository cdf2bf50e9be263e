using System.Buffers;
using System.Security.Cryptography;
using MilterCrypt.Native.LibCrypto;
using MilterCrypt.OpenPgp.Packets;
using HashAlgorithm = MilterCrypt.OpenPgp.Packets.HashAlgorithm;
using SymmetricAlgorithm = MilterCrypt.OpenPgp.Packets.SymmetricAlgorithm;

namespace MilterCrypt.OpenPgp.SessionKeys;

/// <summary>A session key for an ECDH key (RFC 9580 §5.1.5, §11.5): NIST, Brainpool, and Curve25519 in its first form.</summary>
internal static class EcdhSessionKey
{
    // Every session key is padded to this, so that its length doesn't show the cipher (§11.5).
    private const int PaddedLength = 40;

    // Others pad to less, or to more (§11.5 has 8 octets at the least).
    private const int MaxPadded = 56;
    private const int MaxSharedSecret = 66;
    private const int MaxHash = 64;
    private const byte NativePoint = 0x40;

    internal static void Write(
        ArrayBufferWriter<byte> body, SessionKey session, EvpPublicKey native, PublicKeyMaterial.Ecdh key, Fingerprint fingerprint)
    {
        bool isNative = !key.Curve.IsWeierstrass;
        byte[] point = new byte[native.EphemeralKeyLength + (isNative ? 1 : 0)];
        if (isNative)
            point[0] = NativePoint;

        Span<byte> secret = stackalloc byte[MaxSharedSecret];
        secret = secret[..native.SharedSecretLength];
        Span<byte> hash = stackalloc byte[MaxHash];
        Span<byte> padded = stackalloc byte[PaddedLength];
        Span<byte> wrapped = stackalloc byte[PaddedLength + AesKeyWrap.Overhead];
        try
        {
            native.AgreeWithEphemeralKey(point.AsSpan(isNative ? 1 : 0), secret);
            DeriveWrappingKey(secret, key, fingerprint, hash);
            session.WriteChecksummed(padded);
            padded[session.ChecksummedLength..].Fill((byte)(PaddedLength - session.ChecksummedLength));
            AesKeyWrap.Wrap(hash[..WrappingKeyLength(key.KdfCipher)], padded, wrapped);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
            CryptographicOperations.ZeroMemory(hash);
            CryptographicOperations.ZeroMemory(padded);
        }

        body.WriteNumber(point);
        body.WriteOctets((byte)wrapped.Length);
        body.Write(wrapped);
    }

    /// <summary>The ephemeral point, as its kind of curve has it; null where it is of another kind.</summary>
    internal static ReadOnlyMemory<byte>? ReadPoint(EncryptedSessionKey packet, PublicKeyMaterial.Ecdh key)
    {
        var fields = packet.Fields;
        if (!Mpi.TryRead(ref fields, strict: packet.Version >= 6, out var point))
            return null;
        if (key.Curve.IsWeierstrass)
            return point;
        return point.Span is [NativePoint, ..] ? point[1..] : null;
    }

    /// <summary>Opens a packet with the secret that its ephemeral key and the recipient's share.</summary>
    internal static void Open(
        SessionKeyChoice choice, EncryptedSessionKey packet, PublicKeyMaterial.Ecdh key, Fingerprint fingerprint, ReadOnlySpan<byte> secret)
    {
        // A length octet precedes what is wrapped; the packet's form was checked.
        var fields = packet.Fields;
        if (!Mpi.TryRead(ref fields, strict: packet.Version >= 6, out _))
            return;
        var wrapped = fields.Span[1..];
        if (wrapped.Length > MaxPadded + AesKeyWrap.Overhead)
            return;

        Span<byte> hash = stackalloc byte[MaxHash];
        Span<byte> padded = stackalloc byte[MaxPadded];
        padded = padded[..(wrapped.Length - AesKeyWrap.Overhead)];
        try
        {
            DeriveWrappingKey(secret, key, fingerprint, hash);
            if (AesKeyWrap.TryUnwrap(hash[..WrappingKeyLength(key.KdfCipher)], wrapped, padded))
                Unpad(choice, padded);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(hash);
            CryptographicOperations.ZeroMemory(padded);
        }
    }

    // The wrapping proved that these octets are the sender's own, so that nothing is learned from where they are wrong.
    private static void Unpad(SessionKeyChoice choice, ReadOnlySpan<byte> padded)
    {
        int padding = padded[^1];
        if (padding == 0 || padding >= padded.Length || padded[^padding..].ContainsAnyExcept((byte)padding))
            return;
        var message = padded[..^padding];
        if (choice.KeyLengths.Contains(message.Length - choice.ChecksummedOverhead))
            choice.OfferChecksummed(ConstantTime.Yes, message);
    }

    /// <summary>The hash of counter, secret and parameters; its first octets are the wrapping key.</summary>
    private static void DeriveWrappingKey(
        ReadOnlySpan<byte> secret, PublicKeyMaterial.Ecdh key, Fingerprint fingerprint, Span<byte> hash)
    {
        HashAlgorithmName name = key.KdfHash switch
        {
            HashAlgorithm.Sha256 => HashAlgorithmName.SHA256,
            HashAlgorithm.Sha384 => HashAlgorithmName.SHA384,
            HashAlgorithm.Sha512 => HashAlgorithmName.SHA512,
            _ => throw new CryptographicException($"Key {fingerprint} derives keys with hash {(int)key.KdfHash}."),
        };
        using var derivation = IncrementalHash.CreateHash(name);
        derivation.AppendData([0, 0, 0, 1]);
        derivation.AppendData(secret);
        derivation.AppendData([(byte)key.Curve.Oid.Length]);
        derivation.AppendData(key.Curve.Oid.Span);
        derivation.AppendData([(byte)PublicKeyAlgorithm.Ecdh, 3, 1, (byte)key.KdfHash, (byte)key.KdfCipher]);
        derivation.AppendData("Anonymous Sender    "u8);
        derivation.AppendData(fingerprint.Octets);
        derivation.GetHashAndReset(hash);
    }

    private static int WrappingKeyLength(SymmetricAlgorithm cipher) => cipher switch
    {
        SymmetricAlgorithm.Aes128 => 16,
        SymmetricAlgorithm.Aes192 => 24,
        SymmetricAlgorithm.Aes256 => 32,
        _ => throw new CryptographicException($"Session keys are not wrapped with cipher {(int)cipher}."),
    };
}
