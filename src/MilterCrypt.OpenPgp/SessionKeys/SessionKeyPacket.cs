using System.Buffers;
using System.Security.Cryptography;
using MilterCrypt.Native.LibCrypto;
using MilterCrypt.OpenPgp.Packets;

namespace MilterCrypt.OpenPgp.SessionKeys;

/// <summary>Writes public-key encrypted session key packets (RFC 9580 §5.1): one for each recipient, version 3 before
/// version 1 of the encrypted data and version 6 before version 2.</summary>
internal static class SessionKeyPacket
{
    /// <summary>Writes the packet for one recipient.</summary>
    /// <exception cref="CryptographicException">The key can't be used: it should not have been judged usable.</exception>
    /// <param name="output">Receives the packet.</param>
    /// <param name="session">What is encrypted.</param>
    /// <param name="key">The recipient's.</param>
    /// <param name="isAnonymous">Whether the packet names nobody.</param>
    internal static void Write(IBufferWriter<byte> output, SessionKey session, PublicKey key, bool isAnonymous)
    {
        var body = new ArrayBufferWriter<byte>(600);
        if (session.PacketVersion == 3)
            WriteKeyId(body, key, isAnonymous);
        else
            WriteFingerprint(body, key, isAnonymous);

        body.WriteOctets((byte)key.Algorithm);
        WriteEncryptedKey(body, session, key);
        PacketWriter.Write(output, PacketTag.PublicKeyEncryptedSessionKey, body.WrittenSpan);
    }

    // RFC 9580 §5.1.1; zeros stand for "try all your keys" (§5.1.8). Version 6 keys have key IDs too (§5.5.4.3), and get
    // such a packet where another recipient reads version 1 alone.
    private static void WriteKeyId(ArrayBufferWriter<byte> body, PublicKey key, bool isAnonymous)
    {
        Span<byte> keyId = stackalloc byte[KeyId.Length];
        keyId.Clear();
        if (!isAnonymous)
            key.KeyId.CopyTo(keyId);
        body.WriteOctets(3);
        body.Write(keyId);
    }

    // RFC 9580 §5.1.2; a length of zero stands for "try all your keys".
    private static void WriteFingerprint(ArrayBufferWriter<byte> body, PublicKey key, bool isAnonymous)
    {
        body.WriteOctets(6);
        if (isAnonymous)
        {
            body.WriteOctets(0);
            return;
        }

        var fingerprint = key.Fingerprint.Octets;
        body.WriteOctets((byte)(1 + fingerprint.Length), (byte)key.Version);
        body.Write(fingerprint);
    }

    private static void WriteEncryptedKey(ArrayBufferWriter<byte> body, SessionKey session, PublicKey key)
    {
        var native = key.GetNativeKey()
            ?? throw new CryptographicException($"Key {key.Fingerprint} can't be used on this system.");
        switch (key.Material)
        {
            case PublicKeyMaterial.Rsa when key.Algorithm != PublicKeyAlgorithm.RsaSignOnly:
                WriteRsa(body, session, native);
                break;
            case PublicKeyMaterial.Ecdh ecdh:
                EcdhSessionKey.Write(body, session, native, ecdh, key.Fingerprint);
                break;
            case PublicKeyMaterial.X25519 x25519:
                NativeCurveSessionKey.X25519.Write(body, session, native, x25519.Point.Span);
                break;
            case PublicKeyMaterial.X448 x448:
                NativeCurveSessionKey.X448.Write(body, session, native, x448.Point.Span);
                break;
            default:
                throw new CryptographicException($"Key {key.Fingerprint} can't encrypt.");
        }
    }

    // RFC 9580 §5.1.3.
    private static void WriteRsa(ArrayBufferWriter<byte> body, SessionKey session, EvpPublicKey native)
    {
        Span<byte> secret = stackalloc byte[session.ChecksummedLength];
        byte[] encrypted = new byte[native.ModulusLength];
        try
        {
            session.WriteChecksummed(secret);
            native.EncryptPkcs1(secret, encrypted);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }

        body.WriteNumber(encrypted);
    }
}
