using System.Buffers;
using System.Security.Cryptography;
using MilterCrypt.Native.LibCrypto;
using MilterCrypt.OpenPgp.Packets;

namespace MilterCrypt.OpenPgp.SessionKeys;

/// <summary>A session key for an X25519 or X448 key (RFC 9580 §5.1.6, §5.1.7): the ephemeral key, then the session key
/// wrapped under what HKDF makes of the shared secret.</summary>
internal sealed class NativeCurveSessionKey
{
    private const int MaxKeyLength = 56;
    private const int MaxWrappedLength = 32 + AesKeyWrap.Overhead;

    private readonly HashAlgorithmName hash;
    private readonly int wrappingKeyLength;
    private readonly byte[] info;

    private NativeCurveSessionKey(HashAlgorithmName hash, int wrappingKeyLength, ReadOnlySpan<byte> info)
    {
        this.hash = hash;
        this.wrappingKeyLength = wrappingKeyLength;
        this.info = info.ToArray();
    }

    /// <summary>For X25519: HKDF with SHA-256, AES-128 key wrap.</summary>
    internal static NativeCurveSessionKey X25519 { get; } = new(HashAlgorithmName.SHA256, 16, "OpenPGP X25519"u8);

    /// <summary>For X448: HKDF with SHA-512, AES-256 key wrap.</summary>
    internal static NativeCurveSessionKey X448 { get; } = new(HashAlgorithmName.SHA512, 32, "OpenPGP X448"u8);

    internal void Write(ArrayBufferWriter<byte> body, SessionKey session, EvpPublicKey native, ReadOnlySpan<byte> recipientKey)
    {
        int length = recipientKey.Length;
        Span<byte> keys = stackalloc byte[3 * MaxKeyLength];
        keys = keys[..(3 * length)];
        Span<byte> ephemeral = keys[..length];
        Span<byte> wrappingKey = stackalloc byte[wrappingKeyLength];
        Span<byte> wrapped = stackalloc byte[MaxWrappedLength];
        wrapped = wrapped[..(session.Octets.Length + AesKeyWrap.Overhead)];
        try
        {
            // The key material of HKDF is ephemeral key, recipient's key and secret, one after the other.
            native.AgreeWithEphemeralKey(ephemeral, keys[(2 * length)..]);
            recipientKey.CopyTo(keys[length..]);
            HKDF.DeriveKey(hash, keys, wrappingKey, [], info);
            AesKeyWrap.Wrap(wrappingKey, session.Octets, wrapped);
            body.Write(ephemeral);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(keys);
            CryptographicOperations.ZeroMemory(wrappingKey);
        }

        // Version 3 packets name the cipher here, outside the encryption.
        bool namesCipher = session.NamesCipher;
        body.WriteOctets((byte)(wrapped.Length + (namesCipher ? 1 : 0)));
        if (namesCipher)
            body.WriteOctets((byte)session.Cipher);
        body.Write(wrapped);
    }
}
