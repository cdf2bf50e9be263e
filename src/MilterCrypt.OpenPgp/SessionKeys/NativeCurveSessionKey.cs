using System.Buffers;
using System.Security.Cryptography;
using MilterCrypt.Native.LibCrypto;
using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.Secrets;
using SymmetricAlgorithm = MilterCrypt.OpenPgp.Packets.SymmetricAlgorithm;

namespace MilterCrypt.OpenPgp.SessionKeys;

/// <summary>A session key for an X25519 or X448 key (RFC 9580 §5.1.6, §5.1.7): the ephemeral key, then the session key
/// wrapped under what HKDF makes of the shared secret.</summary>
internal sealed class NativeCurveSessionKey
{
    private const int MaxKeyLength = 56;
    private const int MaxWrappedLength = 32 + AesKeyWrap.Overhead;

    private readonly RawKeyKind kind;
    private readonly HashAlgorithmName hash;
    private readonly int wrappingKeyLength;
    private readonly byte[] info;

    private NativeCurveSessionKey(RawKeyKind kind, HashAlgorithmName hash, int wrappingKeyLength, ReadOnlySpan<byte> info)
    {
        this.kind = kind;
        this.hash = hash;
        this.wrappingKeyLength = wrappingKeyLength;
        this.info = info.ToArray();
    }

    /// <summary>For X25519: HKDF with SHA-256, AES-128 key wrap.</summary>
    internal static NativeCurveSessionKey X25519 { get; } = new(RawKeyKind.X25519, HashAlgorithmName.SHA256, 16, "OpenPGP X25519"u8);

    /// <summary>For X448: HKDF with SHA-512, AES-256 key wrap.</summary>
    internal static NativeCurveSessionKey X448 { get; } = new(RawKeyKind.X448, HashAlgorithmName.SHA512, 32, "OpenPGP X448"u8);

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

    /// <summary>Opens a packet: one private operation.</summary>
    internal void Open(SessionKeyChoice choice, EncryptedSessionKey packet, SecretKey key, ReadOnlySpan<byte> recipientKey)
    {
        int length = recipientKey.Length;
        if (key.Material?.Key is not { } native || !TrySplit(packet, length, out var point, out var cipher, out var wrapped))
            return;

        using var ephemeral = EvpPublicKey.ImportRaw(kind, point);
        if (ephemeral is null)
            return;
        Span<byte> keys = stackalloc byte[3 * MaxKeyLength];
        keys = keys[..(3 * length)];
        Span<byte> wrappingKey = stackalloc byte[wrappingKeyLength];
        Span<byte> opened = stackalloc byte[MaxWrappedLength];
        opened = opened[..(wrapped.Length - AesKeyWrap.Overhead)];
        try
        {
            if (!native.TryAgreeWith(ephemeral, keys[(2 * length)..]))
                return;
            point.CopyTo(keys);
            recipientKey.CopyTo(keys[length..]);
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
        EncryptedSessionKey packet, int length, out ReadOnlySpan<byte> point, out SymmetricAlgorithm? cipher,
        out ReadOnlySpan<byte> wrapped)
    {
        var fields = packet.Fields.Span;
        point = fields[..length];
        cipher = packet.Version == 3 ? (SymmetricAlgorithm)fields[length + 1] : null;
        wrapped = fields[(length + (packet.Version == 3 ? 2 : 1))..];
        return cipher is null or SymmetricAlgorithm.Aes128 or SymmetricAlgorithm.Aes192 or SymmetricAlgorithm.Aes256;
    }

    // The key material of HKDF is ephemeral key, recipient's key and secret, one after the other.
    private void DeriveWrappingKey(ReadOnlySpan<byte> keys, Span<byte> wrappingKey) =>
        HKDF.DeriveKey(hash, keys, wrappingKey, [], info);
}
