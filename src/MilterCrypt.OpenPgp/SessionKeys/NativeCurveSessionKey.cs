using System.Buffers;
using System.Security.Cryptography;
using MilterCrypt.Native.LibCrypto;
using MilterCrypt.OpenPgp.Packets;
using SymmetricAlgorithm = MilterCrypt.OpenPgp.Packets.SymmetricAlgorithm;

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
            native.AgreeWithEphemeralKey(ephemeral, keys[(2 * length)..]);
            recipientKey.CopyTo(keys[length..]);
            DeriveWrappingKey(keys, wrappingKey);
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

    /// <summary>The ephemeral key; null where the packet can't be right.</summary>
    internal static ReadOnlyMemory<byte>? ReadPoint(EncryptedSessionKey packet, ReadOnlyMemory<byte> recipientKey) =>
        TrySplit(packet, recipientKey.Length, out _, out _) ? packet.Fields[..recipientKey.Length] : null;

    /// <summary>Opens a packet with the secret that its ephemeral key and the recipient's share.</summary>
    internal void Open(SessionKeyChoice choice, EncryptedSessionKey packet, ReadOnlySpan<byte> recipientKey, ReadOnlySpan<byte> secret)
    {
        int length = recipientKey.Length;
        if (!TrySplit(packet, length, out var cipher, out var wrapped))
            return;

        Span<byte> keys = stackalloc byte[3 * MaxKeyLength];
        keys = keys[..(3 * length)];
        Span<byte> wrappingKey = stackalloc byte[wrappingKeyLength];
        Span<byte> opened = stackalloc byte[MaxWrappedLength];
        opened = opened[..(wrapped.Length - AesKeyWrap.Overhead)];
        try
        {
            packet.Fields.Span[..length].CopyTo(keys);
            recipientKey.CopyTo(keys[length..]);
            secret.CopyTo(keys[(2 * length)..]);
            DeriveWrappingKey(keys, wrappingKey);
            if (AesKeyWrap.TryUnwrap(wrappingKey, wrapped, opened))
                choice.Offer(opened, cipher);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(keys);
            CryptographicOperations.ZeroMemory(wrappingKey);
            CryptographicOperations.ZeroMemory(opened);
        }
    }

    // The packet's form was checked: point, length octet, the cipher in version 3, what is wrapped. That cipher is AES
    // (RFC 9580 §5.1.6).
    private static bool TrySplit(
        EncryptedSessionKey packet, int length, out SymmetricAlgorithm? cipher, out ReadOnlySpan<byte> wrapped)
    {
        var fields = packet.Fields.Span;
        cipher = packet.Version == 3 ? (SymmetricAlgorithm)fields[length + 1] : null;
        wrapped = fields[(length + (packet.Version == 3 ? 2 : 1))..];
        return cipher is null or SymmetricAlgorithm.Aes128 or SymmetricAlgorithm.Aes192 or SymmetricAlgorithm.Aes256;
    }

    // The key material of HKDF is ephemeral key, recipient's key and secret, one after the other.
    private void DeriveWrappingKey(ReadOnlySpan<byte> keys, Span<byte> wrappingKey) =>
        HKDF.DeriveKey(hash, keys, wrappingKey, [], info);
}
